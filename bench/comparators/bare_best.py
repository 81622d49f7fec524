"""Room: bench/comparators. The ceiling: own connections, own prepared statements, JSON as bytes."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from decimal import Decimal
from typing import Any

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from bench.comparators import bare, sql


class Best:
    """A LIFO list of connections; each keeps its statements prepared."""

    def __init__(self) -> None:
        self.free: list[dict[str, PreparedStatement]] = []
        self.waiting: deque[asyncio.Future[dict[str, PreparedStatement]]] = deque()
        self.connections: list[asyncpg.Connection] = []

    async def open(self) -> None:
        for _ in range(int(os.environ["BENCH_POOL"])):
            connection = await asyncpg.connect(
                os.environ["DATABASE_URL"], server_settings={"jit": "off", "timezone": "UTC"}
            )
            await connection.set_type_codec(
                "json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary"
            )
            self.connections.append(connection)
            prepared = {n: await connection.prepare(text) for n, text in sql.POSTGRESQL.items()}
            self.free.append(prepared)

    async def close(self) -> None:
        for connection in self.connections:
            await connection.close()

    async def fetch(self, name: str, values: tuple[Any, ...]) -> bytes | None:
        if self.free:
            statements = self.free.pop()
        else:
            turn = asyncio.get_running_loop().create_future()
            self.waiting.append(turn)
            statements = await turn
        try:
            answer: bytes | None = await statements[name].fetchval(*values)
        finally:
            while self.waiting:
                turn = self.waiting.popleft()
                if not turn.done():
                    turn.set_result(statements)
                    break
            else:
                self.free.append(statements)
        return answer

    moment = staticmethod(bare.utc)
    money = Decimal

    def texts(self, values: list[str]) -> list[str]:
        return values

    def create(self, order: bare.NewOrder) -> tuple[Any, ...]:
        address = bytes(order.shipping_address)
        return (
            bare.new_id(),
            order.user_id,
            order.total,
            order.currency,
            None if address == b"null" else address,
        )


app = bare.Bare(Best())
