"""The ground of the test suite: databases, golden files and async tests work as documented."""

import asyncio
import sqlite3
import urllib.parse

import asyncpg


async def test_async_tests_need_no_marker():
    assert "uvloop" in type(asyncio.get_running_loop()).__module__


async def test_every_module_gets_an_empty_database_of_each_kind(database_url):
    if database_url.startswith("sqlite:///"):
        path = database_url.removeprefix("sqlite:///")
        with sqlite3.connect(path) as connection:
            assert connection.execute("select count(*) from sqlite_schema").fetchone() == (0,)
        connection.close()
        return
    connection = await asyncpg.connect(database_url)
    tables = await connection.fetchval(
        "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
    )
    await connection.close()
    assert tables == 0


def test_redis_is_on_this_machine_only(redis_url):
    assert urllib.parse.urlsplit(redis_url).hostname == "127.0.0.1"


def test_a_golden_file_lies_beside_its_test(golden):
    golden("select 1", "one.sql")
    assert golden.folder.name == "test_ground.golden"
