"""Cancelling a task stops its statement in the database and leaves everything in order."""

import asyncio

import pytest

from accord.store import port
from tests.store import conftest


async def start(work):
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0.15)
    assert not task.done()
    return task


async def cancel(task):
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def running(db):
    """How many statements PostgreSQL still executes for this database."""
    return await db.value(
        "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(60)'"
        " and datname = current_database()"
    )


async def until_still(db):
    if db.dialect == "postgresql":
        while await running(db):  # noqa: ASYNC110 - the server has no event to wait for
            await asyncio.sleep(0.01)


async def test_a_read_is_stopped(db):
    await cancel(await start(db.fetch(db.endless)))
    await until_still(db)
    assert await db.fetch("select 1") == [(1,)]


async def test_every_connection_comes_back(fresh_database_url):
    async with conftest.opened(fresh_database_url, connections=2) as db:
        for _ in range(3):
            await cancel(await start(db.fetch(db.endless)))
        assert await db.fetch("select 1") == [(1,)]
        if db.dialect == "sqlite":  # the thread is free again, too
            big = db.endless.replace("1000000000", "300000")
            assert await db.fetch(big) == [(300000,)]


async def test_a_flow_is_stopped_and_rolled_back(db):
    await db.run("create table t (id integer primary key)")
    await cancel(await start(db.run("insert into t values (1)", db.endless)))
    await db.run("insert into t values (2)")
    assert await db.fetch("select id from t") == [(2,)]


async def test_a_flow_cancelled_before_its_turn_never_runs(lite):
    ran = []

    def flow():
        ran.append(1)
        yield port.Statement("select 1")

    async with lite.database.session():
        task = asyncio.ensure_future(lite.database.run(flow))
        await asyncio.sleep(0)
        await cancel(task)
    await lite.run("select 1")
    assert not ran


async def test_a_session_is_stopped_and_rolled_back(db):
    await db.run("create table t (id integer primary key)")

    async def work():
        async with db.database.session() as session:
            await session.fetch("insert into t values (1)")
            await session.fetch(db.endless)

    await cancel(await start(work()))
    await asyncio.wait_for(db.run("insert into t values (2)"), 3)
    assert await db.fetch("select id from t") == [(2,)]


async def test_waiting_for_a_connection_can_be_cancelled(post):
    busy = [await start(post.fetch(post.endless)) for _ in range(3)]
    await cancel(await start(post.fetch("select 1")))
    for task in busy:
        await cancel(task)
    assert await asyncio.gather(*(post.fetch("select 1") for _ in range(20))) == [[(1,)]] * 20
