"""Serialization failures and deadlocks are run anew, so often as asked, and told each time."""

import asyncio
import urllib.parse

import pytest

from accord.kernel import observations, problem
from accord.store import port

SERIALIZABLE = "set transaction isolation level serializable"


@pytest.fixture
async def post(post):
    await post.run("drop table if exists t")
    await post.run("create table t (id integer primary key, n integer)")
    await post.run("insert into t values (1, 0), (2, 0)")
    return post


def increment(post, runs, before_write):
    """A serializable increment during which, in its first runs, another one commits."""

    def flow():
        runs.append(1)
        yield port.Statement(SERIALIZABLE)
        rows = yield port.Statement("select n from t where id = 1")
        yield port.Statement(before_write(len(runs)))
        yield port.Statement("update t set n = $1 where id = 1", (rows[0][0] + 1,))

    return flow


@pytest.fixture
async def rival(post, postgres_url):
    """A SQL function of another connection that commits a rival's increment."""
    await post.run("create extension if not exists dblink")
    parts = urllib.parse.urlsplit(postgres_url)
    connection = (
        f"dbname={parts.path[1:]} host={parts.hostname} port={parts.port} user={parts.username}"
    )

    def statement(times):
        def of(run):
            if run > times:
                return "select 1"
            return f"select dblink_exec('{connection}', 'update t set n = n + 10 where id = 1')"

        return of

    return statement


async def test_a_serialization_failure_is_run_anew(post, rival):
    runs = []
    await post.database.run(increment(post, runs, rival(2)), retries=3)
    assert len(runs) == 3
    assert await post.value("select n from t where id = 1") == 21
    told = post.recorder.of(observations.RetryScheduled)
    assert [(each.attempt, each.reason) for each in told] == [
        (1, "serialization_failure"),
        (2, "serialization_failure"),
    ]
    assert all(0 < each.delay_ms <= 500 for each in told)


@pytest.mark.parametrize("retries", [0, 1])
async def test_retries_end_in_database_busy(post, rival, retries):
    runs = []
    with pytest.raises(problem.Problem) as caught:
        await post.database.run(increment(post, runs, rival(99)), retries=retries)
    assert caught.value.code == "DATABASE_BUSY"
    assert caught.value.headers["Retry-After"]
    assert len(runs) == retries + 1


async def test_a_deadlock_is_run_anew(post):
    runs = {"first": 0, "second": 0}

    # Both have their first row before either asks for its second.
    def meeting(name, ids):
        def flow():
            runs[name] += 1
            yield port.Statement("update t set n = n + 1 where id = $1", (ids[0],))
            if runs[name] == 1:
                yield port.Statement("select pg_sleep(0.3)")
            yield port.Statement("update t set n = n + 1 where id = $1", (ids[1],))

        return post.database.run(flow, retries=3)

    await asyncio.gather(meeting("first", (1, 2)), meeting("second", (2, 1)))
    assert sum(runs.values()) == 3
    assert await post.fetch("select n from t order by id") == [(2,), (2,)]
    assert [each.reason for each in post.recorder.of(observations.RetryScheduled)] == [
        "deadlock_detected"
    ]


async def test_other_errors_are_not_run_anew(post):
    runs = []

    def flow():
        runs.append(1)
        yield port.Statement("select 1/0")

    with pytest.raises(problem.Problem):
        await post.database.run(flow, retries=5)
    assert len(runs) == 1
