"""Room: store. From a database URL to the adapter that serves it."""

from __future__ import annotations

import importlib
import pathlib
from typing import Any

from sqlalchemy import exc
from sqlalchemy.engine import url as urls

from accord.kernel import observations, problem, settings
from accord.store import port, sqlite, tuning

_EXAMPLES = "sqlite:///file.db or postgresql://user:password@host/name"
_SQLITE_DRIVERS = frozenset({"", "aiosqlite", "pysqlite"})
_POSTGRESQL_DRIVERS = frozenset({"", "asyncpg", "psycopg", "psycopg2"})


def open_database(
    options: settings.Database,
    observe: observations.Observer | None = None,
    figures: tuning.Tuning | None = None,
) -> port.Database:
    """The adapter for `options.url`, not yet started.

    `sqlite:///relative/path`, `sqlite:////absolute/path` and `sqlite://` (a temporary file, gone
    when the database stops; so is `:memory:`); `postgresql://…` and `postgres://…`. A driver in the
    scheme, as SQLAlchemy writes it, is accepted and ignored.

    Raises:
        SettingsError: nothing can serve the URL.
    """
    observe = observe or observations.Observers()
    figures = figures or tuning.Tuning()
    scheme, separator, _ = options.url.partition("://")
    name, _, driver = scheme.partition("+")
    if separator and name == "sqlite" and driver in _SQLITE_DRIVERS:
        return sqlite.SQLite(options, observe, figures, _sqlite_path(options.url))
    if separator and name in {"postgresql", "postgres"} and driver in _POSTGRESQL_DRIVERS:
        return _postgresql(options, observe, figures)
    shown = settings.mask_url(options.url)
    raise _fault(f"no database adapter knows {shown!r}", f"write {_EXAMPLES}")


def _postgresql(
    options: settings.Database, observe: observations.Observer, figures: tuning.Tuning
) -> port.Database:
    if options.connections < 2:
        raise _fault(
            "one connection cannot serve both statements and sessions",
            "give database.connections at least 2",
        )
    try:
        module: Any = importlib.import_module("accord.store.postgresql")
    except ModuleNotFoundError as missing:
        if missing.name != "asyncpg":
            raise
        fix = "install it: pip install 'accord[postgres]'"
        raise _fault("the driver of PostgreSQL is not installed", fix) from missing
    database: port.Database = module.PostgreSQL(options, observe, figures)
    return database


def _sqlite_path(url: str) -> str | None:
    """The file of a URL, None for a database in memory."""
    try:
        parsed = urls.make_url(url)
    except exc.ArgumentError as error:
        raise _fault("the URL cannot be read", f"write {_EXAMPLES}") from error
    if parsed.host:
        raise _fault(
            f"a SQLite URL has no host, and {parsed.host!r} stands in its place",
            "write three slashes before a relative path, four before an absolute one",
        )
    if parsed.query:
        raise _fault("a SQLite URL takes no parameters", "leave out everything from ? on")
    if not parsed.database or parsed.database == ":memory:":
        return None
    path = pathlib.Path(parsed.database).absolute()
    if not path.parent.is_dir():
        raise _fault(f"the directory {path.parent.name!r} does not exist", "create it")
    if path.is_dir():
        raise _fault(f"{path.name!r} is a directory, not a file", "name a file in it")
    return str(path)


def _fault(what: str, fix: str) -> problem.SettingsError:
    return problem.SettingsError([problem.DeclarationError("database.url", what, fix)])
