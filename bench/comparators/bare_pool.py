"""Room: bench/comparators. The bare service with asyncpg's pool as everybody uses it."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

import asyncpg

from bench.comparators import bare, sql


class Pool:
    """asyncpg's own pool and statement cache, with their defaults; JSON as text."""

    async def open(self) -> None:
        size = int(os.environ["BENCH_POOL"])
        self.pool = await asyncpg.create_pool(
            os.environ["DATABASE_URL"], min_size=size, max_size=size
        )

    async def close(self) -> None:
        await self.pool.close()

    async def fetch(self, name: str, values: tuple[Any, ...]) -> bytes | None:
        async with self.pool.acquire() as connection:
            answer: str | None = await connection.fetchval(sql.POSTGRESQL[name], *values)
        return None if answer is None else answer.encode()

    moment = staticmethod(bare.utc)
    money = Decimal

    def texts(self, values: list[str]) -> list[str]:
        return values

    def create(self, order: bare.NewOrder) -> tuple[Any, ...]:
        address = bytes(order.shipping_address).decode()
        return (
            bare.new_id(),
            order.user_id,
            order.total,
            order.currency,
            None if address == "null" else address,
        )


app = bare.Bare(Pool())
