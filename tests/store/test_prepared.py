"""PostgreSQL statements stay prepared, whatever their length, within a bound."""

from accord.store import port, tuning
from tests.store import conftest

LONG = "select 1 /* " + "x" * 20_000 + " */"


async def prepared(db):
    return await db.value("select count(*) from pg_prepared_statements where not from_sql")


async def test_a_text_over_15_kib_is_prepared_once(postgres_url):
    async with conftest.opened(postgres_url, connections=2) as db:
        for _ in range(3):
            await db.fetch(LONG)
        count = await db.value(
            "select sum(generic_plans + custom_plans) from pg_prepared_statements"
            " where length(statement) > 20000"
        )
        assert count == 3


async def test_the_number_of_statements_is_bounded(postgres_url):
    async with conftest.opened(postgres_url, tuning.Tuning(prepared=5), connections=2) as db:
        for n in range(50):
            await db.fetch(f"select {n}")
        assert await prepared(db) <= 7
        assert db.database._pool.free[0].prepared == 5


async def test_a_changed_table_is_noticed_by_reads_and_flows(postgres_url):
    async with conftest.opened(postgres_url, connections=2) as db:
        await db.run("create table c (a integer)")
        await db.run("insert into c values (1)")
        assert await db.fetch("select * from c") == [(1,)]
        await db.run("alter table c add b text default 'x'")
        assert await db.fetch("select * from c") == [(1, "x")]
        await db.run("alter table c alter a type text")
        runs = []

        def flow():
            runs.append(1)
            rows = yield port.Statement("select * from c")
            return [tuple(row) for row in rows]

        assert await db.database.run(flow) == [("1", "x")]
        assert len(runs) == 2
        await db.run("alter table c drop b")
        assert await db.run("select * from c", transaction=False) == [("1",)]


async def test_a_type_that_was_made_anew_is_noticed(postgres_url):
    async with conftest.opened(postgres_url, connections=2) as db:
        await db.run("create type mood as enum ('sad')")
        await db.run("create table m (mood mood)")
        await db.run("insert into m values ('sad')")
        assert await db.fetch("select mood from m") == [("sad",)]
        await db.run("drop table m")
        await db.run("drop type mood")
        await db.run("create type mood as enum ('happy')")
        await db.run("create table m (mood mood)")
        await db.run(("insert into m values (?)", ("happy",)))
        assert await db.fetch("select mood from m") == [("happy",)]


async def test_json_goes_as_text_or_bytes_and_comes_as_bytes(post):
    for kind in ("json", "jsonb"):
        for document in ('{"a": 1}', b'{"a": 1}'):
            assert await post.value(f"select ?::{kind}", (document,)) == b'{"a": 1}'
        assert await post.value(f"select array[?::{kind}]", ("[1]",)) == [b"[1]"]
        assert await post.value(f"select null::{kind}") is None
