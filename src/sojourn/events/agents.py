"""What a user agent says about the device, and whether it is a program that visits by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """What is kept of a user agent; None where it does not say."""

    device: str | None
    """``"desktop"``, ``"mobile"``, ``"tablet"`` or ``"tv"``."""
    browser: str | None
    system: str | None
    bot: bool


_CRAWLERS: Final = (
    r"(?<!cu)bots?(?:\b|_)|robot|crawl|spider|slurp|scrap[ey]|scraping|archiver|"
    r"wget|curl/|httpie|mediapartners|yeti/|daum(?:oa|/)|"
    r"kakaotalk-scrap|facebookexternalhit|meta-external|bingpreview|google(?:other|-extended|"
    r"-read-aloud|-inspectiontool| favicon|-site-verification)|apis-google|duplexweb|"
    r"ia_archiver|heritrix|nutch|sogou|exabot|teoma|ask jeeves|gigablast|"
    r"embedly|outbrain|quora link|pinterest/0|vkshare|w3c_validator|whatsapp/|flipboardproxy|"
    r"bitlybot|skypeuripreview|tumblr/|redditbot|nuzzel|xing-content|developers\.google|"
    r"gptbot|chatgpt-user|oai-searchbot|claude(?:bot|-web|-user)|anthropic|ccbot|perplexity|"
    r"bytespider|amazonbot|applebot|cohere|diffbot|omgili|petalbot|imagesift|"
    r"semrush|ahrefs|mj12|dotbot|blexbot|dataforseo|screaming frog|sitebulb|majestic|seokicks"
)
_READERS: Final = (
    r"feed(?:ly|burner|fetcher|parser|validator|bin|demon|wrangler|hq|press|spot)|"
    r"rss|newsblur|netvibes|bloglines|newsgator|inoreader|theoldreader|superfeedr|"
    r"feed parser|magpie|simplepie|akregator|liferea|vienna/|netnewswire|reeder/|livedoor|"
    r"feed|podcast|itunes/|subscribers|\breaders?\)|livejournal\.com|newsify"
)
_TOOLS: Final = (
    r"python(?:-requests|-urllib|/)|aiohttp|urllib|httpx/|go-http-client|java/\d|"
    r"jakarta|apache-httpclient|httpclient|okhttp-bot|libwww|lwp|perl|ruby|php/|guzzle|"
    r"node-fetch|axios/|undici|got \(|postman|insomnia|winhttp|wininet|powershell|zgrab|masscan|"
    r"nmap|nikto|sqlmap|nessus|qualys|censys|shodan|netcraft|nutch|larbin|htdig|webcopier|"
    r"httrack|teleport|offline explorer|webzip|capture|"
    r"headless|phantomjs|selenium|puppeteer|playwright|lighthouse|pagespeed|gtmetrix|"
    r"pingdom|uptime|statuscake|site24x7|datadog|newrelic|monitis|catchpoint|"
    r"check_http|nagios|zabbix|prometheus|kube-probe|healthcheck|elb-health|googlehc|"
    r"validator|link ?check|linkwalker|xenu|blackbox exporter|portscout|libfetch|indy library|"
    r"ezooms|siteexplorer|binlar|distilator|\+https?://"
)
_BOT: Final = re.compile(f"{_CRAWLERS}|{_READERS}|{_TOOLS}", re.IGNORECASE)

_BROWSERS: Final = (
    ("KakaoTalk", r"KAKAOTALK"),
    ("Naver", r"NAVER\("),
    ("Instagram", r"Instagram"),
    ("Facebook", r"FBAN|FBAV"),
    ("LINE", r" Line/"),
    ("Whale", r"Whale/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Yandex", r"YaBrowser/"),
    ("UC Browser", r"UCBrowser|UCWEB"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Internet Explorer", r"MSIE |Trident/"),
    ("Android Browser", r"Android.+Version/.+Safari/"),
    ("Safari", r"Safari/|AppleWebKit/.+Mobile/"),
)
_SYSTEMS: Final = (
    ("iOS", r"iPhone|iPad|iPod"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11|Ubuntu"),
)
_TV: Final = r"SmartTV|SMART-TV|AppleTV|GoogleTV|HbbTV|BRAVIA|Web0S|Tizen.+TV|Roku"
_TABLET: Final = r"iPad|Tablet|PlayBook|Silk/|Kindle|Android(?!.*Mobile)"
_MOBILE: Final = r"Mobi|iPhone|iPod|Windows Phone|BlackBerry|Opera Mini|IEMobile|Android"


@lru_cache(maxsize=65_536)
def read_agent(text: str | None) -> Agent:
    """Return what a user agent says.

    Parameters
    ----------
    text : str or None
        The header as sent; empty or ``-`` says nothing.

    Examples
    --------
    >>> read_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1").device
    'mobile'
    """
    if not text or text == "-":
        return Agent(device=None, browser=None, system=None, bot=False)
    if _BOT.search(text):
        return Agent(device=None, browser=None, system=None, bot=True)
    system = _first(_SYSTEMS, text)
    return Agent(
        device=_device(text, known=system is not None),
        browser=_first(_BROWSERS, text),
        system=system,
        bot=False,
    )


def _first(patterns: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for name, pattern in patterns if re.search(pattern, text)), None)


def _device(text: str, *, known: bool) -> str | None:
    for device, pattern in (("tv", _TV), ("tablet", _TABLET), ("mobile", _MOBILE)):
        if re.search(pattern, text):
            return device
    return "desktop" if known else None
