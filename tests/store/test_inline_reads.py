"""SQLite's reads run on the loop within a budget, and in a thread when they overrun it."""

import asyncio
import threading
import time

import pytest

from accord.kernel import problem
from accord.store import tuning
from tests.store import conftest

BIG = (
    "with recursive r(n) as (select 1 union all select n + 1 from r limit 300000)"
    " select max(n) from r"
)


async def longest_pause(work):
    """The rows, and the longest time for which the loop stood still."""
    pauses = []
    done = asyncio.Event()

    async def watch():
        before = time.perf_counter()
        while not done.is_set():
            await asyncio.sleep(0)
            now = time.perf_counter()
            pauses.append(now - before)
            before = now

    watching = asyncio.ensure_future(watch())
    await asyncio.sleep(0)
    rows = await work
    done.set()
    await watching
    return rows, max(pauses)


async def test_a_long_read_moves_to_a_thread_and_is_remembered(lite):
    database = lite.database
    assert await lite.fetch("select 1") == [(1,)]
    assert not database._slow_plans
    assert await lite.fetch(BIG) == [(300000,)]
    assert list(database._slow_plans) == [BIG]
    assert await lite.fetch(BIG) == [(300000,)]


async def test_a_long_read_lets_the_loop_go_on(lite):
    started = time.perf_counter()
    work = lite.fetch(BIG.replace("300000", "3000000"))
    rows, pause = await longest_pause(work)
    assert rows == [(3000000,)]
    assert pause < (time.perf_counter() - started) / 2


async def test_the_memory_of_slow_plans_is_bounded(sqlite_url):
    figures = tuning.Tuning(slow_plans=3)
    async with conftest.opened(sqlite_url, figures) as lite:
        texts = [f"{BIG} where n > {n}" for n in range(5)]
        for text in texts:
            await lite.fetch(text)
        assert list(lite.database._slow_plans) == texts[-3:]


async def test_a_plan_that_became_fast_comes_back_to_the_loop(lite):
    await lite.run("create table t (n integer)")
    await lite.run("insert into t values (300000)")
    text = BIG.replace("300000", "(select n from t)")
    await lite.fetch(text)
    assert text in lite.database._slow_plans
    await lite.run("update t set n = 5")
    assert await lite.fetch(text) == [(5,)]
    assert text not in lite.database._slow_plans


async def test_a_read_cannot_write(lite):
    await lite.run("create table t (n integer)")
    with pytest.raises(problem.Problem):
        await lite.fetch("insert into t values (1)")
    assert await lite.value("select count(*) from t") == 0


async def test_reads_do_not_wait_for_a_writer(lite):
    await lite.run("create table t (n integer)")
    async with lite.database.session() as session:
        await session.fetch("insert into t values (1)")
        assert await lite.value("select count(*) from t") == 0
    assert await lite.value("select count(*) from t") == 1


async def test_an_idle_database_runs_no_python_in_its_threads(lite):
    """A busy thread would make each read on the loop wait for the interpreter's switch."""
    import sys

    await lite.fetch(BIG)
    await lite.run("select 1")
    async with lite.database.session():
        pass
    await asyncio.sleep(0.02)
    mine = {
        thread.ident for thread in threading.enumerate() if thread is not threading.main_thread()
    }

    def places():
        frames = sys._current_frames()
        return {ident: (frames[ident].f_code, frames[ident].f_lasti) for ident in mine}

    before = places()
    assert len(before) == 3  # a reader, the writer, the session's
    for _ in range(20):
        await asyncio.sleep(0.001)
        assert places() == before
