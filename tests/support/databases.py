"""Databases for tests: a SQLite file, or a fresh PostgreSQL database, per test module.

`database_url` runs a test on both. `sqlite_url` and `postgres_url` name one. `fresh_database_url`
is `database_url` per test instead of per module, for tests that change the schema. PostgreSQL is
found through ACCORD_TEST_POSTGRES (`eval "$(scripts/services env)"`, or `make test`, set it); where
it is absent those tests are skipped, and under CI=true or ACCORD_TEST_REQUIRE_SERVICES=1 they fail.
"""

import asyncio
import contextlib
import os
import re
import secrets
import urllib.parse

import pytest

POSTGRES = "ACCORD_TEST_POSTGRES"
REDIS = "ACCORD_TEST_REDIS"


def _service(variable: str) -> str:
    url = os.environ.get(variable)
    if url:
        return url
    advice = (
        f"{variable} is not set: run `make test`, or `scripts/services up` and then "
        '`eval "$(scripts/services env)"`'
    )
    required = {os.environ.get("CI"), os.environ.get("ACCORD_TEST_REQUIRE_SERVICES")} & {
        "true",
        "1",
    }
    if required:
        pytest.fail(advice, pytrace=False)
    pytest.skip(advice)


def _execute(server_url: str, statement: str) -> None:
    import asyncpg

    async def run() -> None:
        connection = await asyncpg.connect(server_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


@contextlib.contextmanager
def postgres_database(hint: str):
    """The URL of a new, empty database, dropped afterwards with whoever is still connected."""
    server_url = _service(POSTGRES)
    words = re.sub(r"[^a-z0-9]+", "_", hint.lower()).strip("_")[:32]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    name = f"test_{words}_{worker}_{secrets.token_hex(4)}"
    _execute(server_url, f'create database "{name}"')
    try:
        yield urllib.parse.urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        _execute(server_url, f'drop database "{name}" with (force)')


def _sqlite_file(folder) -> str:
    return f"sqlite:///{folder / 'test.sqlite'}"


@contextlib.contextmanager
def _database(kind: str, hint: str, folder):
    if kind == "sqlite":
        yield _sqlite_file(folder)
    else:
        with postgres_database(hint) as url:
            yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request, tmp_path_factory):
    """`sqlite:///…` and `postgresql://…`, empty when the module's first test gets it."""
    with _database(request.param, request.module.__name__, tmp_path_factory.mktemp("db")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_database_url(request, tmp_path):
    """Like `database_url`, but empty for every test."""
    with _database(request.param, request.node.name, tmp_path) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path):
    """A SQLite file of the test's own."""
    return _sqlite_file(tmp_path)


@pytest.fixture(scope="module")
def postgres_url(request):
    """A PostgreSQL database of the test module's own."""
    with postgres_database(request.module.__name__) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url():
    """The Redis of this test run; keys need a prefix of the test's own."""
    return _service(REDIS)
