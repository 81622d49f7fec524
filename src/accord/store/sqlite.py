"""Room: store. SQLite: reads on the event loop, long ones in threads, one writer."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent import futures
from typing import Any, Literal, TypeVar

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.ext import asyncio as sa_asyncio

from accord.kernel import observations, problem, settings
from accord.store import (
    errors,
    pool,
    port,
    sessions,
    sqlite_connections,
    sqlite_errors,
    sqlite_writer,
    telling,
    tuning,
)

T = TypeVar("T")

_OLDEST = (3, 38, 0)  # JSON functions are built in from here on
_BEGIN = "BEGIN IMMEDIATE"
# A plan that finishes in a thread within this part of the budget is let back onto the loop.
_FORGIVEN = 0.25


class SQLite:
    """`port.Database` on one SQLite file.

    A read runs on the event loop, where it is fastest, with a budget of time; when it overruns, it
    is stopped, run again in a thread, and its SQL goes straight to a thread from then on.
    """

    dialect: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(
        self,
        options: settings.Database,
        observe: observations.Observer,
        figures: tuning.Tuning,
        path: str | None,
    ) -> None:
        self._statements = 0
        self._options = options
        self._observe = observe
        self._figures = figures
        self._teller = telling.Teller(observe, sqlite_errors.translate, slow=options.slow_statement)
        self._path = path
        self._budget = figures.inline_budget
        self._guard = sqlite_connections.Guard()
        self._raw: sqlite3.Connection | None = None
        self._slow_plans: dict[str, None] = {}
        self._opened: _Opened | None = None

    @property
    def statements(self) -> int:
        written = self._opened.writer.statements if self._opened else 0
        return self._statements + written

    @statements.setter
    def statements(self, count: int) -> None:
        self._statements = count - (self.statements - self._statements)

    async def start(self) -> None:
        if sqlite3.sqlite_version_info < _OLDEST:
            raise _setup_fault(
                f"SQLite is {sqlite3.sqlite_version}", "use a Python with SQLite 3.38 or later"
            )
        try:
            self._opened = _Opened(self._path, self._options, self._figures, self._observe)
            self._opened.sessions.count(self._begin_statement(self._opened))
            _require_wal(self._opened.writer.journal_mode())
            raw = sqlite_connections.open_connection(self._opened.path, busy_timeout=0, write=False)
        except BaseException as error:
            await self.stop()
            translated = sqlite_errors.translate(error)
            if translated is None:
                raise
            raise translated from error
        raw.set_progress_handler(self._guard, sqlite_connections.STEPS)
        self._raw = raw

    async def stop(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            raw.close()
        opened, self._opened = self._opened, None
        if opened is not None:
            self._statements += opened.writer.statements
            await opened.close()

    async def check(self) -> None:
        await self.fetch("select count(*) from (select 1 from sqlite_master limit 1)")

    async def fetch(
        self,
        sql: str,
        params: Sequence[Any] = (),
        timeout: float | None = None,
        *,
        replan: bool = False,
    ) -> Sequence[port.Row]:
        raw = self._raw
        if raw is None:
            raise errors.stopping()
        self._statements += 1
        if sql in self._slow_plans:
            return await self._fetch_in_thread(sql, params, timeout)
        self._guard.until = time.perf_counter() + self._budget
        try:
            return raw.execute(sql, params).fetchall()
        except Exception as error:
            name = getattr(error, "sqlite_errorname", None) or ""
            if name == "SQLITE_INTERRUPT":
                self._remember(sql)
            elif not name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                failed = self._teller.failed(error, sql)
                if failed is error:
                    raise
                raise failed from error
        return await self._fetch_in_thread(sql, params, timeout)

    async def run(
        self,
        flow: Callable[[], port.Flow[T]],
        *,
        transaction: bool = True,
        retries: int = 0,  # with one writer there is nobody to collide with
    ) -> T:
        result: T = await self._need().writer.run(flow, single=not transaction)
        return result

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[port.Session]:
        opened = self._need()
        async with opened.writer.held():
            opened.session_guard.watch = _TaskWatch(asyncio.current_task())
            async with opened.sessions.open() as session:
                yield session

    async def explain(self, sql: str, params: Sequence[Any] = ()) -> str:
        rows = await self.fetch("explain query plan " + sql, params)
        depths = {0: -1}
        lines = []
        for node, parent, _, detail in rows:
            depths[node] = depths.get(parent, -1) + 1
            lines.append("  " * depths[node] + detail)
        return "\n".join(lines)

    async def schema(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        opened = self._need()
        async with opened.writer.held():
            opened.session_guard.watch = _TaskWatch(asyncio.current_task())
            return await opened.sessions.schema(work)

    async def _fetch_in_thread(
        self, sql: str, params: Sequence[Any], timeout: float | None
    ) -> Sequence[port.Row]:
        opened = self._need()
        limit = self._options.statement_timeout
        seconds = limit if timeout is None else min(limit, timeout)
        reader = await opened.readers.take()
        reader.stop = False
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(opened.threads, reader.fetch, sql, params, seconds)
        reading.add_done_callback(lambda _: opened.readers.give(reader))
        try:
            # Shielded, so that the reader is not given back before the thread has left it.
            rows, took = await asyncio.shield(reading)
        except asyncio.CancelledError:
            if not reading.done():  # else the reader is somebody else's by now
                reader.stop = True
            reading.add_done_callback(_ignore)
            raise
        except Exception as error:
            if getattr(error, "sqlite_errorname", None) == "SQLITE_INTERRUPT":
                raise self._teller.late(error, sql, seconds) from error
            failed = self._teller.failed(error, sql)
            if failed is error:
                raise
            raise failed from error
        if took < self._budget * _FORGIVEN:
            self._slow_plans.pop(sql, None)
        else:
            self._teller.took(sql, took)
        return rows

    def _remember(self, sql: str) -> None:
        while len(self._slow_plans) >= self._figures.slow_plans:
            del self._slow_plans[next(iter(self._slow_plans))]
        self._slow_plans[sql] = None

    def _need(self) -> _Opened:
        if self._opened is None or self._raw is None:
            raise errors.stopping()
        return self._opened

    def _begin_statement(self, opened: _Opened) -> Callable[[str], None]:
        def begin(sql: str) -> None:
            if sql != _BEGIN:
                self._statements += 1
            limit = self._options.statement_timeout
            opened.session_guard.until = time.perf_counter() + limit

        return begin


class _Opened:
    """What a started database holds besides the connection of the event loop."""

    def __init__(
        self,
        path: str | None,
        options: settings.Database,
        figures: tuning.Tuning,
        observe: observations.Observer,
    ) -> None:
        # A database in memory belongs to one connection, and this design has several; a file
        # nobody else knows, gone when the database stops, keeps the same promise.
        self._folder = None if path else tempfile.mkdtemp(prefix="accord-")
        self.path = path or str(pathlib.Path(self._folder or "") / "memory.sqlite")
        self._options = options
        self.session_guard = sqlite_connections.Guard()
        self.writer = sqlite_writer.Writer(self.path, options, figures, observe)
        self.threads = futures.ThreadPoolExecutor(
            figures.readers, thread_name_prefix="accord-reader"
        )
        self.readers: pool.Pool[sqlite_connections.Reader] = pool.Pool(
            self._open_reader,
            limit=figures.readers,
            queue=figures.queue,
            patience=options.connect_timeout,
        )
        self.sessions = sessions.Sessions(
            self._engine(), sqlite_errors.translate, observe, limit=figures.session_timeout
        )

    async def close(self) -> None:
        await self.writer.close()
        await self.readers.close()
        self.threads.shutdown()
        await self.sessions.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _open_reader(self) -> sqlite_connections.Reader:
        try:
            return sqlite_connections.Reader(self.path, self._options)
        except sqlite3.Error as error:
            raise errors.unavailable(cause=error) from error

    def _engine(self) -> sa_asyncio.AsyncEngine:
        options = self._options
        engine = sa_asyncio.create_async_engine(
            sqlalchemy.URL.create("sqlite+aiosqlite", database=self.path),
            connect_args={
                "timeout": options.busy_timeout,
                # SQLAlchemy's BEGIN comes from the listener below, not from the driver.
                "isolation_level": None,
                "cached_statements": sqlite_connections.CACHED_STATEMENTS,
            },
            pool_size=1,  # the write lock lets one session in at a time
            max_overflow=0,
        )

        async def prepare(connection: Any) -> None:
            for pragma in sqlite_connections.pragmas(busy_timeout=options.busy_timeout, write=True):
                await (await connection.execute(pragma)).close()
            for name, function in sqlite_connections.FUNCTIONS:
                await connection.create_function(name, 1, function, deterministic=True)
            await connection.set_progress_handler(self.session_guard, sqlite_connections.STEPS)

        def on_connect(connection: Any, _record: Any) -> None:
            connection.run_async(prepare)

        def on_begin(connection: sqlalchemy.Connection) -> None:
            # A deferred transaction that turns to writing fails with BUSY_SNAPSHOT when another
            # one wrote meanwhile, and no waiting cures that.
            connection.exec_driver_sql(_BEGIN)

        def on_invalidate(connection: Any, _record: Any, _error: Any) -> None:
            # Of a cancelled session. Closing alone would not end its transaction as long as a
            # cursor is alive, in a traceback for example.
            with contextlib.suppress(Exception):
                connection.rollback()

        event.listen(engine.sync_engine, "invalidate", on_invalidate)
        event.listen(engine.sync_engine, "connect", on_connect)
        event.listen(engine.sync_engine, "begin", on_begin)
        return engine


class _TaskWatch:
    """Stops a session's statement when its task is cancelled while the statement runs."""

    def __init__(self, task: asyncio.Task[Any] | None) -> None:
        self._task = task
        self._before = task.cancelling() if task else 0

    @property
    def stop(self) -> bool:
        return self._task is not None and self._task.cancelling() > self._before


def _ignore(reading: asyncio.Future[Any]) -> None:
    """Take note of the error of a read that nobody waits for."""
    if not reading.cancelled():
        reading.exception()


def _require_wal(mode: str) -> None:
    if mode != "wal":
        raise _setup_fault(
            f"the file's journal mode is {mode}, not wal", "use a file on a local file system"
        )


def _setup_fault(what: str, fix: str) -> problem.SettingsError:
    return problem.SettingsError([problem.DeclarationError("database.url", what, fix)])
