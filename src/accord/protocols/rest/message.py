"""Room: protocols/rest. One request as it came and one response as it goes out."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

import msgspec

from accord.kernel import ids, problem
from accord.protocols.rest import negotiate
from accord.runtime import call

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header: TypeAlias = tuple[bytes, bytes]

REQUEST_ID = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")
_TRACE = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._~@:,-]*")
# Of these, a second line continues a list (RFC 9110, section 5.3); others are given once.
_LISTS = frozenset({b"accept", b"if-match", b"if-none-match", b"prefer"})


class Response(msgspec.Struct):
    """Status, header fields beyond those of every answer, and the whole body.

    `code` is that of the Problem it tells of.
    """

    status: int
    headers: list[Header]
    body: bytes = b""
    code: str | None = None


class Request:
    """One HTTP request. Its path and query stay as they were escaped; `id` names it in logs."""

    __slots__ = (
        "caller",
        "choice",
        "headers",
        "id",
        "key",
        "method",
        "operation",
        "path",
        "query",
        "receive",
        "scope",
    )

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.method: str = scope["method"]
        self.path = path_of(scope)
        self.query = ""
        self.headers = headers_of(scope["headers"])
        self.id = self._id()
        self.caller = call.ANONYMOUS
        self.key: str | None = None
        self.operation: str | None = None
        self.choice: negotiate.Choice = _UNKNOWN

    def _id(self) -> str:
        given = self.headers.get(b"x-request-id")
        if given is not None and REQUEST_ID.fullmatch(given):
            return given.decode("ascii")
        return ids.new("req")

    def header(self, name: bytes) -> str | None:
        """A header field as text, None when it is not there."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def media(self) -> negotiate.Success:
        """The representation of a success; the app refuses requests that accept none first."""
        found = self.choice.success
        if found is None:
            raise problem.Problem("NOT_ACCEPTABLE")
        return found

    @property
    def address(self) -> str | None:
        """The network address the request came from."""
        client = self.scope.get("client")
        return client[0] if client else None

    @property
    def secure(self) -> bool:
        """Whether it came over TLS."""
        return bool(self.scope.get("scheme") == "https")

    @property
    def trace_id(self) -> str | None:
        """The trace id of `traceparent` (W3C Trace Context)."""
        given = self.headers.get(b"traceparent")
        found = None if given is None else _TRACE.fullmatch(given.strip())
        return None if found is None else found[1].decode("ascii")

    @property
    def link(self) -> str:
        """The path fit for links and JSON strings, whatever the client put into it."""
        path = self.path
        return path if _PLAIN_PATH.fullmatch(path) else urllib.parse.quote(path, safe="/%~@:,")


_UNKNOWN = negotiate.Choice(None, "application/json")


def path_of(scope: Scope) -> str:
    """The path as it was escaped: a `%2F` in an id must not look like a slash."""
    raw = scope.get("raw_path")
    if raw and b"%" in raw:
        return bytes(raw).partition(b"?")[0].decode("latin-1")
    path: str = scope["path"]
    if path.isascii() and "%" not in path:
        return path
    return urllib.parse.quote(path, safe="/~@:,!$&'()*+;=")


def headers_of(pairs: Any) -> Mapping[bytes, bytes]:
    """Header fields by lower-case name; of repeated ones, lists are joined and the last wins."""
    found: dict[bytes, bytes] = dict(pairs)
    if len(found) == len(pairs):
        return found
    for name in _LISTS & found.keys():
        found[name] = b", ".join(value for key, value in pairs if key == name)
    return found
