"""What users write, checked by the type checker: `mypy` fails when a public type changes."""

from __future__ import annotations

from datetime import date
from typing import assert_type

import sojourn
from sojourn import Journeys, Result
from sojourn.insight.funnel.values import FunnelRow
from sojourn.insight.process.graph_answer import GraphRow
from sojourn.insight.retention.values import RetentionCell
from sojourn.insight.sources.values import SourceRow
from sojourn.maps.document import JourneyMap
from sojourn.stages.ask.overview import StageRow


def ask(path: str) -> int:
    """Ask a few questions."""
    shop = sojourn.open(path, roles={"person": "user_id"}, currency="KRW")
    assert_type(shop, Journeys)
    funnel = shop.funnel("view", "cart where value > 10", "purchase", window="7d", by="device")
    assert_type(funnel, Result[FunnelRow])
    people: int = funnel.rows[0].people
    graph = shop.graph(where="device = mobile")
    assert_type(graph, Result[GraphRow])
    source: str | None = graph.rows[0].source
    assert_type(shop.retention("signup", every="week", by="device"), Result[RetentionCell])
    assert_type(shop.sources("purchase", latest=True), Result[SourceRow])
    assert_type(shop.stages().measure(start="2026-01-01", end=date(2026, 1, 31)), Result[StageRow])
    drawn = shop.map(title="Shop")
    assert_type(drawn.document, JourneyMap)
    return people + len(source or "") + funnel.to_pandas().shape[0] + funnel.to_polars().height
