"""A shop's events, and the hundred segments its marketers keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

DAY_US = 86_400 * 10**6
EVENTS = (
    "page_viewed", "product_viewed", "search_done", "cart_filled", "checkout_begun", "order_paid",
    "mail_opened", "mail_clicked", "review_written", "ticket_opened", "signed_up", "app_opened",
)  # fmt: skip
OFTEN = np.array([40, 22, 8, 7, 3, 2.5, 7, 2, 0.5, 0.5, 1.5, 6]) / 100
DEVICES, PLANS = ("mobile", "desktop", "tablet"), ("free", "plus", "pro")
SOURCES = ("search", "social", "mail", "direct", "partner", "ads")
STAGES = """
sojourn: stages/1
stages:
- key: visitor
  enter: [{events: [page_viewed, product_viewed, app_opened]}]
  lapse: {quiet: 30d}
- key: customer
  enter: [{events: [order_paid]}]
  lapse: {quiet: 90d, without: entry}
- key: loyal
  enter: [{events: [order_paid], at_least: 2, within: 60d}]
  lapse: {quiet: 90d, without: entry}
"""


def rules() -> list[str]:
    """Return a hundred rules: counts, recency, sequences, traits, stages and sources, mixed."""
    days = (1, 3, 7, 14, 30)
    found = [
        f"{{events: order_paid, at_least: {n}, within: {d}d}}"
        for n in (1, 2, 3)
        for d in (30, 60, 90)
    ]
    found += [
        f"{{events: {name}, at_least: {n}, within: {d}d}}"
        for name in ("product_viewed", "app_opened", "mail_opened")
        for n, d in ((3, 7), (5, 14), (10, 30))
    ]
    found += [f"{{events: order_paid, quiet: {d}d}}" for d in (14, 30, 45, 60)]
    found += [f"{{events: any, quiet: {d}d}}" for d in days]
    found += [
        f"{{events: cart_filled, quiet: {q}, without: {{events: order_paid}}}}"
        for q in ("30m", "1h", "2h", "1d", "3d")
    ]
    found += [
        f"{{events: checkout_begun, quiet: {q}, without: {{events: order_paid}}}}"
        for q in ("15m", "1h", "1d")
    ]
    found += [f"[{{events: order_paid}}, {{none: [{{events: any, within: {d}d}}]}}]" for d in days]
    found += [
        "{sequence: [{events: product_viewed}, {events: cart_filled}, {events: order_paid}], "
        f"window: {d}d}}"
        for d in days
    ]
    found += [
        "{sequence: [{events: mail_opened}, {events: order_paid}], "
        f"window: {d}d, within: 60d}}"
        for d in days
    ]
    found += [
        "{sequence: [{events: search_done}, {events: cart_filled}], "
        f"window: {d}d, within: 14d}}"
        for d in days
    ]
    found += [f"{{trait: device = {one}}}" for one in DEVICES] + [
        f"{{trait: plan = {one}}}" for one in PLANS
    ]
    found += [f"{{trait: source = {one}, which: first}}" for one in SOURCES]
    found += [
        f"[{{trait: source = {one}, which: first}}, {{events: order_paid}}]" for one in SOURCES
    ]
    found += [
        f"[{{trait: plan = {one}}}, {{events: app_opened, within: {d}d}}]"
        for one in PLANS
        for d in (7, 30)
    ]
    found += [f"{{stage: {one}}}" for one in ("visitor", "customer", "loyal", "lapsed")]
    found += [
        f"[{{stage: {one}}}, {{events: mail_opened, within: {d}d}}]"
        for one in ("customer", "loyal")
        for d in (7, 30)
    ]
    found += [
        f"{{events: review_written, where: stars {test}}}" for test in ("<= 2", ">= 4", "= 5")
    ]
    found += [
        f"{{events: order_paid, where: value > {limit}, within: 90d}}"
        for limit in (20, 50, 100, 200)
    ]
    found += [f"[{{events: ticket_opened, within: {d}d}}, {{events: order_paid}}]" for d in (7, 30)]
    found += [
        "{events: page_viewed, within: 20s}",
        "{events: mail_clicked, at_least: 2, within: 1h}",
        "{events: signed_up, within: 7d}",
        "{events: search_done, at_least: 5, within: 1d}",
    ]
    return found[:100]


def properties(rng: np.random.Generator, event: str) -> dict[str, object]:
    """Return what an event says beside its name."""
    found: dict[str, object] = {"device": DEVICES[rng.integers(0, 3)]}
    if event == "order_paid":
        found |= {"value": float(rng.integers(500, 30_000)) / 100, "currency": "EUR"}
    elif event == "review_written":
        found["stars"] = int(rng.integers(1, 6))
    elif event in ("page_viewed", "app_opened"):
        found |= {"source": SOURCES[rng.integers(0, 6)], "plan": PLANS[rng.integers(0, 3)]}
    return found


def history(people: int, until_us: int, folder: Path) -> Path:
    """Write ten past events a person on average, over 120 days."""
    rng = np.random.default_rng(7)
    rows = people * 10
    event = rng.choice(len(EVENTS), rows, p=OFTEN)
    who = pa.array(np.char.add("u", rng.integers(0, people, rows).astype(str)))
    visit = np.isin(event, (0, 11))

    def some(names: tuple[str, ...], where: np.ndarray) -> pa.Array:
        code = rng.integers(0, len(names), rows).astype(np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(code, mask=~where), pa.array(names))

    table = pa.table(
        {
            "user_id": who,
            "time": pa.array(until_us - rng.integers(10**6, 120 * DAY_US, rows)).cast(
                pa.timestamp("us", tz="UTC")
            ),
            "event": pa.array(EVENTS).take(pa.array(event)),
            "device": some(DEVICES, np.ones(rows, bool)),
            "source": some(SOURCES, visit),
            "plan": some(PLANS, visit),
            "value": pa.array(rng.integers(500, 30_000, rows) / 100, mask=event != 5),
            "stars": pa.array(rng.integers(1, 6, rows), mask=event != 8),
        }
    )
    path = folder / "history.parquet"
    pq.write_table(table, path)
    return path
