"""Flows that share a SQLite commit share nothing else."""

import asyncio

import pytest

from accord.kernel import problem
from accord.store import port, violation
from tests.store import conftest


@pytest.fixture
async def lite(sqlite_url):
    async with conftest.opened(sqlite_url, statement_timeout=0.3) as each:
        await each.run("create table p (id integer primary key)")
        await each.run(
            "create table t (id integer primary key,"
            " p integer references p (id) deferrable initially deferred)"
        )
        yield each


async def together(lite, *flows, **options):
    """Run flows in one group: they queue while a session holds the lock."""
    async with lite.database.session():
        tasks = [asyncio.ensure_future(lite.database.run(flow, **options)) for flow in flows]
        await asyncio.sleep(0.01)
    return await asyncio.gather(*tasks, return_exceptions=True)


def insert(lite, n, *more):
    return lite.flow(("insert into t (id) values (?) returning id", (n,)), *more)


async def ids(lite):
    return [row[0] for row in await lite.fetch("select id from t order by id")]


@pytest.mark.parametrize("transaction", [True, False])
async def test_many_flows_commit_together(lite, transaction):
    flows = [insert(lite, n) for n in range(100)]
    assert await together(lite, *flows, transaction=transaction) == [[(n,)] for n in range(100)]
    assert await ids(lite) == list(range(100))


async def test_a_flow_that_is_refused_rolls_back_only_itself(lite):
    bad = insert(lite, 2, "insert into t (id) values (1)")
    results = await together(lite, insert(lite, 1), bad, insert(lite, 3))
    assert isinstance(results[1], violation.Violation)
    assert await ids(lite) == [1, 3]


async def test_a_flow_that_raises_rolls_back_only_itself(lite):
    def bad():
        yield port.Statement("insert into t (id) values (2)")
        raise ValueError

    results = await together(lite, insert(lite, 1), bad, insert(lite, 3))
    assert isinstance(results[1], ValueError)
    assert await ids(lite) == [1, 3]


async def test_a_change_that_is_stopped_takes_no_other_with_it(lite):
    """SQLite rolls back the whole transaction of a change that is interrupted."""
    endless = "insert into t (id) " + lite.endless
    results = await together(lite, insert(lite, 1), lite.flow(endless), insert(lite, 3))
    assert isinstance(results[1], problem.Problem)
    assert results[1].code == "TIMEOUT"
    assert results[0] == [(1,)]
    assert await ids(lite) == [1, 3]


async def test_a_trigger_that_rolls_back_takes_no_other_with_it(lite):
    await lite.run(
        "create trigger never before insert on t when new.id = 2"
        " begin select raise(rollback, 'never'); end"
    )
    results = await together(lite, insert(lite, 1), insert(lite, 2), insert(lite, 3))
    assert isinstance(results[1], violation.Violation)
    assert await ids(lite) == [1, 3]


async def test_a_deferred_reference_fails_only_its_own_flow(lite):
    bad = lite.flow("insert into t values (2, 99)")
    results = await together(lite, insert(lite, 1), bad, insert(lite, 3))
    assert isinstance(results[1], violation.Violation)
    assert results[1].kind == "foreign_key"
    assert await ids(lite) == [1, 3]


async def test_a_cancelled_flow_leaves_the_others(lite):
    async with lite.database.session():
        tasks = [asyncio.ensure_future(lite.database.run(insert(lite, n))) for n in range(3)]
        await asyncio.sleep(0.01)
        tasks[1].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[1], asyncio.CancelledError)
    assert await ids(lite) == [0, 2]


async def test_what_was_answered_can_be_read(lite):
    for n in range(20):
        await lite.database.run(insert(lite, n))
        assert n in await ids(lite)


async def test_stopping_finishes_what_was_begun(sqlite_url):
    async with conftest.opened(sqlite_url) as lite:
        await lite.run("create table t (id integer primary key)")
        tasks = [asyncio.ensure_future(lite.database.run(insert(lite, n))) for n in range(5)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*tasks) == [[(n,)] for n in range(5)]
