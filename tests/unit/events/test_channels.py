"""Channels: Google's published rules case by case, Korean sites, and the table as YAML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.errors import UnknownNameError
from sojourn.events.channel_sites import SITES, SiteKind
from sojourn.events.channel_text import channels_from_yaml, channels_to_yaml
from sojourn.events.channels import (
    DEFAULT_CHANNELS,
    GA4_RULES,
    KOREAN_CHANNELS,
    KOREAN_NAMES,
    KOREAN_RULES,
    UNASSIGNED,
    ChannelRule,
    ChannelRuleError,
    ChannelTable,
)

GA4 = [
    # source, medium, campaign, channel: support.google.com/analytics/answer/9756891
    ("(direct)", "(none)", None, "Direct"),
    ("(direct)", "(not set)", None, "Direct"),
    ("google", "cpc", "EU | cross-network | 1", "Cross-network"),
    ("google", "organic", "pmax cross-network", "Cross-network"),
    ("amazon", "cpc", None, "Paid Shopping"),
    ("google", "cpc", "spring-shop", "Paid Shopping"),
    ("google", "cpc", "workshop", "Paid Search"),
    ("google", "cpc", "eshop", "Paid Shopping"),  # of all letters before shop only e counts
    ("google", "cpc", "bishop", "Paid Search"),
    ("google", "retargeting", None, "Paid Search"),
    ("bing", "paid-search", None, "Paid Search"),
    ("facebook", "cpm", None, "Paid Social"),
    ("ig", "paid_social", None, "Paid Social"),
    ("youtube", "cpv", None, "Paid Video"),
    ("criteo", "display", None, "Display"),
    ("adroll", "banner", None, "Display"),
    ("taboola", "cpc", None, "Paid Other"),
    ("etsy.com", "referral", None, "Organic Shopping"),
    ("partner", "newsletter-link", "summer shopping", "Organic Shopping"),
    ("t.co", "referral", None, "Organic Social"),
    ("partner", "social-media", None, "Organic Social"),
    ("vimeo.com", "referral", None, "Organic Video"),
    ("partner", "videoad", None, "Organic Video"),
    ("google", "organic", None, "Organic Search"),
    ("unknown-engine", "organic", None, "Organic Search"),
    ("partner.example", "referral", None, "Referral"),
    ("partner", "app", None, "Referral"),
    ("partner", "link", None, "Referral"),
    ("e-mail", "x", None, "Email"),
    ("klaviyo", "email", None, "Email"),
    ("awin", "affiliate", None, "Affiliates"),
    ("spotify", "audio", None, "Audio"),
    ("sms", "x", None, "SMS"),
    ("twilio", "sms", None, "SMS"),
    ("braze", "web-push", None, "Mobile Push Notifications"),
    ("braze", "mobile_app", None, "Mobile Push Notifications"),
    ("firebase", "x", None, "Mobile Push Notifications"),
    ("partner", "qr", None, UNASSIGNED),
    (None, None, None, UNASSIGNED),
]


def channel(source, medium, campaign=None, table=DEFAULT_CHANNELS):
    return table.channels([source], [medium], [campaign])[0]


@pytest.mark.parametrize(("source", "medium", "campaign", "wanted"), GA4)
def test_google_s_rules(source, medium, campaign, wanted) -> None:
    assert channel(source, medium, campaign) == wanted


def test_capitals_do_not_matter() -> None:
    assert channel("Google", "CPC") == "Paid Search"
    assert channel("Partner", "Social") == "Organic Social"


@pytest.mark.parametrize(
    ("host", "source", "medium", "wanted"),
    [
        ("m.search.naver.com", "naver", "organic", "Organic Search"),
        ("search.daum.net", "daum", "organic", "Organic Search"),
        ("m.search.nate.com", "nate", "organic", "Organic Search"),
        ("www.google.co.kr", "google", "organic", "Organic Search"),
        ("com.nhn.android.search", "naver", "organic", "Organic Search"),
        ("m.blog.naver.com", "blog.naver.com", "referral", "Organic Social"),
        ("cafe.naver.com", "cafe.naver.com", "referral", "Organic Social"),
        ("cafe.daum.net", "cafe.daum.net", "referral", "Organic Social"),
        ("story.kakao.com", "story.kakao.com", "referral", "Organic Social"),
        ("someone.tistory.com", "tistory.com", "referral", "Organic Social"),
        ("gall.dcinside.com", "dcinside.com", "referral", "Organic Social"),
        ("smartstore.naver.com", "smartstore.naver.com", "referral", "Organic Shopping"),
        ("cr.shopping.naver.com", "shopping.naver.com", "referral", "Organic Shopping"),
        ("www.coupang.com", "coupang.com", "referral", "Organic Shopping"),
        ("chzzk.naver.com", "chzzk.naver.com", "referral", "Organic Video"),
        ("tv.kakao.com", "tv.kakao.com", "referral", "Organic Video"),
        ("l.facebook.com", "facebook.com", "referral", "Organic Social"),
        ("amazon.co.uk", "amazon", "referral", "Organic Shopping"),
        ("partner.example", "partner.example", "referral", "Referral"),
        ("notnaver.com", "notnaver.com", "referral", "Referral"),
        ("naver.com.evil.example", "naver.com.evil.example", "referral", "Referral"),
    ],
)
def test_referrers(host, source, medium, wanted) -> None:
    found = DEFAULT_CHANNELS.from_referrer(host)
    assert found == (source, medium)
    assert channel(*found) == wanted


@pytest.mark.parametrize(
    ("medium", "wanted"),
    [("알림톡", "Messaging"), ("lms", "SMS"), ("제휴", "Affiliates"), ("bizboard", "Display"),
     ("앱푸시", "Mobile Push Notifications"), ("뉴스레터", "Email"), ("인플루언서", "Organic Social"),
     ("파워링크", "Paid Search")],
)  # fmt: skip
def test_korean_media_that_google_leaves_unassigned(medium, wanted) -> None:
    plain = ChannelTable(rules=GA4_RULES)
    assert channel("brand", medium, table=plain) == UNASSIGNED
    assert channel("brand", medium) == wanted


def test_the_korean_table_reads_its_media_before_the_sites() -> None:
    assert channel("naver", "powerlink") == "Organic Search"
    assert channel("naver", "powerlink", table=KOREAN_CHANNELS) == "Paid Search"
    assert channel("kakao", "알림톡", table=KOREAN_CHANNELS) == "Messaging"


@given(
    st.lists(
        st.tuples(*[st.sampled_from([None, "naver", "cpc", "email", "shop", "x"])] * 3), max_size=8
    )
)
def test_rows_are_independent_and_korean_rules_change_no_ga4_channel(rows) -> None:
    parts = [list(part) for part in zip(*rows, strict=True)] or [[], [], []]
    together = DEFAULT_CHANNELS.channels(*parts)
    assert together == [channel(*row) for row in rows]
    plain = ChannelTable(rules=GA4_RULES).channels(*parts)
    assert all(a == b for a, b in zip(plain, together, strict=True) if a != UNASSIGNED)


def test_entries_are_listed_once_and_name_themselves_consistently() -> None:
    entries = [e.partition("=")[0] for text in SITES.values() for e in text.split()]
    assert len(entries) == len(set(entries))
    for kind, text in SITES.items():
        for entry in text.split():
            site = DEFAULT_CHANNELS.site(entry.partition("=")[0].replace(".*", ".com"))
            assert site is not None
            assert site.kind is kind
            assert DEFAULT_CHANNELS.site(site.name).kind is kind


def test_every_channel_has_a_korean_name() -> None:
    channels = {rule.channel for rule in (*GA4_RULES, *KOREAN_RULES)} | {UNASSIGNED}
    assert channels == set(KOREAN_NAMES)


def test_the_table_round_trips_through_yaml() -> None:
    text = channels_to_yaml(DEFAULT_CHANNELS)
    again = channels_from_yaml(text)
    assert again.rules == DEFAULT_CHANNELS.rules
    assert channels_to_yaml(again) == text
    for kind, entries in again.sites:
        assert entries.split() == SITES[kind].split()


def test_an_edited_table_is_used() -> None:
    text = channels_to_yaml(DEFAULT_CHANNELS)
    edited = text.replace("rules:\n", "rules:\n- {channel: 'Flyer', medium: 'qr'}\n").replace(
        "naver naver.com", "naver naver.com shop.example"
    )
    table = channels_from_yaml(edited)
    assert channel("store", "qr", table=table) == "Flyer"
    assert table.site("m.shop.example").kind is SiteKind.SEARCH


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("rules: [", ChannelRuleError, "YAML"),
        ("just words", ChannelRuleError, "rules and sites"),
        ("rules: 1\nsites: {}", ChannelRuleError, "list"),
        ("rules: [{medium: x}]\nsites: {}", ChannelRuleError, "names no channel"),
        ("rules: [{channel: A, midium: x}]\nsites: {}", UnknownNameError, "medium"),
        ("rules: [{channel: A, sites: serach}]\nsites: {}", UnknownNameError, "search"),
        ("rules: []\nsites: {shops: a}", UnknownNameError, "shops"),
        ("rules: [{channel: A, medium: '('}]\nsites: {}", ChannelRuleError, "'A'"),
        ("rules: [{channel: A, medium: '(?=x)'}]\nsites: {}", ChannelRuleError, "look-around"),
    ],
)
def test_a_broken_table_says_what_is_wrong(text, error, says) -> None:
    with pytest.raises(error, match=says):
        channels_from_yaml(text)


def test_a_long_medium_takes_no_time() -> None:
    rule = ChannelRule(channel="A", medium="(a+)+b")
    assert channel("x", "a" * 50_000, table=ChannelTable(rules=(rule,))) == UNASSIGNED
