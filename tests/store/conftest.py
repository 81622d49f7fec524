"""Databases of the store's tests: the same promises on SQLite and PostgreSQL."""

import contextlib
import re

import pytest

from accord.kernel import observations, settings
from accord.store import factory, port, tuning


class Opened:
    """A started database, what it has told, and SQL written once for both dialects."""

    def __init__(self, database, recorder):
        self.database = database
        self.recorder = recorder
        self.dialect = database.dialect

    def sql(self, text):
        """`?` is a placeholder in both dialects."""
        if self.dialect == "sqlite":
            return text
        numbers = iter(range(1, 100))
        return re.sub(r"\?", lambda _: f"${next(numbers)}", text)

    def flow(self, *statements):
        """A flow factory of SQL texts or (text, params); its result is the rows of the last."""

        def flow():
            rows = []
            for each in statements:
                text, params = each if isinstance(each, tuple) else (each, ())
                rows = yield port.Statement(self.sql(text), params)
            return [tuple(row) for row in rows]

        return flow

    async def run(self, *statements, **options):
        return await self.database.run(self.flow(*statements), **options)

    async def fetch(self, text, params=(), **options):
        rows = await self.database.fetch(self.sql(text), params, **options)
        return [tuple(row) for row in rows]

    async def value(self, text, params=()):
        rows = await self.fetch(text, params)
        return rows[0][0]

    @property
    def endless(self):
        """A read that takes minutes."""
        if self.dialect == "postgresql":
            return "select pg_sleep(60)"
        return (
            "with recursive r(n) as (select 1 union all select n + 1 from r limit 1000000000)"
            " select max(n) from r"
        )


@contextlib.asynccontextmanager
async def opened(url, figures=None, **options):
    recorder = observations.Recorder()
    database = factory.open_database(
        settings.Database(url=url, **options), recorder, figures or tuning.Tuning()
    )
    await database.start()
    try:
        yield Opened(database, recorder)
    finally:
        await database.stop()


@pytest.fixture
async def db(fresh_database_url):
    """A database of the test's own, on SQLite and on PostgreSQL."""
    async with opened(fresh_database_url) as each:
        yield each


@pytest.fixture
async def lite(sqlite_url):
    """A SQLite database of the test's own."""
    async with opened(sqlite_url) as each:
        yield each


@pytest.fixture
async def post(postgres_url):
    """A PostgreSQL database of the test module's own."""
    async with opened(postgres_url, connections=4) as each:
        yield each
