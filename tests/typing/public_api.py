"""What users write, checked by the type checker: `mypy` fails when a public type changes."""

from __future__ import annotations

from typing import assert_type

import sojourn
from sojourn import Journeys, Result
from sojourn.insight.funnel.values import FunnelRow
from sojourn.insight.process.graph_answer import GraphRow
from sojourn.maps.document import JourneyMap


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
    drawn = shop.map(title="Shop")
    assert_type(drawn.document, JourneyMap)
    return people + len(source or "") + funnel.to_pandas().shape[0] + funnel.to_polars().height
