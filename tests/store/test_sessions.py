"""A session is one transaction in which the ORM and raw statements see each other."""

import asyncio
import json

import pytest
import sqlalchemy
from sqlalchemy import orm

from accord.kernel import problem
from accord.store import port, schema
from tests.store import conftest


class Base(orm.DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "things"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]
    data: orm.Mapped[dict] = orm.mapped_column(sqlalchemy.JSON, default=dict)


@pytest.fixture
async def db(db):
    assert await schema.is_empty(db.database)
    await schema.create_all(db.database, [Base.metadata])
    assert await schema.table_names(db.database) == {"things"}
    return db


async def test_leaving_a_session_commits(db):
    async with db.database.session() as session:
        session.orm.add(Thing(id=1, name="a"))
        await session.orm.flush()
        assert await session.fetch("select name from things") == [("a",)]
        assert await db.value("select count(*) from things") == 0
    assert await db.fetch("select name from things") == [("a",)]


async def test_a_raw_statement_is_within_the_transaction_even_as_the_first(db):
    async def work():
        async with db.database.session() as session:
            await session.fetch("insert into things values (1, 'a', '{}')")
            raise KeyError

    with pytest.raises(KeyError):
        await work()
    assert await db.value("select count(*) from things") == 0


async def test_an_unflushed_change_is_written_when_the_session_ends(db):
    async with db.database.session() as session:
        session.orm.add(Thing(id=1, name="a"))
    async with db.database.session() as session:
        thing = await session.orm.get(Thing, 1)
        thing.name = "b"
    assert await db.value("select name from things") == "b"


async def test_json_is_text_for_raw_statements_and_parsed_for_the_orm(db):
    document = {"a": [1, 2.5, "ä"]}
    async with db.database.session() as session:
        session.orm.add(Thing(id=1, name="a", data=document))
        await session.orm.flush()
        raw = (await session.fetch("select data from things"))[0][0]
        assert json.loads(port.as_bytes(raw)) == document
        session.orm.expunge_all()
        assert (await session.orm.get(Thing, 1)).data == document
        again = (await session.fetch("select data from things"))[0][0]
    outside = await db.value("select data from things")
    assert raw == again == outside
    assert isinstance(outside, bytes if db.dialect == "postgresql" else str)


async def test_an_instance_can_be_read_after_the_commit(db):
    async with db.database.session() as session:
        thing = Thing(id=1, name="a")
        session.orm.add(thing)
    assert thing.name == "a"


async def test_an_error_of_the_actions_own_is_left_alone(db):
    async def work():
        async with db.database.session() as session:
            await session.fetch("select 1")
            raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        await work()
    with pytest.raises(problem.Problem) as caught:
        async with db.database.session():
            raise problem.Problem("FORBIDDEN")
    assert caught.value.code == "FORBIDDEN"


async def test_concurrent_sessions_lose_no_write(db):
    await db.run("insert into things values (1, '0', '{}')")

    async def add():
        async with db.database.session() as session:
            lock = "" if db.dialect == "sqlite" else " for update"
            rows = await session.fetch("select name from things where id = 1" + lock)
            value = str(int(rows[0][0]) + 1)
            await session.fetch(db.sql("update things set name = ? where id = 1"), (value,))

    await asyncio.gather(*(add() for _ in range(20)))
    assert await db.value("select name from things") == "20"


async def test_sqlite_sessions_and_flows_wait_for_each_other_in_order(lite):
    await lite.run("create table log (n integer)")
    order = []

    async def session(n):
        async with lite.database.session() as session:
            await session.fetch("insert into log values (?)", (n,))
            await asyncio.sleep(0.01)
            order.append(n)

    async def flow(n):
        await lite.run(("insert into log values (?)", (n,)))
        order.append(n)

    tasks = []
    for n, work in enumerate([session, flow, session, session]):
        tasks.append(asyncio.ensure_future(work(n)))
        await asyncio.sleep(0.002)
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3]


async def test_writing_past_ones_own_sqlite_session_is_refused_at_once(lite):
    async with lite.database.session():
        with pytest.raises(RuntimeError, match="through that session"):
            await lite.run("select 1")
        with pytest.raises(RuntimeError, match="through that session"):
            async with lite.database.session():
                pass


async def test_a_lock_held_too_long_is_database_busy(sqlite_url):
    async with conftest.opened(sqlite_url, busy_timeout=0.05) as lite:

        async def hold(released):
            async with lite.database.session():
                await released.wait()

        released = asyncio.Event()
        holder = asyncio.ensure_future(hold(released))
        await asyncio.sleep(0.02)
        with pytest.raises(problem.Problem) as caught:
            await lite.run("select 1")
        assert caught.value.code == "DATABASE_BUSY"
        with pytest.raises(problem.Problem) as caught:
            async with lite.database.session():
                pass
        assert caught.value.code == "DATABASE_BUSY"
        released.set()
        await holder
        assert await lite.run("select 1") == [(1,)]


async def test_another_process_with_the_lock_is_database_busy(sqlite_url):
    import sqlite3

    async with conftest.opened(sqlite_url, busy_timeout=0.05) as lite:
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("begin immediate")
        with pytest.raises(problem.Problem) as caught:
            await lite.run("select 1")
        assert caught.value.code == "DATABASE_BUSY"
        with pytest.raises(problem.Problem) as caught:
            async with lite.database.session():
                pass
        assert caught.value.code == "DATABASE_BUSY"
        other.close()
        assert await lite.run("select 1") == [(1,)]
