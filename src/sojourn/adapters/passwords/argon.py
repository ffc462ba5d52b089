"""Argon2id, with the parameters of RFC 9106's second choice (64 MB, 3 passes, 4 lanes)."""

from __future__ import annotations

import argon2
from argon2.exceptions import Argon2Error, InvalidHashError
from typing_extensions import override

from sojourn.ports.access import PasswordHasher


class Argon2Hasher(PasswordHasher):
    """See :class:`sojourn.ports.access.PasswordHasher`."""

    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)

    @override
    def hash(self, password: str) -> str:
        return self._hasher.hash(password.encode("utf-8", "surrogatepass"))

    @override
    def verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password.encode("utf-8", "surrogatepass"))
        except (Argon2Error, InvalidHashError):
            return False

    @override
    def is_outdated(self, hashed: str) -> bool:
        return self._hasher.check_needs_rehash(hashed)
