"""Requests that schemathesis makes from the OpenAPI document, sent to the web process's application."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from webs import HOST

if TYPE_CHECKING:
    from webs import Web

load_all_checks()
CHECKS = (content_type_conformance, response_schema_conformance, status_code_conformance)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass
class Told:
    """What came back."""

    statuses: Counter[str] = field(default_factory=Counter)
    operations: int = 0
    bad: list[str] = field(default_factory=list)


def fuzz(web: Web, tokens: dict[str, str], each: int, first: int = 1) -> Told:
    """Send requests to every operation under each token; "" is nobody's.

    Parameters
    ----------
    web : Web
    tokens : dict of str to str
        By the name of the role.
    each : int
        Requests of an operation that fit the document, and as many that do not.
    first : int
        Seed.
    """
    told = Told()
    document = web.client().get("/openapi.json").json()
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        told.operations += 1
        for role, token in tokens.items():
            for mode in MODES:
                _run(web, operation, mode, token, each, first, told, role)
    return told


def _run(web, operation, mode, token, each, first, told, role) -> None:
    @seed(first)
    @settings(max_examples=each, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def sent(case) -> None:
        if "workspace" in case.path_parameters:
            case.path_parameters["workspace"] = "shop"
        answer = _answer(web, case, token)
        if answer is None:
            told.statuses["unsendable"] += 1
            return
        told.statuses[str(answer.status_code)] += 1
        what = f"{operation.method.upper()} {operation.path} as {role or 'nobody'}"
        if answer.status_code >= 500 and answer.status_code != 503:
            told.bad.append(f"{what}: {answer.status_code} to {answer.request.body!r}")
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as failures:
            told.bad += [f"{what}: {failure}" for failure in failures.exceptions]

    with suppress(Unsatisfiable):  # where nothing can be wrong, no wrong request is made
        sent()


def _answer(web: Web, case, token: str) -> schemathesis.Response | None:
    """The answer; None for a request that no HTTP client can send."""
    wanted = case.as_transport_kwargs(base_url=f"http://{HOST}")
    known = ("method", "url", "headers", "params", "json", "data", "cookies")
    try:
        request = requests.Request(**{key: wanted[key] for key in known if key in wanted}).prepare()
        headers = dict(request.headers) | {"host": HOST}
        headers |= {"authorization": f"Bearer {token}"} if token else {}
        headers.pop("Content-Length", None)
        answer = web.client().request(
            request.method,
            request.url,
            headers=headers,
            content=request.body,
            follow_redirects=False,
        )
    except (ValueError, TypeError, requests.RequestException, httpx2.InvalidURL):
        return None
    return schemathesis.Response(
        status_code=answer.status_code, content=answer.content, request=request, elapsed=0.0,
        headers={name: [value] for name, value in answer.headers.items()}, verify=False,
    )  # fmt: skip
