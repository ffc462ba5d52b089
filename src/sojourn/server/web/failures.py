"""Errors as problems: what a use case raised, what FastAPI found wrong, what nobody foresaw."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from sojourn.app.access.errors import LockedOutError
from sojourn.base.errors import InputError, InternalError, UnknownNameError
from sojourn.server.problems import CONTENT_TYPE, Problem
from sojourn.server.process import where

if TYPE_CHECKING:
    from collections.abc import Sequence

STATUSES: Final = {
    "no-person": 404,
    "unknown-person": 404,
    "owned-id": 409,
    "sign-in": 401,
    "locked-out": 429,
    "name-taken": 409,
    "account": 409,
    "invitation": 410,
    "no-events": 409,
    "already-merged": 409,
    "merge-circle": 409,
    "not-merged": 404,
    "no-provider": 404,
    "provider-unreachable": 503,
    "disk-full": 503,
    "state-unusable": 503,
    "workspace-busy": 503,
}
"""Of errors that are not simply a bad request (400)."""
_log = logging.getLogger("sojourn.web")


def answer_failures(app: FastAPI) -> None:
    """Let an application answer every error with a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(InputError, _input)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def response_of(problem: Problem) -> Response:
    """Return a problem as a response."""
    return Response(
        problem.body(), problem.status, problem.headers, media_type=CONTENT_TYPE.decode()
    )


def _problem(_: Request, error: Exception) -> Response:
    return response_of(error if isinstance(error, Problem) else _ours(error))


def _input(_: Request, error: Exception) -> Response:
    if not isinstance(error, InputError):
        return response_of(_ours(error))
    status = 404 if isinstance(error, UnknownNameError) else STATUSES.get(error.code, 400)
    headers = {}
    if isinstance(error, LockedOutError):
        headers["Retry-After"] = str(error.wait_s)
    elif status == 503:
        headers["Retry-After"] = "30"
    return response_of(Problem(status, error.code, " ".join(error.message.split("\n")),
                               headers=headers))  # fmt: skip


def _invalid(_: Request, error: Exception) -> Response:
    found: Sequence[object] = error.errors() if isinstance(error, RequestValidationError) else ()
    errors = [
        {"where": ".".join(map(str, each["loc"])), "reason": each["msg"]}
        for each in found
        if isinstance(each, dict)
    ]
    told = "; ".join(f"{each['where']}: {each['reason']}" for each in errors[:3])
    return response_of(Problem(422, "invalid", f"The request is not valid: {told}.", errors=errors))


def _http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return response_of(_ours(error))
    code = {404: "unknown-path", 405: "method"}.get(error.status_code, "http")
    headers = dict(error.headers or {})
    return response_of(Problem(error.status_code, code, f"{error.detail}.", headers=headers))


def _unforeseen(_: Request, error: Exception) -> Response:
    return response_of(_ours(error))


def _ours(error: Exception) -> Problem:
    _log.error("failed: %s", where(error))
    kind = "internal" if isinstance(error, InternalError) else "failed"
    return Problem(500, kind, "The server failed; what happened is in its log.")
