"""A URL opens the database it names, or says what to write instead."""

import pathlib
import sqlite3
import urllib.parse

import pytest

from accord.kernel import observations, problem, settings
from accord.store import factory, postgresql_setup
from tests.store import conftest


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("mysql://localhost/x", "no database adapter"),
        ("sqlite+weird:///x", "no database adapter"),
        ("postgresql+weird://localhost/x", "no database adapter"),
        ("oracle", "no database adapter"),
        ("sqlite://file.db", "no host"),
        ("sqlite:///file.db?mode=ro", "no parameters"),
        ("sqlite:////no-such-directory/file.db", "does not exist"),
        ("sqlite:////tmp", "is a directory"),
    ],
)
def test_a_url_nothing_can_serve(url, wrong):
    with pytest.raises(problem.SettingsError, match=wrong) as caught:
        factory.open_database(settings.Database(url=url))
    assert caught.value.where == "database.url"
    assert caught.value.fix


def test_a_password_is_not_shown():
    with pytest.raises(problem.SettingsError) as caught:
        factory.open_database(settings.Database(url="mysql://me:secret@localhost/x"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
async def test_every_spelling_of_postgresql(postgres_url, scheme):
    url = scheme + postgres_url[len("postgresql") :]
    async with conftest.opened(url) as db:
        assert db.dialect == "postgresql"
        assert await db.fetch("select 1") == [(1,)]
        async with db.database.session() as session:
            assert await session.fetch("select 1") == [(1,)]


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"])
async def test_every_spelling_of_sqlite(tmp_path, scheme):
    async with conftest.opened(f"{scheme}:///{tmp_path}/a b%20ü.db") as db:
        await db.run("create table t (n integer)")
        async with db.database.session() as session:
            await session.fetch("insert into t values (1)")
        assert await db.value("select n from t") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a b ü.db"]


def there(path):
    return path.exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
async def test_a_database_in_memory_is_a_file_that_goes_away(url):
    async with conftest.opened(url) as db, conftest.opened(url) as other:
        await db.run("create table t (n integer)")
        async with db.database.session() as session:
            await session.fetch("insert into t values (1)")
        assert await db.value("select n from t") == 1
        assert await other.value("select count(*) from sqlite_master") == 0
        folder = pathlib.Path(db.database._opened.path).parent
        assert there(folder)
    assert not there(folder)


async def test_sqlite_connections_are_safe_by_default(lite):
    wanted = {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}
    for pragma, value in wanted.items():
        assert await lite.value(f"pragma {pragma}") == value
        assert await lite.run(f"pragma {pragma}") == [(value,)]
        async with lite.database.session() as session:
            assert await session.fetch(f"pragma {pragma}") == [(value,)]


async def test_postgresql_connections_have_our_settings(post):
    text = "select current_setting('TimeZone'), current_setting('jit'), current_setting($1)"
    expected = [("UTC", "off", "5s")]
    assert await post.fetch(text, ("statement_timeout",)) == expected
    async with post.database.session() as session:
        rows = await session.fetch(text, ("statement_timeout",))
    assert rows == expected


async def test_a_setting_that_a_proxy_dropped_is_found_at_the_start(post):
    found = {"TimeZone": "UTC", "server_encoding": "UTF8", "jit": "on"}
    options = settings.Database()
    with pytest.raises(problem.SettingsError, match="ALTER ROLE"):
        postgresql_setup.verify({**found, "TimeZone": "Europe/Paris"}, options, post.recorder)
    postgresql_setup.verify(found, options, post.recorder)
    told = post.recorder.of(observations.ConfigurationWarning)
    assert ["jit" in each.message for each in told] == [True, False]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [({"path": "/no_such_database"}, "no such database"), ({"netloc": "127.0.0.1:many"}, "read")],
)
async def test_a_mistake_of_the_operator_is_found_at_the_start(postgres_url, change, wrong):
    url = urllib.parse.urlsplit(postgres_url)._replace(**change).geturl()
    with pytest.raises(problem.SettingsError, match=wrong):
        async with conftest.opened(url):
            pass


async def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "x.db").write_text("this is not a database, it is a text" * 50)
    with pytest.raises(problem.Problem, match="not a database"):
        async with conftest.opened(f"sqlite:///{tmp_path}/x.db"):
            pass


async def test_a_database_that_is_not_open_is_unavailable(fresh_database_url):
    async with conftest.opened(fresh_database_url) as db:
        pass
    for work in (db.fetch("select 1"), db.run("select 1"), db.database.check()):
        with pytest.raises(problem.Problem) as caught:
            await work
        assert caught.value.code == "UNAVAILABLE"


async def test_a_database_can_be_started_again(fresh_database_url):
    async with conftest.opened(fresh_database_url) as db:
        await db.run("create table t (n integer)")
        await db.database.stop()
        await db.database.start()
        assert await db.value("select count(*) from t") == 0
        async with db.database.session() as session:
            await session.fetch("insert into t values (1)")


def test_sqlalchemy_and_the_store_share_one_copy_of_sqlite():
    """Two copies in one process would drop each other's locks."""
    import aiosqlite

    assert aiosqlite.sqlite_version == sqlite3.sqlite_version
    assert aiosqlite.IntegrityError is sqlite3.IntegrityError
