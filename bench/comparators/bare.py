"""Room: bench/comparators. The thinnest ASGI service: split the path, run one SQL, write bytes."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import unquote_plus

import msgspec

JSON = [(b"content-type", b"application/json")]
PREFIX = "/v1/orders/"


class Store(Protocol):
    """What differs between the bare services: how a named SQL gets its answer."""

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def fetch(self, name: str, values: tuple[Any, ...]) -> bytes | None: ...
    def moment(self, text: str) -> Any: ...
    def money(self, text: str) -> Any: ...
    def texts(self, values: list[str]) -> Any: ...
    def create(self, order: NewOrder) -> tuple[Any, ...]: ...


class NewOrder(msgspec.Struct):
    """The body of a create."""

    user_id: str
    total: Decimal
    shipping_address: msgspec.Raw = msgspec.Raw(b"null")
    currency: str = "USD"


_decode = msgspec.json.Decoder(NewOrder).decode


def new_id() -> str:
    return f"ord_{secrets.token_hex(13)}"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text if len(text) > 10 else f"{text}T00:00:00Z")


def parameters(query: bytes) -> dict[str, list[str]]:
    """Split a query string; values of one name are kept together."""
    found: dict[str, list[str]] = {}
    for pair in query.decode("ascii").split("&"):
        name, _, value = pair.partition("=")
        if "%" in value or "+" in value:
            value = unquote_plus(value)
        found.setdefault(name, []).append(value)
    return found


class Bare:
    """The ASGI application over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        status, data = await self._answer(scope, receive)
        body = b'{"data":' + data + b"}"
        await send({"type": "http.response.start", "status": status, "headers": JSON})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: dict[str, Any], receive: Any) -> tuple[int, bytes]:
        path = scope["path"]
        if path.startswith(PREFIX):
            row = await self.store.fetch("one", (path[len(PREFIX) :],))
            return (200, row) if row is not None else (404, b"null")
        if scope["method"] == "POST":
            return 201, await self._create(receive)
        return 200, await self._list(parameters(scope["query_string"]))

    async def _list(self, given: dict[str, list[str]]) -> bytes:
        store = self.store
        if "created_after" in given:
            name, values = "many", self._many(given)
        else:
            name = "include" if "include" in given else "page"
            values = (given["status"][0], store.money(given["total_gt"][0]))
        return await store.fetch(name, values) or b"[]"

    def _many(self, given: dict[str, list[str]]) -> tuple[Any, ...]:
        moment, money = self.store.moment, self.store.money
        return (
            self.store.texts(given["status"]),
            money(given["total_gt"][0]),
            given["status_ne"][0],
            money(given["total_ne"][0]),
            moment(given["created_after"][0]),
            moment(given["created_before"][0]),
            moment(given["created_at_ne"][0]),
            moment(given["updated_at_gte"][0]),
            moment(given["updated_at_lte"][0]),
            given["currency"][0],
            given["currency_ne"][0],
            given["user_id_ne"][0],
            given["id_ne"][0],
            int(given["version_gte"][0]),
            int(given["version_lte"][0]),
        )

    async def _create(self, receive: Any) -> bytes:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        row = await self.store.fetch("create", self.store.create(_decode(body)))
        return row or b"null"

    async def _lifespan(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.store.open()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.store.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
