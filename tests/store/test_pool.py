"""Connections go out last in first out, to who waited longest, and never more than the budget."""

import asyncio

import pytest

from accord.kernel import problem
from accord.store import pool
from tests.store import conftest


class Line:
    """A connection that does nothing."""

    def __init__(self, number):
        self.number = number
        self.closed = False

    async def close(self):
        self.closed = True

    def terminate(self):
        self.closed = True


class Exchange:
    """Makes lines and remembers them; `broken` refuses."""

    def __init__(self):
        self.made = []
        self.broken = False

    async def __call__(self):
        await asyncio.sleep(0)
        if self.broken:
            raise problem.Problem("UNAVAILABLE")
        self.made.append(Line(len(self.made)))
        return self.made[-1]


def make(limit=2, queue=10, patience=0.2):
    exchange = Exchange()
    return exchange, pool.Pool(exchange, limit=limit, queue=queue, patience=patience)


async def test_connections_are_opened_when_needed_and_the_warmest_is_used_again():
    exchange, lines = make(limit=3)
    first, second = await lines.take(), await lines.take()
    lines.give(first)
    lines.give(second)
    assert await lines.take() is second
    assert len(exchange.made) == 2


async def test_who_waited_longest_is_served_first():
    _, lines = make(limit=1)
    line = await lines.take()
    order = []

    async def wait(name):
        taken = await lines.take()
        order.append(name)
        lines.give(taken)

    tasks = [asyncio.ensure_future(wait(n)) for n in range(5)]
    await asyncio.sleep(0)
    lines.give(line)
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]


async def test_waiting_ends_in_database_busy():
    _, lines = make(limit=1, patience=0.01)
    await lines.take()
    with pytest.raises(problem.Problem) as caught:
        await lines.take()
    assert (caught.value.code, caught.value.status) == ("DATABASE_BUSY", 503)
    assert caught.value.headers == {"Retry-After": "1"}


async def test_a_full_queue_is_busy_at_once():
    _, lines = make(limit=1, queue=1)
    line = await lines.take()
    waiting = asyncio.ensure_future(lines.take())
    await asyncio.sleep(0)
    with pytest.raises(problem.Problem, match="waiting for a connection already"):
        await lines.take()
    lines.give(line)
    assert await waiting is line


async def test_a_dropped_connection_makes_room_for_the_next_who_waits():
    exchange, lines = make(limit=1)
    line = await lines.take()
    waiting = asyncio.ensure_future(lines.take())
    await asyncio.sleep(0)
    lines.drop(line)
    assert await waiting is exchange.made[1]
    assert line.closed


async def test_a_failed_opening_wakes_the_next_and_keeps_the_budget():
    exchange, lines = make(limit=1)
    exchange.broken = True
    results = await asyncio.gather(*(lines.take() for _ in range(4)), return_exceptions=True)
    assert {each.code for each in results} == {"UNAVAILABLE"}
    exchange.broken = False
    assert await lines.take() is exchange.made[0]


async def test_a_taker_cancelled_in_the_moment_of_its_turn_loses_no_connection():
    _, lines = make(limit=1)
    line = await lines.take()
    waiting = asyncio.ensure_future(lines.take())
    await asyncio.sleep(0)
    lines.give(line)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await lines.take() is line


async def test_a_closed_pool_turns_everyone_away():
    _, lines = make(limit=1)
    line = await lines.take()
    waiting = asyncio.ensure_future(lines.take())
    await asyncio.sleep(0)
    await lines.close()
    for work in (waiting, lines.take()):
        with pytest.raises(problem.Problem) as caught:
            await work
        assert caught.value.code == "UNAVAILABLE"
    assert line.closed


async def test_postgresql_never_has_more_connections_than_the_budget(postgres_url):
    async with conftest.opened(postgres_url, connections=5) as db:

        async def session():
            async with db.database.session() as session:
                await session.fetch("select pg_sleep(0.05)")

        await asyncio.gather(
            *(db.fetch("select pg_sleep(0.05)") for _ in range(20)), *(session() for _ in range(5))
        )
        count = await db.value(
            "select count(*) from pg_stat_activity where datname = current_database()"
        )
        assert count == 5


async def test_exhausted_connections_are_database_busy(postgres_url):
    async with conftest.opened(postgres_url, connections=2, connect_timeout=0.3) as db:
        busy = asyncio.ensure_future(db.fetch("select pg_sleep(1)"))
        await asyncio.sleep(0.05)
        with pytest.raises(problem.Problem) as caught:
            await db.fetch("select 1")
        assert caught.value.code == "DATABASE_BUSY"
        async with db.database.session():
            with pytest.raises(problem.Problem) as caught:
                async with db.database.session():
                    pass
        assert caught.value.code == "DATABASE_BUSY"
        await busy
