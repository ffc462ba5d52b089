"""Answers to requests that cannot be met, as RFC 9457 says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONTENT_TYPE = b"application/problem+json"


class Problem(Exception):  # noqa: N818 - the RFC's own word
    """A request is answered with a problem.

    Parameters
    ----------
    status : int
        HTTP status code.
    code : str
        What it is, for programs.
    detail : str
        What was given and what is allowed, for people.
    headers : mapping of str to str
        Beside the usual ones.
    errors : sequence of mappings
        One for each part of the request that is at fault.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, object]] = (),
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = errors
        super().__init__(f"{status} {code}: {detail}")

    def body(self) -> bytes:
        """Return the problem as JSON.

        Beside the RFC's members ``code`` and ``message``, where the client libraries of Segment
        and RudderStack look: one of them takes an answer without for a lost connection, and
        sends again what is refused for good.
        """
        said: dict[str, object] = {
            "type": f"urn:sojourn:problem:{self.code}",
            "title": self.code.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "message": self.detail,
        }
        if self.errors:
            said["errors"] = list(self.errors)
        return msgspec.json.encode(said)

    @override
    def __repr__(self) -> str:
        return f"Problem({self.status}, {self.code!r})"
