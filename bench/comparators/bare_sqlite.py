"""Room: bench/comparators. The bare service over SQLite: reads and writes inline, no thread."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from typing import Any

import msgspec

from bench.comparators import bare, sql


class Lite:
    """One connection of the standard library, in the event loop's thread."""

    async def open(self) -> None:
        path = os.environ["DATABASE_URL"].removeprefix("sqlite:///")
        self.connection = sqlite3.connect(path, isolation_level=None, cached_statements=1024)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("PRAGMA foreign_keys=ON")
        self.connection.execute("PRAGMA busy_timeout=5000")

    async def close(self) -> None:
        self.connection.close()

    async def fetch(self, name: str, values: tuple[Any, ...]) -> bytes | None:
        # Outside a transaction of its own, each statement commits by itself.
        rows = self.connection.execute(sql.SQLITE[name], values).fetchall()
        return rows[0][0].encode() if rows else None

    def moment(self, text: str) -> str:
        return bare.utc(text).strftime("%Y-%m-%d %H:%M:%S.%f")

    money = float

    def texts(self, values: list[str]) -> str:
        return msgspec.json.encode(values).decode()

    def create(self, order: bare.NewOrder) -> tuple[Any, ...]:
        address = bytes(order.shipping_address).decode()
        return (
            bare.new_id(),
            order.user_id,
            float(order.total),
            order.currency,
            None if address == "null" else address,
            datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        )


app = bare.Bare(Lite())
