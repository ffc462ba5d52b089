"""Sources against a twin that walks one person at a time; revenue, landings and own sites."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slow_cohorts import DAY, HOUR, START, asker, index_of, lives
from sojourn.base.errors import UnknownNameError
from sojourn.base.estimate import NotEstimable, wilson
from sojourn.base.predicate import ALWAYS, Compare, Operator, event_is
from sojourn.base.timespan import MINUTE_US, TimeRange
from sojourn.events.channels import DEFAULT_CHANNELS
from sojourn.insight.question import Scope
from sojourn.insight.sources.own import OwnSites
from sojourn.insight.sources.question import Sources
from sojourn.insight.sources.values import Basis, Level

GAP = 30 * MINUTE_US
WINDOW = 2 * DAY
MOBILE = Compare(field="device", operator=Operator.EQ, values=("mobile",))

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid"]),
        st.integers(0, 24 * 16).map(lambda n: START + n * 15 * MINUTE_US),
        st.sampled_from(["view", "order"]),
        st.fixed_dictionaries(
            {},
            optional={
                "page": st.sampled_from(["/", "/p/17?x=1", "https://own.example/a"]),
                "utm_source": st.sampled_from(["naver", "(direct)", "mail"]),
                "utm_medium": st.sampled_from(["cpc", "email"]),
                "utm_campaign": st.sampled_from(["spring", "shop"]),
                "utm_term": st.sampled_from(["meal", "kit"]),
                "referrer": st.sampled_from(
                    ["https://www.google.com/q", "https://own.example/b", "m.blog.naver.com"]
                ),
                "device": st.sampled_from(["mobile", "desktop"]),
                "value": st.sampled_from([10.0, 2.5]),
                "currency": st.sampled_from(["USD", "KRW"]),
            },
        ),
    ),
    min_size=1,
    max_size=24,
)
EVERY = {
    "page": "/", "utm_source": "naver", "utm_medium": "cpc", "utm_campaign": "spring",
    "utm_term": "kit", "referrer": "https://t.co/x", "device": "desktop", "value": 1.0,
    "currency": "KRW",
}  # fmt: skip


def known(rows):
    return [
        *rows,
        ("zoe", START + 9 * DAY, "view", EVERY),
        ("zoe", START + 9 * DAY, "order", EVERY),
    ]


def says(properties):
    """What one row says: 2 a source, 1 a visit without one, 0 nothing; and the source."""
    get = properties.get
    source, medium = get("utm_source"), get("utm_medium")
    host = {
        "https://www.google.com/q": "google.com",
        "m.blog.naver.com": "m.blog.naver.com",
        "https://t.co/x": "t.co",
    }.get(get("referrer"))
    named = (source and source != "(direct)") or medium or get("utm_campaign")
    if named or host:
        if source or medium:
            pair = (source or "(not set)", medium or "(not set)")
        else:
            pair = DEFAULT_CHANNELS.from_referrer(host) if host else (None, None)
        channel = DEFAULT_CHANNELS.channels([pair[0]], [pair[1]], [get("utm_campaign")])[0]
        return 2, (channel, *pair, get("utm_campaign"))
    if source or "page" in properties:
        return 1, ("Direct", "(direct)", "(none)", None)
    return 0, ("Unknown", None, None, None)


def touch_of(visit):
    best = max(says(row[3])[0] for row in visit)
    return next(says(row[3]) for row in visit if says(row[3])[0] == best)


def walk(life, spec, as_of):
    """Origin, whether mature, whether converted, and revenue of one person; None if not asked."""
    life = [row for row in life if row[1] <= as_of]
    span = spec.scope.range
    if not life or not ((span.start_us or 0) <= life[0][1] < (span.end_us or 2**62)):
        return None
    if spec.scope.people != ALWAYS and life[0][3].get("device") != "mobile":
        return None
    until = life[0][1] + WINDOW
    goals = [place for place, row in enumerate(life) if row[2] == "order" and row[1] <= until]
    before = life[: goals[0] + 1] if goals else life
    visits = [[before[0]]]
    for last, row in pairwise(before):
        if row[1] - last[1] > GAP:
            visits.append([])
        visits[-1].append(row)
    touches = [touch_of(visit) for visit in visits]
    original, latest = touches[0], touches[0]
    for touch in touches[1:]:
        direct = touch[0] == 1 and (latest[0] < 2 or spec.direct_overwrites)
        if touch[0] == 2 or direct or (touch[0] == 0 == latest[0]):
            latest = touch
    money = Counter()
    for row in life:
        if row[2] == "order" and row[1] <= until and "value" in row[3]:
            currency = row[3].get("currency", "USD")
            money[currency] += round(row[3]["value"] * (1 if currency == "KRW" else 100))
    chosen = original if spec.basis is Basis.ORIGINAL else latest
    return chosen[1], until <= as_of, bool(goals), money


@st.composite
def specs(draw):
    span = draw(
        st.sampled_from([TimeRange(), TimeRange(start_us=START + DAY, end_us=START + 4 * DAY)])
    )
    return Sources(
        scope=Scope(range=span, people=draw(st.sampled_from([ALWAYS, MOBILE]))),
        level=draw(st.sampled_from([Level.CHANNEL, Level.SOURCE, Level.MEDIUM, Level.CAMPAIGN])),
        basis=draw(st.sampled_from(list(Basis))),
        goal=event_is("order"),
        window_us=WINDOW,
        direct_overwrites=draw(st.booleans()),
        own=("own.example",),
    )


@settings(max_examples=300)
@given(ROWS, specs(), st.integers(1, 3), st.sampled_from([None, START + 3 * DAY]))
def test_people_conversion_and_revenue_equal_the_twin(rows, spec, buckets, as_of) -> None:
    rows = known(rows)
    index = index_of(rows, buckets, as_of=as_of)
    answer = asker(index)(spec)
    depth = list(Level).index(spec.level) + 1
    people, money = {}, {}
    for life in lives(rows).values():
        found = walk(life, spec, index.catalog.as_of_us)
        if found is None:
            continue
        key, mature, converted, sums = (found[0][:depth], *found[1:])
        tally = people.setdefault(key, [0, 0, 0, 0])
        tally[0] += 1
        tally[1] += mature
        tally[2] += mature and converted
        tally[3] += converted and not mature
        money.setdefault(key, Counter()).update(sums)
    got = {
        (row.channel, row.source, row.medium, row.campaign)[:depth]:
        [row.people, row.mature, row.converted, row.early] for row in answer.rows
    }  # fmt: skip
    assert got == people
    everybody = sum(tally[0] for tally in people.values())
    for row in answer.rows:
        key = (row.channel, row.source, row.medium, row.campaign)[:depth]
        assert {part.currency: part.amount_minor for part in row.revenue} == +money[key]
        assert row.share == wilson(row.people, everybody)
        wanted = wilson(row.converted, row.mature)
        assert row.conversion == wanted or (
            not row.mature and isinstance(row.conversion, NotEstimable)
        )


@settings(max_examples=60)
@given(ROWS, specs())
def test_both_bases_hold_the_same_people_and_conversions(rows, spec) -> None:
    ask = asker(index_of(known(rows), 2))
    one = ask(replace(spec, basis=Basis.ORIGINAL)).rows
    two = ask(replace(spec, basis=Basis.LATEST)).rows
    for name in ("people", "mature", "converted", "early"):
        assert sum(getattr(row, name) for row in one) == sum(getattr(row, name) for row in two)


def test_a_direct_visit_does_not_overwrite_a_known_source() -> None:
    rows = [
        ("ann", START, "view", {"page": "/"}),
        ("ann", START + DAY, "view", {"page": "/", "utm_source": "naver", "utm_medium": "cpc"}),
        ("ann", START + 2 * DAY, "view", {"page": "/"}),
    ]
    ask = asker(index_of(rows))
    assert ask(Sources()).rows[0].channel == "Direct"
    assert ask(Sources(basis=Basis.LATEST)).rows[0].channel == "Paid Search"
    assert ask(Sources(basis=Basis.LATEST, direct_overwrites=True)).rows[0].channel == "Direct"


def test_channels_that_events_name_themselves_are_kept() -> None:
    rows = [
        (f"p{n}", START, "view", {"channel": name})
        for n, name in enumerate(["paid_search", "organic", "TV spot", "direct"])
    ]
    found = {row.channel for row in asker(index_of(rows))(Sources()).rows}
    assert found == {"Paid Search", "Organic Search", "TV spot", "Direct"}


def test_narrowing_to_a_channel_shows_its_sources() -> None:
    rows = [
        ("ann", START, "view", {"utm_source": "naver", "utm_medium": "cpc"}),
        ("bob", START, "view", {"utm_source": "google", "utm_medium": "cpc"}),
        ("cid", START, "view", {"utm_source": "mail", "utm_medium": "email"}),
    ]
    spec = Sources(level=Level.SOURCE, within=((Level.CHANNEL, "paid search"),))
    found = asker(index_of(rows))(spec).rows
    assert [(row.source, row.people, row.share.n) for row in found] == [
        ("google", 1, 3),
        ("naver", 1, 3),
    ]


def test_openings_and_landings_of_converters() -> None:
    def visit(person, pages, orders):
        rows = [
            (person, START + n * MINUTE_US, "view", {"page": page, "utm_source": "x"})
            for n, page in enumerate(pages)
        ]
        return [*rows, (person, START + HOUR, "order", {})] if orders else rows

    rows = [
        *visit("ann", ["/", "/", "/item/1", "/item/2", "/pay", "/thanks"], orders=True),
        *visit("bob", ["/", "/item/9"], orders=True),
        *visit("cid", ["/blog"], orders=False),
        ("dee", START, "order", {}),
        ("end", START + 40 * DAY, "view", {"page": "/"}),
    ]
    answer = asker(index_of(rows, 2))(Sources(goal=event_is("order"), steps=3))
    paths = {(tuple(p["path"]), p["goes_on"]): p["people"] for p in answer.extra["entry_paths"]}
    assert paths == {
        (("/", "/item/*", "/pay"), True): 1,
        (("/", "/item/*"), False): 1,
        ((), False): 1,
    }
    assert answer.extra["converters"] == 3
    landings = {
        row["landing"]: (row["people"], row["mature"], row["converted"])
        for row in answer.extra["landings"]
    }
    assert landings == {"/": (3, 2, 2), "/blog": (1, 1, 0), "order": (1, 1, 1)}


def test_own_sites_are_pages_and_what_refers_in_the_midst_of_visits() -> None:
    rows = []
    for n in range(30):
        begin = START + n * DAY
        rows += [
            (
                "ann",
                begin,
                "view",
                {"page": "https://shop.example/", "referrer": "https://news.example/"},
            ),
            ("ann", begin + 1, "view", {"page": "/", "referrer": "https://old.example/x"}),
            ("ann", begin + 2, "view", {"page": "/", "referrer": "https://www.google.com/"}),
        ]
    found = {
        row.host: (row.pages, row.inside, row.begins)
        for row in asker(index_of(rows))(OwnSites()).rows
    }
    assert found == {"shop.example": (30, 0, 0), "old.example": (0, 30, 0)}


def test_nothing_told_is_not_estimable() -> None:
    answer = asker(index_of([("ann", START, "order", {"value": 1.0})]))(Sources())
    assert answer.rows == ()
    assert "referrer" in answer.to_json()["not_estimable"]
    untimed = asker(index_of([("ann", None, "a", {"channel": "tv"})]))(Sources())
    assert untimed.to_json()["not_estimable"] == "these events carry no times"


def test_without_a_goal_money_counts_and_conversion_is_not_estimable() -> None:
    rows = [
        ("ann", START, "order", {"channel": "tv", "value": 3.0}),
        ("ann", START + 90 * DAY, "order", {"value": 4.0}),
    ]
    row = asker(index_of(rows))(Sources()).rows[0]
    assert row.conversion == NotEstimable("no goal was named")
    assert [(part.currency, part.amount_minor) for part in row.revenue] == [("USD", 700)]


def test_plans_travel_and_answers_are_json() -> None:
    index = index_of(known([]), buckets=2)
    plan = Sources(goal=event_is("order"), level=Level.TERM).plan(index.catalog)
    again = pickle.loads(pickle.dumps(plan))
    total = again.over(index.buckets[0]) + again.over(index.buckets[1])
    answer = plan.answer(total)
    assert answer.rows[0].term == "kit"
    assert answer.to_json()["spec"]["channels"]["name"] == "ga4"
    with pytest.raises(UnknownNameError, match="order"):
        Sources(goal=event_is("odrer")).plan(index.catalog)
