"""The browser snippet in a real browser on a shop of another origin, judged by what is in the lake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from importlib.resources import files

import pytest
from shop_site import shop_site

from serving import Served, eventually, served
from sojourn.compose import open_workspace
from sojourn.insight.overview.person import NoPersonError, Person

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="the server of these tests uses POSIX signals"
)

CONSENTS = ("none", "cookieless", "full")
DESKTOP = {
    "viewport": {"width": 1280, "height": 800},
    "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
}
MOBILE = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
STORED = "[document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].join(' ')"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    if not files("sojourn.adapters.html").joinpath("dist", "sojourn.js").is_file():
        pytest.skip("the snippet is not built: pip install -e . (or python hatch_build.py)")
    with served(tmp_path_factory.mktemp("snippet") / "shop") as running:
        yield running


def tag(server: Served, consent: str) -> str:
    """What ``sojourn snippet`` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "sojourn", "snippet", "-w", str(server.workspace),
         "--url", server.url, "--key", server.key, "--consent", consent],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def shop(server):
    with shop_site({consent: tag(server, consent) for consent in CONSENTS}) as address:
        yield address


@dataclass
class Visitor:
    """One browser profile at the shop."""

    server: Served
    shop: str
    context: object
    page: object = None
    anonymous_id: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.shop}/{path}")
        self.page.wait_for_function("sojourn.anonymousId !== undefined")
        self.anonymous_id = self.page.evaluate("sojourn.anonymousId()")

    def stored(self) -> str:
        return self.page.evaluate(STORED).strip()

    def sent(self) -> list[str]:
        """Paths of what was posted to the collector."""
        return [url for method, url in self.requests if method == "POST"]

    def events(self) -> list[dict[str, object]]:
        """What the lake has of this visitor, in order of time."""
        rows = open_workspace(self.server.workspace).sql(
            "SELECT event, user_id, properties FROM events "
            f"WHERE anonymous_id = '{self.anonymous_id}' ORDER BY time, position"
        )
        return [
            {"event": row["event"], "user": row["user_id"], **json.loads(row["properties"])}
            for row in rows.read_all().to_pylist()
        ]

    def allows(self) -> dict[str, bool]:
        """What the person that this visitor is allows, by purpose: nothing before they are there."""
        try:
            found = open_workspace(self.server.workspace).ask(
                Person(person=f"anon:{self.anonymous_id}")
            )
        except NoPersonError:
            return {}
        return {each["purpose"]: each["granted"] for each in found.to_json()["consents"]}

    def until(self, *wanted: str) -> list[dict[str, object]]:
        """The visitor's events once all those wanted are among them."""

        def there():
            found = self.events()
            return found if set(wanted) <= {each["event"] for each in found} else None

        found = eventually(there, within=30, every=0.3)
        assert found, f"{wanted} are not all among {[each['event'] for each in self.events()]}"
        return found


@pytest.fixture(scope="module")
def browsers(launch):
    """A browser for each device: as its page ends it sends its own user agent, no pretended one."""
    running: dict[str, object] = {}

    def of(device):
        agent = device["user_agent"]
        if agent not in running:
            running[agent] = launch(flags=(f"--user-agent={agent}",))
        return running[agent]

    yield of
    for each in running.values():
        each.close()


@pytest.fixture
def visit(browsers, server, shop):
    """Let somebody visit; afterwards nothing may have been asked of any third host."""
    visitors: list[Visitor] = []

    def start(device=DESKTOP, script: str = "") -> Visitor:
        visitor = Visitor(server, shop, browsers(device).new_context(**device))
        if script:
            visitor.context.add_init_script(script)
        visitor.context.on("request", lambda r: visitor.requests.append((r.method, r.url)))
        visitor.page = visitor.context.new_page()
        visitor.page.on("console", lambda m: visitor.complaints.append(f"{m.text} {m.location}"))
        visitors.append(visitor)
        return visitor

    yield start
    for visitor in visitors:
        visitor.context.close()
        hosts = {url.split("/")[2] for _, url in visitor.requests if url.startswith("http")}
        assert hosts <= {shop.split("/")[2], server.url.split("/")[2]}


def one(events, name: str) -> dict[str, object]:
    found = [each for each in events if each["event"] == name]
    assert len(found) == 1, Counter(each["event"] for each in events)
    return found[0]


@pytest.mark.parametrize(("device", "kind"), [(DESKTOP, "desktop"), (MOBILE, "mobile")])
def test_a_purchase_from_the_landing_page_on(visit, device, kind) -> None:
    ann = visit(device)
    ann.go("full/?utm_source=naver&utm_medium=cpc&gclid=g-1&email=ann@x.example")
    ann.page.mouse.wheel(0, 600)
    ann.page.click("#buy")
    ann.page.wait_for_function("document.querySelector('script[src*=vitals]')")
    ann.page.wait_for_timeout(400)
    ann.page.click("#on")
    ann.page.fill("[name=email]", "secret@x.example")
    ann.page.click("#send")
    ann.page.wait_for_url("**/thanks?**")
    found = ann.until("Order Completed", "web_vitals", "form_submit", "page_leave")

    views = [each for each in found if each["event"] == "page_view"]
    assert [view["page"] for view in views] == ["/full/", "/full/checkout", "/full/thanks"]
    landing = views[0]
    assert (landing["utm_source"], landing["utm_medium"], landing["gclid"]) == (
        "naver",
        "cpc",
        "g-1",
    )
    assert (landing["page_title"], landing["device"], landing["browser"]) == ("Tea", kind, "Chrome")
    assert views[1]["referrer"] == f"{ann.shop}/full/"
    assert len({each["session_id"] for each in found}) == 1
    assert not [each["event"] for each in found if each.get("bot")]

    order = one(found, "Order Completed")
    assert (order["value"], order["currency"], order["order_id"]) == (39.5, "EUR", "o-17")
    assert len({each["$event_id"] for each in found}) == len(found)  # sent twice, kept once
    assert order["user"] == one(found, "identify")["user"] == "ann"
    assert one(found, "cta_click")["cta"] == "buy-now"
    assert one(found, "form_submit")["form"] == "checkout"
    assert "form_abandon" not in {each["event"] for each in found}
    left = next(each for each in found if each["event"] == "page_leave")
    assert left["engaged_s"] > 0
    assert 15 < left["scroll_depth"] < 100

    vitals = next(each for each in found if each["event"] == "web_vitals")
    assert {"lcp_ms", "inp_ms", "cls", "fcp_ms", "ttfb_ms"} <= set(vitals)
    assert vitals["inp_ms"] >= 80  # the button blocks for as long
    assert 0 < vitals["fcp_ms"] <= vitals["lcp_ms"] < 30_000
    assert (vitals["device"], vitals["connection"]) == (kind, "4g")
    assert vitals["page"] == "/full/"
    assert "secret" not in json.dumps(found)
    assert "@x.example" not in json.dumps(found)
    assert ann.complaints == []


def test_a_form_is_abandoned(visit) -> None:
    bob = visit(MOBILE)
    bob.go("full/checkout")
    bob.page.fill("[name=phone]", "010-1234-5678")
    bob.page.click("#send")  # the mail address is missing
    bob.page.click("#back")
    found = bob.until("form_abandon")
    assert one(found, "form_start")["field"] == "phone"
    assert one(found, "form_error")["field"] == "email"
    gone = one(found, "form_abandon")
    assert (gone["form"], gone["last_field"], gone["fields"]) == ("checkout", "phone", 1)
    told = json.dumps(found)
    assert "1234-5678" not in told
    assert "12345678" not in told


def test_what_goes_wrong_on_a_page_is_told(visit) -> None:
    cleo = visit()
    cleo.go("full/")
    cleo.page.click("#fails")
    cleo.page.click("#asks")
    cleo.page.click("#away")
    for _ in range(4):
        cleo.page.click("#dead", delay=10)
    cleo.page.click("#dead")
    cleo.page.wait_for_timeout(2700)
    found = cleo.until("dead_click", "js_error", "request_error", "outbound_click", "rage_click")
    failed = one(found, "js_error")
    assert "missing is not defined" in failed["message"]
    assert failed["file"] == f"{cleo.shop}/full/"
    asked = one(found, "request_error")
    assert (asked["request_path"], asked["method"], asked["status"]) == ("/api/stock", "GET", 404)
    away = one(found, "outbound_click")
    assert (away["link_host"], away["link_url"]) == (
        "elsewhere.example",
        "https://elsewhere.example/path",
    )
    assert one(found, "rage_click")["target"] == "button#dead"
    assert {each["target"] for each in found if each["event"] == "dead_click"} == {"button#dead"}
    assert {each["page_url"] for each in found} == {f"{cleo.shop}/full/"}
    assert "secret" not in json.dumps(found)


def test_a_single_page_site_has_a_view_for_each_address(visit) -> None:
    dora = visit()
    dora.go("full/?utm_source=mail")
    dora.page.click("#green")
    dora.page.wait_for_timeout(200)
    dora.page.go_back()
    found = eventually(lambda: (e := dora.events()) and len(views(e)) == 3 and e, within=30)
    assert found, dora.events()
    assert [view["page"] for view in views(found)] == ["/full/", "/full/green-tea", "/full/"]
    green = views(found)[1]
    assert (green["page_title"], green["referrer"]) == ("Green tea", f"{dora.shop}/full/")
    assert "utm_source" not in green
    dora.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert eventually(lambda: len(views(dora.events())) == 4, within=30)
    left = [each["page"] for each in found if each["event"] == "page_leave"]
    assert left[:2] == ["/full/", "/full/green-tea"]


def views(events) -> list[dict[str, object]]:
    return [each for each in events if each["event"] == "page_view"]


def test_nothing_is_stored_or_sent_until_consent_is_granted(visit) -> None:
    eve = visit()
    eve.go("none/?utm_source=naver")
    eve.page.evaluate("sojourn.track('Too early')")
    eve.page.click("#buy")
    eve.page.wait_for_timeout(1500)
    assert (eve.sent(), eve.stored(), eve.anonymous_id) == ([], "", "")
    assert eve.context.cookies() == []

    eve.page.evaluate("sojourn.consent('full')")
    eve.anonymous_id = eve.page.evaluate("sojourn.anonymousId()")
    eve.page.evaluate("sojourn.track('In time')")
    found = eve.until("In time")
    assert [each["event"] for each in found] == ["page_view", "consent_change", "In time"]
    assert found[0]["utm_source"] == "naver"
    assert [cookie["name"] for cookie in eve.context.cookies()] == ["sojourn_id"]

    eve.go("none/checkout")  # what was granted is remembered
    assert eventually(lambda: len(views(eve.events())) == 2, within=30)
    eve.page.wait_for_timeout(100)  # the browser tells of its requests a little later
    before = len(eve.sent())
    eve.page.evaluate("sojourn.consent('none')")
    eve.page.evaluate("sojourn.track('Too late')")
    eve.page.wait_for_timeout(1500)
    assert (eve.stored(), len(eve.sent())) == ("", before + 1)  # the withdrawal itself
    assert eventually(lambda: eve.allows() == {"analytics": False, "storage": False}, within=30)
    assert not {"Too early", "Too late"} & {each["event"] for each in eve.events()}


def test_a_person_knows_what_the_visitor_granted_and_took_back(visit) -> None:
    may = visit(MOBILE)
    may.go("none/")
    may.page.evaluate("sojourn.consent('full')")
    may.anonymous_id = may.page.evaluate("sojourn.anonymousId()")
    may.until("consent_change")
    assert may.allows() == {"analytics": True, "storage": True}
    may.go("none/checkout")
    may.page.evaluate("sojourn.consent('full')")  # a banner that repeats itself
    may.page.evaluate("sojourn.consent('cookieless')")
    assert eventually(lambda: may.allows() == {"analytics": True, "storage": False}, within=30)
    told = [each for each in may.events() if each["event"] == "consent_change"]
    assert [each["consent_mode"] for each in told] == ["full", "cookieless"]
    assert "page" not in told[1]
    assert may.page.evaluate("sojourn.anonymousId()") not in {"", may.anonymous_id}

    may.anonymous_id = may.page.evaluate("sojourn.anonymousId()")
    may.context.set_offline(True)
    may.page.evaluate("sojourn.consent('none')")
    may.page.wait_for_timeout(1200)
    assert may.stored() == ""
    may.context.set_offline(False)
    assert eventually(lambda: may.allows() == {"analytics": False, "storage": False}, within=30)


def test_a_withdrawal_is_told_though_the_page_ends_at_once(visit) -> None:
    ned = visit()
    ned.go("none/")
    ned.page.evaluate("sojourn.consent('full')")
    ned.anonymous_id = ned.page.evaluate("sojourn.anonymousId()")
    ned.until("consent_change")
    ned.page.evaluate("sojourn.consent('none'); location.href = 'about:blank'")
    assert eventually(lambda: ned.allows() == {"analytics": False, "storage": False}, within=30)


@pytest.mark.parametrize("begins", ["none", "cookieless", "full"])
def test_a_refusal_before_any_grant_is_not_told(visit, begins) -> None:
    oda = visit()
    oda.go(f"{begins}/")
    if begins != "none":  # a tag may begin with more, which nobody granted
        oda.until("page_view")
        assert oda.allows() == {}
    oda.page.wait_for_timeout(300)  # the browser tells of its requests a little later
    before = len(oda.sent())
    oda.page.evaluate("sojourn.consent('none')")
    oda.page.evaluate("sojourn.consent('none')")
    oda.page.wait_for_timeout(1500)
    oda.page.goto("about:blank")
    oda.page.wait_for_timeout(1000)
    assert len(oda.sent()) == before
    assert "consent_change" not in {each["event"] for each in oda.events()}


def test_without_storage_a_visitor_lasts_as_long_as_the_page(visit) -> None:
    fay = visit()
    fay.go("cookieless/")
    first = fay.anonymous_id
    assert fay.until("page_view")
    assert fay.stored() == ""
    fay.go("cookieless/checkout")
    assert fay.anonymous_id not in {"", first}
    fay.page.evaluate("sojourn.consent('full')")  # the same visitor from here on
    fay.page.evaluate("sojourn.track('Granted')")
    assert [each["event"] for each in fay.until("Granted")] == [
        "page_view", "consent_change", "Granted",
    ]  # fmt: skip
    assert fay.page.evaluate("sojourn.anonymousId()") == fay.anonymous_id


@pytest.mark.parametrize(
    "signal", ["globalPrivacyControl', {value: true}", "doNotTrack', {value: '1'}"]
)
def test_a_browser_that_says_no_is_left_alone(visit, signal) -> None:
    gil = visit(script=f"Object.defineProperty(navigator, '{signal})")
    gil.go("full/")
    gil.page.evaluate("sojourn.consent('full')")
    gil.page.evaluate("sojourn.track('Seen')")
    gil.page.click("#buy")
    gil.page.wait_for_timeout(1500)
    gil.go("full/checkout")
    assert (gil.sent(), gil.stored(), gil.anonymous_id) == ([], "", "")


def test_events_of_an_offline_time_come_when_it_is_over(visit) -> None:
    hal = visit(MOBILE)
    hal.go("full/")
    hal.until("page_view")
    hal.context.set_offline(True)
    hal.page.evaluate("for (const n of [1, 2, 3]) sojourn.track('Wished', {n})")
    hal.page.wait_for_timeout(1500)
    assert (
        hal.page.evaluate(
            "Object.keys(localStorage).filter(k => k.startsWith('sojourn.q.')).length"
        )
        == 3
    )
    assert "Wished" not in {each["event"] for each in hal.events()}
    hal.context.set_offline(False)
    found = [each["n"] for each in hal.until("Wished") if each["event"] == "Wished"]
    assert found == [1, 2, 3]
    assert eventually(lambda: "sojourn.q." not in hal.stored())


def test_the_queue_outlives_a_reload_and_nothing_doubles(visit) -> None:
    ida = visit()
    ida.go("full/")
    ida.until("page_view")
    ida.context.route("**/v1/batch", lambda route: route.abort())
    lost = "navigator.sendBeacon = () => true"  # the browser took it, and the network did not
    ida.context.add_init_script(lost)
    ida.page.evaluate(lost)
    ida.page.evaluate("for (const n of [1, 2, 3]) sojourn.track('Kept', {n})")
    ida.page.wait_for_timeout(1200)
    ida.page.reload()
    ida.page.wait_for_function("sojourn.anonymousId !== undefined")
    assert ida.page.evaluate("sojourn.anonymousId()") == ida.anonymous_id
    ida.page.wait_for_timeout(1200)
    assert "Kept" not in {each["event"] for each in ida.events()}
    ida.context.unroute("**/v1/batch")
    ida.page.reload()
    ida.until("Kept")
    assert eventually(lambda: "sojourn.q." not in ida.stored(), within=20)
    ida.page.wait_for_timeout(1500)  # for the worker to move the last ones
    found = ida.events()
    assert [each["n"] for each in found if each["event"] == "Kept"] == [1, 2, 3]
    assert len({each["$event_id"] for each in found}) == len(found)
    assert len(views(found)) == 3


def test_what_waits_as_the_last_page_ends_is_told(visit) -> None:
    lea = visit(MOBILE)
    lea.go("full/")
    lea.page.evaluate("sojourn.track('Last words')")
    lea.page.goto("about:blank")  # no page of the shop follows that could send it
    assert {"page_view", "page_leave"} <= {each["event"] for each in lea.until("Last words")}


def test_calls_made_before_the_file_has_loaded_are_kept(visit) -> None:
    joe = visit()
    joe.context.route(
        "**/sojourn.js",
        lambda route: (joe.page.evaluate("sojourn.track('Early')"), route.continue_()),
    )
    joe.go("full/")
    assert [each["event"] for each in joe.until("Early")][:2] == ["page_view", "Early"]


def test_a_mistake_of_the_page_does_not_stop_the_page(visit) -> None:
    kim = visit()
    kim.go("full/")
    kim.page.evaluate("const round = {}; round.self = round; sojourn.track('Round', round)")
    kim.page.evaluate("sojourn.track(); sojourn.track('Large', {text: 'x'.repeat(40000)})")
    kim.page.evaluate("sojourn.track('Fine')")
    assert not {"Round", "Large"} & {each["event"] for each in kim.until("Fine")}
    assert len([text for text in kim.complaints if "dropped" in text]) == 2
