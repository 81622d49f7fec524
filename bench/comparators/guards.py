"""Room: bench/comparators. The JWT check and the limiter that a good team puts before a service."""

from __future__ import annotations

import os
import time
from typing import Any

import jwt

SECRET = os.environ.get("BENCH_JWT_SECRET", "a secret of the benchmark, 32 bytes or more")
AUDIENCE = "shop"
RATE = 1_000_000.0
BURST = 1_000_000.0


class NotAllowedError(Exception):
    """A request that must be refused: 401 or 429."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def token() -> str:
    """Return a token that lives for a day, as the load generator sends it."""
    claims = {"sub": "usr_bench", "roles": ["admin"], "aud": AUDIENCE, "exp": time.time() + 86_400}
    return jwt.encode(claims, SECRET, algorithm="HS256")


def authenticate(authorization: str | None) -> dict[str, Any]:
    """Return the claims of a Bearer token; NotAllowedError 401 without a good one."""
    if not authorization or not authorization.startswith("Bearer "):
        raise NotAllowedError(401, "a Bearer token is needed")
    try:
        claims: dict[str, Any] = jwt.decode(
            authorization[7:], SECRET, algorithms=["HS256"], audience=AUDIENCE
        )
    except jwt.PyJWTError as error:
        raise NotAllowedError(401, str(error)) from None
    if "admin" not in claims.get("roles", ()):
        raise NotAllowedError(403, "admins only")
    return claims


_buckets: dict[str, tuple[float, float]] = {}


def limit(subject: str) -> None:
    """Take one from the caller's token bucket, in memory; NotAllowedError 429 when it is empty."""
    now = time.monotonic()
    left, at = _buckets.get(subject, (BURST, now))
    left = min(BURST, left + (now - at) * RATE)
    if left < 1:
        raise NotAllowedError(429, "too many requests")
    _buckets[subject] = (left - 1, now)
