"""Which problems an endpoint may answer with, as its OpenAPI document tells them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sojourn.server.problems import CONTENT_TYPE, Problem
from sojourn.server.web.models import ProblemOut

CODES: Final[dict[int, dict[str, str]]] = {
    400: {
        "input": "'soon' is not a duration. Allowed: a number and a unit: 45s, 30m, 12h, 14d, 2w",
        "grammar": "This condition has its end, but a value is missing where it cannot be read: …",
        "takes-too-long": "The question took longer than 120 s and was given up; ask about a"
        " shorter range or fewer values.",
    },
    401: {
        "not-signed-in": "Nobody is signed in. Allowed: a session, or a token as a bearer's.",
        "sign-in": "E-mail address and password do not belong together.",
    },
    403: {
        "role": "This needs the role analyst or a larger one; yours is viewer.",
        "csrf": "The header x-csrf-token is missing or wrong; allowed: the value that GET"
        " …/session returns as csrf.",
        "other-origin": "The request was sent by a page of another site.",
    },
    404: {
        "unknown-workspace": "There is no such workspace on this server.",
        "unknown-name": "There is no event 'Order Compleded'. Did you mean 'Order Completed'?",
        "no-person": "There is no person 'nobody'.",
        "unknown-person": "No event has the id 'nobody'.",
        "no-provider": "This workspace has no sign-in provider.",
        "not-merged": "'u000017' is merged into nobody.",
        "unknown-path": "Not Found.",
    },
    405: {"method": "Method Not Allowed."},
    409: {
        "account": "This is the last admin. Make somebody else an admin first.",
        "name-taken": "There is a write key 'website' already.",
        "no-events": "No event has come yet.",
        "already-merged": "'u000017' is merged already, into 'u000042'.",
        "owned-id": "The anonymous id 'dev-7' was identified as 'u000017'.",
        "merge-circle": "'u000042' counts as 'u000017' already.",
    },
    410: {"invitation": "This link is unknown, was used, or has expired."},
    413: {"too-large": "The body is too large; allowed: 1,048,576 bytes."},
    421: {
        "unknown-host": "The Host header names no host of this server; allowed: the address it was"
        " started with, or the one given with --url."
    },
    422: {"invalid": "The request is not valid: body.email: Field required."},
    429: {
        "too-many-requests": "More than 600 requests in a minute.",
        "locked-out": "Too many attempts failed. Try again in 4 seconds.",
    },
    503: {
        "busy": "16 questions are being worked on; ask again.",
        "provider-unreachable": "The sign-in provider cannot be asked. Try again.",
        "disk-full": "The disk is full.",
        "state-unusable": "The state cannot be read.",
        "workspace-busy": "The workspace is being written to.",
    },
}
"""An example of each problem that is nobody's mistake but the caller's, or says when to come back;
errors of other use cases are 400 with a code of docs/errors.md."""
_WHAT: Final = {
    400: "What was given cannot be used; more codes in docs/errors.md.",
    401: "Nobody is signed in.",
    403: "The role is too small, or the request comes from another site.",
    404: "There is no such thing.",
    405: "The address takes other methods.",
    409: "What is there stands against it.",
    410: "The link is worth nothing any more.",
    413: "The body is too large.",
    421: "Another host is asked for.",
    422: "The request has not the right form.",
    429: "Too many requests, or too many failed attempts; see Retry-After.",
    503: "Not at the moment; see Retry-After.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what FastAPI wants to know of answers that are problems; all where none is named."""
    return {
        status: {
            "description": _WHAT[status],
            "content": {
                CONTENT_TYPE.decode(): {
                    "schema": ProblemOut.model_json_schema(),
                    "examples": {
                        code: {"value": msgspec.json.decode(Problem(status, code, detail).body())}
                        for code, detail in CODES[status].items()
                    },
                }
            },
        }
        for status in statuses or CODES
    }
