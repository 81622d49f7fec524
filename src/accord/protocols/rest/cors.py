"""Room: protocols/rest. Cross-origin requests, for exactly the origins the operator names."""

from __future__ import annotations

from accord.kernel import settings
from accord.protocols.rest import message

_EXPOSED = (
    b"ETag, Link, Location, Retry-After, X-Request-ID, X-Correlation-ID, X-Total-Count, "
    b"X-Page-Limit, X-Page-Offset, Preference-Applied, Server-Timing"
)
_ACCEPTED = (
    b"Accept, Authorization, Content-Type, If-Match, If-None-Match, If-Modified-Since, Prefer, "
    b"X-Request-ID, X-Correlation-ID, traceparent"
)


class Cors:
    """The CORS protocol of the Fetch standard."""

    def __init__(self, given: settings.Cors) -> None:
        self.enabled = bool(given.origins)
        self._simple: dict[bytes, tuple[message.Header, ...]] = {}
        credentials = ((b"access-control-allow-credentials", b"true"),) if given.credentials else ()
        for origin in given.origins:
            allowed = (b"access-control-allow-origin", origin.encode())
            exposed = (b"access-control-expose-headers", _EXPOSED)
            self._simple[origin.encode()] = (allowed, *credentials, exposed)
        self._age = b"%d" % given.max_age

    def headers(self, origin: bytes | None) -> tuple[message.Header, ...]:
        """The header fields of an answer to a page of that origin; none for other origins."""
        return self._simple.get(origin, ()) if origin is not None else ()

    def preflight(self, request: message.Request, allow: str) -> list[message.Header]:
        """What a preflight is told beside `headers`; nothing unless it is one."""
        origin = request.headers.get(b"origin")
        if origin not in self._simple or b"access-control-request-method" not in request.headers:
            return []
        return [
            (b"access-control-allow-methods", allow.encode()),
            (b"access-control-allow-headers", _ACCEPTED),
            (b"access-control-max-age", self._age),
        ]
