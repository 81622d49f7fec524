"""A restart of the database costs 503s while it lasts, and nothing afterwards."""

import asyncio
import contextlib
import urllib.parse

import asyncpg
import pytest

from accord.kernel import observations, problem
from accord.store import port
from tests.store import conftest


class Cable:
    """A TCP forwarder that can be pulled out and put back."""

    def __init__(self, host, port):
        self.target = host, port
        self.server = None
        self.port = 0
        self.writers = set()
        self.tasks = set()

    async def plug(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def pull(self):
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        self.writers.add(writer)
        try:
            there, back = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        self.writers.add(back)
        await asyncio.gather(self.copy(reader, back), self.copy(there, writer))

    async def copy(self, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()


@pytest.fixture
async def cable(postgres_url):
    parts = urllib.parse.urlsplit(postgres_url)
    cable = Cable(parts.hostname, parts.port)
    await cable.plug()
    url = parts._replace(netloc=f"{parts.username}@127.0.0.1:{cable.port}").geturl()
    async with conftest.opened(url, connections=5) as db:
        yield cable, db
        await cable.pull()


async def kill_others(url):
    """What a restart does to open connections."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    await connection.close()


async def fill(db):
    """Open every connection there may be."""
    await asyncio.gather(*(db.fetch("select pg_sleep(0.05)") for _ in range(8)))


async def unavailable(work):
    with pytest.raises(problem.Problem) as caught:
        await work
    assert caught.value.code == "UNAVAILABLE"
    assert caught.value.headers["Retry-After"]


async def test_killed_connections_are_replaced_unseen(post, postgres_url):
    await fill(post)
    async with post.database.session() as session:
        await session.fetch("select 1")
    await kill_others(postgres_url)
    assert await asyncio.gather(*(post.fetch("select 1") for _ in range(8))) == [[(1,)]] * 8
    await kill_others(postgres_url)
    await asyncio.sleep(0.05)
    assert await post.run("select 1") == [(1,)]
    await kill_others(postgres_url)
    await asyncio.sleep(0.05)
    assert await post.run("select 1", transaction=False) == [(1,)]
    async with post.database.session() as session:
        assert [tuple(row) for row in await session.fetch("select 1")] == [(1,)]
    reasons = {each.reason for each in post.recorder.of(observations.RetryScheduled)}
    assert reasons <= {"connection_dead", "connection_lost"}


async def test_while_the_server_is_away_calls_are_unavailable_and_then_served(cable):
    cable, db = cable
    await fill(db)
    await cable.pull()
    await unavailable(db.fetch("select 1"))
    await unavailable(db.run("select 1"))
    await unavailable(db.run("select 1", transaction=False))
    await unavailable(db.database.check())
    with pytest.raises(problem.Problem) as caught:
        async with db.database.session():
            pass
    assert caught.value.code == "UNAVAILABLE"
    await cable.plug()
    assert await asyncio.gather(*(db.fetch("select 1") for _ in range(8))) == [[(1,)]] * 8
    assert await db.run("select 1") == [(1,)]
    async with db.database.session() as session:
        await session.fetch("select 1")


async def test_a_transaction_cut_in_the_middle_is_run_anew_when_retries_are_left(cable):
    cable, db = cable
    await db.run("create table t (id integer)")
    runs, replugged = [], []

    def flow():
        runs.append(1)
        yield port.Statement("insert into t values (1)")
        if len(runs) == 1:
            replugged.append(asyncio.ensure_future(replug()))
            yield port.Statement("select pg_sleep(0.3)")

    async def replug():
        await asyncio.sleep(0.1)
        await cable.pull()
        await cable.plug()

    await db.database.run(flow, retries=3)
    assert await db.value("select count(*) from t") == 1
    runs.clear()
    with pytest.raises(problem.Problem):
        await db.database.run(flow)
    await asyncio.gather(*replugged)
    assert await db.value("select count(*) from t") == 1


async def test_a_lone_write_cut_in_the_middle_says_that_its_outcome_is_unknown(cable):
    cable, db = cable
    await db.run("create table single (id integer)")
    asyncio.get_running_loop().call_later(0.1, lambda: asyncio.ensure_future(cable.pull()))
    with pytest.raises(problem.Problem) as caught:
        await db.run(
            "insert into single select 1 from (select pg_sleep(0.3)) x",
            transaction=False,
            retries=3,
        )
    assert "may or may not" in caught.value.message
    await cable.plug()


async def test_a_server_that_is_away_at_the_start_is_unavailable():
    with pytest.raises(problem.Problem) as caught:
        async with conftest.opened("postgresql://nobody@127.0.0.1:1/none"):
            pass
    assert caught.value.code == "UNAVAILABLE"
