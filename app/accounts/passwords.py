"""Passwords: argon2id, and the same work whether the account exists or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Invalid

SHORTEST = 10
LONGEST = 256
# OWASP's least setting for argon2id: 19 MiB, two passes, one lane. A sign-in costs some 20 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The hash to store. Too short or too long a password is `Invalid`."""
    check_length(password)
    return _hasher.hash(password)


def check_length(password: str) -> None:
    if len(password) < SHORTEST:
        raise Invalid("password.too_short", least=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("password.too_long", most=LONGEST)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is right; without a stored hash it takes as long, and it is not."""
    try:
        right = _hasher.verify(stored or _nobody(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other settings than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
