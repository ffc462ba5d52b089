"""Real files are read whole: counts from ../shared/reference/dataset_facts.json (ref_facts.py)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pyarrow.compute as pc
import pytest

from sojourn.adapters.readers import open_reader
from sojourn.base.errors import InputError
from sojourn.base.timespan import from_datetime
from sojourn.ports.reader import ReadOptions

NOW_US = from_datetime(datetime(2026, 9, 1, tzinfo=UTC))


@pytest.fixture(scope="session")
def facts(shared):
    return json.loads((shared / "reference" / "dataset_facts.json").read_text("utf-8"))


def read(shared, path, **options):
    """All events of a file as one table, the rejected rows, and the rows read."""
    import pyarrow as pa

    reader = open_reader(str(shared / "data" / path), ReadOptions(now_us=NOW_US, **options))
    batches = list(reader.batches())
    events = pa.concat_tables([batch.events for batch in batches])
    rejected = [row for batch in batches for row in batch.rejected]
    return events, rejected, sum(batch.rows for batch in batches)


def counts(values):
    return {v["values"]: v["counts"] for v in pc.value_counts(values).to_pylist()}


def prop(events, key):
    return [json.loads(text).get(key) for text in events["properties"].to_pylist()]


def test_ecom(shared) -> None:
    events, rejected, rows = read(shared, "retentioneering_ecom_synthetic/ecom.csv.gz")
    assert (events.num_rows, len(rejected), rows) == (31_106, 0, 31_106)
    assert pc.count_distinct(events["user_id"]).as_py() == 600
    assert pc.count_distinct(events["event"]).as_py() == 19
    assert len(set(prop(events, "session_id"))) == 3_605


def test_anonymous_ratings(shared, facts) -> None:
    known = facts["anon_ratings_stream"]
    events, rejected, rows = read(shared, "anon_ratings_stream/anonreviews.csv.bz2")
    assert rows == known["rows"] == events.num_rows + len(rejected)
    assert [(r.line, r.code) for r in rejected] == [(2, "no-person")]  # reviewer "0"
    assert pc.count_distinct(events["user_id"]).as_py() == known["reviewers"] - 1
    first, last = pc.min_max(events["time"]).as_py().values()
    assert [str(t.replace(tzinfo=None)) for t in (first, last)] == known["date_range"]


def test_cdnow(shared) -> None:
    events, rejected, rows = read(shared, "cdnow/CDNOW_master.txt.gz")
    assert (events.num_rows, len(rejected), rows) == (69_659, 0, 69_659)
    assert pc.count_distinct(events["user_id"]).as_py() == 23_570
    assert sum(round(value * 100) for value in prop(events, "value")) == 250_031_563
    assert counts(events["event"]) == {"purchase": 69_659}


def test_cdnow_without_header(shared) -> None:
    columns = ("master_id", "customer_id", "date", "number_of_cds", "dollar_value")
    events, rejected, rows = read(shared, "cdnow/CDNOW_sample.txt.gz", columns=columns)
    assert (events.num_rows, len(rejected), rows) == (6_919, 0, 6_919)
    assert pc.count_distinct(events["user_id"]).as_py() == 2_357


def test_orders_as_a_wide_table(shared, facts) -> None:
    times = (
        "order_purchase_timestamp",
        "order_approved_at",
        "order_delivered_carrier_date",
        "order_delivered_customer_date",
    )
    path = "olist_subset/olist_orders_dataset.csv.gz"
    events, rejected, rows = read(shared, path, event_times=times)
    assert rows == facts["olist_subset"]["orders"]
    assert not rejected
    assert counts(events["event"])["order_purchase_timestamp"] == rows
    first = [(position - 1) // len(times) for position in events["position"].to_pylist()]
    assert len(set(first)) == rows


def test_transactions(shared, facts) -> None:
    events, rejected, rows = read(shared, "completejourney/transactions_sample.csv.gz")
    assert (events.num_rows, len(rejected), rows) == (75_000, 0, 75_000)
    total = facts["completejourney"]["transactions_sales_value"]
    assert round(sum(prop(events, "value")), 2) == total
    assert len(set(prop(events, "basket_id"))) == facts["completejourney"]["baskets"]


def test_korean_reviews(shared, facts) -> None:
    known = facts["naver_movie_reviews_ko"]
    path = "naver_movie_reviews_ko/reviews.csv.gz"
    events, rejected, rows = read(shared, path, roles={"person": "movie_id"})
    assert (events.num_rows, len(rejected), rows) == (known["rows"], 0, known["rows"])
    years = counts(pc.strftime(events["time"], "%y"))
    assert years == known["rows_by_year"]


def test_process_table(shared) -> None:
    events, rejected, rows = read(shared, "process_logs/running-example.csv")
    assert (events.num_rows, len(rejected), rows) == (42, 0, 42)
    assert pc.count_distinct(events["user_id"]).as_py() == 6
    assert pc.count_distinct(events["event"]).as_py() == 8


def test_views_of_a_news_site(shared, facts) -> None:
    known = facts["msnbc_clickstream"]
    reader = open_reader(
        str(shared / "data" / "msnbc_clickstream" / "msnbc990928.seq.gz"), ReadOptions()
    )
    views: dict[str, int] = {}
    lengths: dict[int, int] = {}
    people: set[str] = set()
    rows = longest = 0
    carried = ("", 0)
    for batch in reader.batches():
        rows += batch.rows
        assert batch.rows == batch.events.num_rows
        for name, count in counts(batch.events["event"]).items():
            views[name] = views.get(name, 0) + count
        of_person = counts(batch.events["user_id"])
        carried = (carried[0], of_person.pop(carried[0], 0) + carried[1])
        if carried[0]:
            assert carried[1] == of_person.get(carried[0], carried[1])
        people |= of_person.keys()
        for count in of_person.values():
            lengths[count] = lengths.get(count, 0) + 1
            longest = max(longest, count)
    assert rows == known["page_views"]
    assert views == known["page_views_by_category"]
    assert len(people) == sum(lengths.values()) == known["sequences"]
    assert longest == known["max_length"]
    assert {str(n): lengths[n] for n in range(1, 11)} == known["length_counts_1_10"]


def test_access_log(shared, facts) -> None:
    known = facts["apache_access_log"]
    events, rejected, rows = read(shared, "apache_access_log/apache_logs.gz", secret=b"key")
    assert (events.num_rows, len(rejected), rows) == (known["parsed"], 0, known["lines"])
    assert pc.count_distinct(events["anonymous_id"]).as_py() == known["ip_and_agent"]
    first, last = pc.min_max(events["time"]).as_py().values()
    assert [str(t) for t in (first, last)] == known["time_range"]
    properties = [json.loads(text) for text in events["properties"].to_pylist()]
    assert Counter(str(p["status"]) for p in properties) == known["status"]
    assert Counter(p["method"] for p in properties) == known["method"]
    pages = Counter(p["page"] for p in properties)
    for path, count in known["top_paths"].items():
        bare = path.rstrip("/") or "/"
        assert pages[bare] >= count, path
    bots = sum(p.get("bot", False) for p in properties)
    assert known["agents_with_bot_crawl_spider"] <= bots <= 0.3 * rows
    assert "semicomplete.com" not in {p.get("referrer") for p in properties}


@pytest.mark.parametrize(
    ("path", "events", "cases", "activities"),
    [
        ("running-example.xes", 42, 6, 8),
        ("receipt.xes.gz", 8_577, 1_434, 27),
        ("roadtraffic100traces.xes", 390, 100, None),
        pytest.param("bpic2012.xes.gz", 262_200, 13_087, None, marks=pytest.mark.slow),
    ],
)
def test_process_logs(shared, path, events, cases, activities) -> None:
    """Events, cases and activities as in ../shared/data/process_logs/README.md."""
    found, rejected, rows = read(shared, f"process_logs/{path}")
    assert (found.num_rows, len(rejected), rows) == (events, 0, events)
    assert pc.count_distinct(found["user_id"]).as_py() == cases
    if activities is not None:
        assert pc.count_distinct(found["event"]).as_py() == activities


def test_the_same_log_as_table_and_as_xml(shared) -> None:
    table, _, _ = read(shared, "process_logs/running-example.csv")
    xml, _, _ = read(shared, "process_logs/running-example.xes")
    columns = ["user_id", "time", "event"]
    keys = [(name, "ascending") for name in columns]
    assert table.select(columns).sort_by(keys) == xml.select(columns).sort_by(keys)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("bank_marketing/bank-additional-full.csv.gz", "who did it"),
        ("online_shoppers_intention/online_shoppers_intention.csv.gz", "who did it"),
        ("womens_clothing_reviews/reviews.csv.gz", "who did it"),
        ("hillstrom_email/hillstrom.csv.gz", "who did it"),
        ("telco_churn/wa_churn.csv.gz", "who did it"),
        ("completejourney/demographics.csv.gz", "when it happened"),
        ("cdnow/CDNOW_sample.txt.gz", "no column names"),
        ("olist_subset/olist_orders_dataset.csv.gz", "--event-times order_purchase_timestamp"),
    ],
)
def test_files_without_events_are_refused_in_words(shared, path, says) -> None:
    with pytest.raises(InputError, match=says):
        read(shared, path)
