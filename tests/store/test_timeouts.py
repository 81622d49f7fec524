"""A statement or session that takes too long ends in TIMEOUT and harms nothing else."""

import asyncio

import pytest

from accord.kernel import observations, problem
from accord.store import tuning
from tests.store import conftest


@pytest.fixture
async def db(fresh_database_url):
    figures = tuning.Tuning(session_timeout=0.6)
    async with conftest.opened(
        fresh_database_url, figures, statement_timeout=0.2, busy_timeout=0.3
    ) as each:
        await each.run("create table t (id integer primary key)")
        yield each


async def times_out(work):
    with pytest.raises(problem.Problem) as caught:
        await work
    assert caught.value.code == "TIMEOUT"
    return caught.value


async def test_a_read(db):
    await times_out(db.fetch(db.endless))
    assert db.recorder.of(observations.StatementFailed)[0].code == "TIMEOUT"
    assert await db.fetch("select 1") == [(1,)]


async def test_a_read_with_a_shorter_limit_of_its_own(db):
    late = await times_out(db.fetch(db.endless, timeout=0.05))
    assert "0.05" in late.message
    assert await db.fetch("select 1") == [(1,)]


async def test_a_flow_that_is_rolled_back(db):
    await times_out(db.run("insert into t values (1)", db.endless))
    assert await db.value("select count(*) from t") == 0


async def test_a_statement_of_a_session(db):
    async def work():
        async with db.database.session() as session:
            await session.fetch("insert into t values (1)")
            await session.fetch(db.endless)

    await times_out(work())
    assert await db.value("select count(*) from t") == 0


async def test_a_session_that_holds_its_transaction(db):
    async def work():
        async with db.database.session() as session:
            await session.fetch("insert into t values (1)")
            await asyncio.sleep(60)

    assert "0.6 s" in (await times_out(work())).message
    await db.run("insert into t values (2)")
    assert await db.fetch("select id from t") == [(2,)]


async def test_a_timeout_of_the_actions_own_is_left_alone(db):
    async def work():
        async with db.database.session(), asyncio.timeout(0.01):
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        await work()


async def test_slow_statements_are_told(fresh_database_url):
    async with conftest.opened(fresh_database_url, slow_statement=0.00001) as db:
        big = db.endless.replace("1000000000", "300000").replace("60", "0.01")
        await db.fetch(big)
        await db.run(big)
        assert [each.sql for each in db.recorder.of(observations.SlowStatement)] == [big, big]
