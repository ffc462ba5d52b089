"""The short form of ``python -m benchmarks.matrix``: who may do what, on a real server."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from access_matrix import Answer, Found, whole_matrix
from sojourn.server.web.matrix import doors

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and ps")


def test_nobody_does_or_sees_more_than_their_role_in_their_workspace(tmp_path) -> None:
    found = whole_matrix(tmp_path, whole=False)
    assert found.bad == []
    assert found.shown > 10  # else that no answer holds the other's mark would say nothing
    came = Counter()
    for (_, _, what), count in found.counts.items():
        came[what] += count
    assert min(came[what] for what in ("done", "401 not-signed-in", "403 role", "403 csrf")) > 20
    assert came["404 unknown-workspace"] >= found.callers * (len(list(doors())) - 5)
    assert came["401 write-key"] >= 30


def test_an_answer_that_must_not_be_is_found() -> None:
    found = Found()
    found.judge(("viewer", "own"), "GET /users", Answer(200, "", "[]", {}), "403 role")
    found.judge(("viewer", "own"), "GET /users", Answer(403, "role", "", {}), "403 role")
    found.judge(("viewer", "own"), "GET /users", Answer(500, "failed", "", {}), "done")
    assert len(found.bad) == 2
