"""Channels from campaign parameters and referrers: one table of rules, read from the top.

The rules are those of the default channel group of Google Analytics 4, in its order, then a few for
media names common in Korea that those rules leave unassigned. Sites are in
:mod:`sojourn.events.channel_sites`; :mod:`sojourn.events.channel_text` writes and reads the whole
table as YAML.

References
----------
Google Analytics Help, "[GA4] Default channel group", support.google.com/analytics/answer/9756891.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.base.errors import InputError
from sojourn.events.channel_sites import SITES, SiteKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.base.json import JsonValue

DIRECT_SOURCE: Final = "(direct)"
NO_MEDIUM: Final = "(none)"
NOT_SET: Final = "(not set)"
ORGANIC: Final = "organic"
REFERRAL: Final = "referral"
DIRECT: Final = "Direct"
UNASSIGNED: Final = "Unassigned"

_PAID = ".*cp.*|ppc|retargeting|paid.*"
_SHOP = ".*(([^a-df-z]|^)shop|shopping).*"
_MAIL = "email|e-mail|e_mail|e mail"


class ChannelRuleError(InputError):
    """A rule of the channel table cannot be used. Remedy: the message names it."""

    code = "channel-rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRule:
    """One row of the table: the channel of touches for which every condition given holds.

    Attributes
    ----------
    channel : str
    sites : SiteKind or None
        The source is a site of this kind.
    source, medium, campaign : str
        RE2 patterns for the whole text in small letters; empty: anything.
    """

    channel: str
    sites: SiteKind | None = None
    source: str = ""
    medium: str = ""
    campaign: str = ""


def _rule(
    channel: str,
    medium: str = "",
    sites: SiteKind | None = None,
    source: str = "",
    campaign: str = "",
) -> ChannelRule:
    return ChannelRule(
        channel=channel, sites=sites, source=source, medium=medium, campaign=campaign
    )


GA4_RULES: Final = (
    _rule(DIRECT, r"\((not set|none)\)", source=r"\(direct\)"),
    _rule("Cross-network", campaign=".*cross-network.*"),
    _rule("Paid Shopping", _PAID, SiteKind.SHOPPING),
    _rule("Paid Shopping", _PAID, campaign=_SHOP),
    _rule("Paid Search", _PAID, SiteKind.SEARCH),
    _rule("Paid Social", _PAID, SiteKind.SOCIAL),
    _rule("Paid Video", _PAID, SiteKind.VIDEO),
    _rule("Display", "display|banner|expandable|interstitial|cpm"),
    _rule("Paid Other", _PAID),
    _rule("Organic Shopping", sites=SiteKind.SHOPPING),
    _rule("Organic Shopping", campaign=_SHOP),
    _rule("Organic Social", sites=SiteKind.SOCIAL),
    _rule("Organic Social", "social|social-network|social-media|sm|social network|social media"),
    _rule("Organic Video", sites=SiteKind.VIDEO),
    _rule("Organic Video", ".*video.*"),
    _rule("Organic Search", sites=SiteKind.SEARCH),
    _rule("Organic Search", "organic"),
    _rule("Referral", "referral|app|link"),
    _rule("Email", source=_MAIL),
    _rule("Email", _MAIL),
    _rule("Affiliates", "affiliate"),
    _rule("Audio", "audio"),
    _rule("SMS", source="sms"),
    _rule("SMS", "sms"),
    _rule("Mobile Push Notifications", ".*push|.*(mobile|notification).*"),
    _rule("Mobile Push Notifications", source="firebase"),
)

KOREAN_RULES: Final = (
    _rule("Paid Search", "sa|search_?ad|powerlink|brand_?search|파워링크|브랜드검색|검색광고"),
    _rule("Display", "da|gfa|bizboard|비즈보드|디스플레이|배너|배너광고"),
    _rule(
        "Messaging",
        "alimtalk|friendtalk|brandtalk|kakaotalk|talk|알림톡|친구톡|카카오톡|브랜드메시지",
    ),
    _rule("SMS", "lms|mms|문자"),
    _rule("Mobile Push Notifications", "푸시|앱푸시"),
    _rule("Affiliates", "affiliates|partners?|제휴"),
    _rule(
        "Organic Social",
        "blog|cafe|viral|influencer|community|블로그|카페|바이럴|인플루언서|커뮤니티",
    ),
    _rule("Email", "메일|이메일|뉴스레터|newsletter"),
)
"""Media names of Korean advertising. By default they follow the rules of GA4 and so decide only
what those leave unassigned; in ``KOREAN_CHANNELS`` they come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the table says of a source."""

    kind: SiteKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTable:
    """The table: rules, tried from the top, and sites by entry.

    Attributes
    ----------
    name : str
    rules : tuple of ChannelRule
    sites : tuple of (SiteKind, str)
        Kinds with their entries, apart by blanks, as in ``channel_sites.SITES``.
    """

    name: str = "ga4"
    rules: tuple[ChannelRule, ...] = field(default=GA4_RULES + KOREAN_RULES, repr=False)
    sites: tuple[tuple[SiteKind, str], ...] = field(default=tuple(SITES.items()), repr=False)
    _entries: dict[str, Site] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names: list[Site] = []
        for kind, entries in self.sites:
            for entry in entries.lower().split():
                pattern, _, name = entry.partition("=")
                site = Site(kind=kind, name=name or _name(pattern, kind))
                self._entries[pattern] = site
                names.append(site)
        for site in names:
            self._entries.setdefault(site.name, site)

    def to_json(self) -> JsonValue:
        """Return its name and size: an answer's spec names the table, it does not repeat it."""
        return {"name": self.name, "rules": len(self.rules), "sites": len(self._entries)}

    def site(self, source: str) -> Site | None:
        """Return what the table says of a host or a word, the longest entry first.

        Examples
        --------
        >>> DEFAULT_CHANNELS.site("m.search.naver.com")
        Site(kind=<SiteKind.SEARCH: 'search'>, name='naver')
        """
        parts = source.lower().removeprefix("www.").split(".")
        for start in range(len(parts)):
            tail = parts[start:]
            found = self._entries.get(".".join(tail))
            if found is None and len(tail) in (2, 3):
                found = self._entries.get(f"{tail[0]}.*")
            if found is not None:
                return found
        return None

    def from_referrer(self, host: str) -> tuple[str, str]:
        """Return the source and medium of a visit that came from a host.

        Examples
        --------
        >>> DEFAULT_CHANNELS.from_referrer("www.google.co.kr")
        ('google', 'organic')
        >>> DEFAULT_CHANNELS.from_referrer("partner.example")
        ('partner.example', 'referral')
        """
        site = self.site(host)
        if site is not None and site.kind is SiteKind.SEARCH:
            return site.name, ORGANIC
        return (host if site is None else site.name), REFERRAL

    def channels(
        self,
        sources: Sequence[str | None],
        media: Sequence[str | None],
        campaigns: Sequence[str | None],
    ) -> list[str]:
        """Return the channel of each touch: that of the first rule that holds.

        Parameters
        ----------
        sources, media, campaigns : sequences of str or None, of one length

        Raises
        ------
        ChannelRuleError
            If a pattern is not RE2 syntax.

        Examples
        --------
        >>> DEFAULT_CHANNELS.channels(["naver", None], ["cpc", None], [None, None])
        ['Paid Search', 'Unassigned']
        """
        texts = [pc.utf8_lower(pa.array(list(part), pa.string()).fill_null("")) for part in
                 (sources, media, campaigns)]  # fmt: skip
        kinds = np.array([_kind(self.site(source or "")) for source in sources], np.str_)
        chosen = np.full(len(kinds), len(self.rules), np.int64)
        for place in range(len(self.rules) - 1, -1, -1):
            chosen[_holds(self.rules[place], texts, kinds)] = place
        names = [*(rule.channel for rule in self.rules), UNASSIGNED]
        return [names[place] for place in chosen]


def _name(pattern: str, kind: SiteKind) -> str:
    bare = pattern.removesuffix(".*")
    return bare.split(".")[0] if kind is SiteKind.SEARCH else bare


def _kind(site: Site | None) -> str:
    return "" if site is None else site.kind.value


def _holds(
    rule: ChannelRule, texts: Sequence[pa.Array], kinds: NDArray[np.str_]
) -> NDArray[np.bool_]:
    holds = np.ones(len(kinds), np.bool_)
    if rule.sites is not None:
        holds &= kinds == rule.sites.value
    for pattern, text in zip((rule.source, rule.medium, rule.campaign), texts, strict=True):
        if pattern:
            holds &= _matches(text, pattern, rule)
    return holds


def _matches(texts: pa.Array, pattern: str, rule: ChannelRule) -> NDArray[np.bool_]:
    try:
        found = pc.match_substring_regex(texts, f"^(?:{pattern})$")
    except pa.ArrowInvalid as error:
        raise ChannelRuleError(
            f"In the rule for {rule.channel!r} the pattern {pattern!r} cannot be read: {error}",
            allowed="RE2 syntax, without back-references and look-around",
        ) from error
    return np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)


DEFAULT_CHANNELS: Final = ChannelTable()
KOREAN_CHANNELS: Final = ChannelTable(name="korea", rules=KOREAN_RULES + GA4_RULES)
"""``naver / powerlink`` is paid search here, where GA4 sees a search site and says organic."""

KOREAN_NAMES: Final = {
    "Direct": "직접 유입",
    "Cross-network": "교차 네트워크",
    "Paid Shopping": "유료 쇼핑",
    "Paid Search": "검색 광고",
    "Paid Social": "소셜 광고",
    "Paid Video": "동영상 광고",
    "Display": "디스플레이 광고",
    "Paid Other": "기타 광고",
    "Organic Shopping": "쇼핑",
    "Organic Social": "소셜",
    "Organic Video": "동영상",
    "Organic Search": "자연 검색",
    "Referral": "추천 사이트",
    "Email": "이메일",
    "Affiliates": "제휴",
    "Audio": "오디오",
    "SMS": "문자",
    "Mobile Push Notifications": "앱 푸시",
    "Messaging": "메신저",
    "Unassigned": "미지정",
}
"""Names of the channels for Korean maps."""
