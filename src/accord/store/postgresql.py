"""Room: store. PostgreSQL: reads, flows and sessions over two pools that share one budget."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Literal, TypeVar

import asyncpg
import sqlalchemy
from sqlalchemy import event, exc
from sqlalchemy.ext import asyncio as sa_asyncio

from accord.kernel import observations, problem, settings
from accord.store import (
    connections,
    driving,
    errors,
    pool,
    port,
    postgresql_errors,
    sessions,
    tuning,
)

T = TypeVar("T")

_EXPECTED = {"TimeZone": "UTC", "server_encoding": "UTF8"}
_WISHED = {"jit": "off"}
_SETTLE_SECONDS = 5.0
_Phase = Literal["begin", "statement", "commit", "single"]


class _FaultError(Exception):
    """A driver's error on the way from a statement to the decision what it means."""

    def __init__(self, error: Exception, sql: str, phase: _Phase) -> None:
        super().__init__(sql)
        self.error = error
        self.sql = sql
        self.phase = phase


class _AgainError(Exception):
    """A flow may run anew; `final` is what to raise when it has done so often enough."""

    def __init__(self, reason: str, final: BaseException, *, free: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.free = free


class PostgreSQL:
    """`port.Database` on PostgreSQL 14 and later through asyncpg."""

    dialect: Literal["sqlite", "postgresql"] = "postgresql"

    def __init__(
        self,
        options: settings.Database,
        observe: observations.Observer,
        figures: tuning.Tuning,
    ) -> None:
        self.statements = 0
        self._options = options
        self._observe = observe
        self._figures = figures
        self._url = _plain_url(options.url)
        self._slow = options.slow_statement
        self._settling: set[asyncio.Task[None]] = set()
        self._build()

    def _build(self) -> None:
        self._pool: pool.Pool[connections.Connection] = pool.Pool(
            self._open,
            limit=self._options.statement_connections,
            queue=self._figures.queue,
            patience=self._options.connect_timeout,
        )
        self._sessions = sessions.Sessions(
            self._engine(), _translate, self._observe, limit=self._figures.session_timeout
        )
        self._sessions.count(self._count)
        self._stopped = False

    async def start(self) -> None:
        if self._stopped:
            self._build()
        try:
            connection = await self._pool.take()
        except problem.Problem as refused:
            raise _setup_fault(refused) or refused from refused.__cause__
        try:
            self._verify(await _server_settings(connection))
        except BaseException:
            self._pool.drop(connection)
            raise
        self._pool.give(connection)

    async def stop(self) -> None:
        self._stopped = True
        await self._pool.close()
        await asyncio.gather(*self._settling, return_exceptions=True)
        await self._sessions.close()

    async def check(self) -> None:
        await self.fetch("select 1")

    async def fetch(
        self, sql: str, params: Sequence[Any] = (), timeout: float | None = None
    ) -> Sequence[port.Row]:
        self.statements += 1
        free = self._pool.free
        started = time.perf_counter()
        connection = free.pop() if free else await self._pool.take()
        try:
            rows = await connection.fetch(sql, params, timeout)
        except BaseException as error:  # noqa: BLE001 - every way out must settle the connection
            return await self._fetch_again(connection, sql, params, timeout, error)
        self._pool.give(connection)
        if time.perf_counter() - started > self._slow:
            self._tell_slow(sql, started)
        return rows

    async def run(
        self,
        flow: Callable[[], port.Flow[T]],
        *,
        transaction: bool = True,
        retries: int = 0,
    ) -> T:
        attempt, counted, free = 0, 0, 1
        while True:
            try:
                result: T = await self._attempt(flow, transaction)
                return result
            except _AgainError as again:
                if again.free and free:
                    free, delay = 0, 0.0
                elif not again.free and counted < retries:
                    counted += 1
                    delay = self._backoff(counted)
                else:
                    raise again.final from again.final.__cause__
                reason = again.reason
            attempt += 1
            self._observe(
                observations.RetryScheduled(attempt=attempt, reason=reason, delay_ms=delay * 1000)
            )
            await asyncio.sleep(delay)

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[port.Session]:
        async with self._sessions.open() as session:
            yield session

    async def explain(self, sql: str, params: Sequence[Any] = ()) -> str:
        rows = await self.fetch("explain " + sql, params)
        return "\n".join(row[0] for row in rows)

    async def schema(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        return await self._sessions.schema(work)

    # ------------------------------------------------------------ reads

    async def _fetch_again(
        self,
        connection: connections.Connection,
        sql: str,
        params: Sequence[Any],
        timeout: float | None,
        error: BaseException,
    ) -> Sequence[port.Row]:
        """A read may be sent again when its plan was stale or its connection dead."""
        if isinstance(error, connections.STALE):
            connection.forget(sql)
            reason = "stale_plan"
        elif isinstance(error, Exception) and _lost(connection, error):
            self._drop(connection)
            connection = await self._pool.take()
            reason = "connection_lost"
        else:
            await self._release(connection, error, transaction=False)
            failed = self._failed(error, sql, timeout)
            if failed is error:
                raise error
            raise failed from error
        self._observe(observations.RetryScheduled(attempt=1, reason=reason))
        self.statements += 1
        try:
            rows = await connection.fetch(sql, params, timeout)
        except BaseException as again:
            await self._release(connection, again, transaction=False)
            failed = self._failed(again, sql, timeout)
            if failed is again:
                raise
            raise failed from again
        self._pool.give(connection)
        return rows

    # ------------------------------------------------------------ flows

    async def _attempt(self, flow: Callable[[], port.Flow[Any]], transaction: bool) -> Any:
        connection = await self._pool.take()
        drive: driving.Drive | None = None
        try:
            drive = driving.Drive(flow(), single=not transaction)
            if drive.statement is not None:
                await self._drive(connection, drive, transaction)
        except _FaultError as fault:
            await self._release(connection, fault.error, transaction=transaction)
            verdict = self._verdict(connection, drive, fault)
            raise verdict from errors.cause_of(verdict, fault.error)
        except BaseException as error:
            began = transaction and drive is not None
            await self._release(connection, error, transaction=began)
            raise
        self._pool.give(connection)
        return drive.result

    async def _drive(
        self, connection: connections.Connection, drive: driving.Drive, transaction: bool
    ) -> None:
        if transaction:
            await _send(connection.execute("BEGIN"), "BEGIN", "begin")
        phase: _Phase = "statement" if transaction else "single"
        while drive.statement is not None:
            sql, params = drive.statement.sql, drive.statement.params
            self.statements += 1
            started = time.perf_counter()
            rows = await _send(connection.fetch(sql, params), sql, phase)
            if time.perf_counter() - started > self._slow:
                self._tell_slow(sql, started)
            drive.send(rows)
        if transaction:
            await _send(connection.execute("COMMIT"), "COMMIT", "commit")

    def _verdict(
        self,
        connection: connections.Connection,
        drive: driving.Drive | None,
        fault: _FaultError,
    ) -> BaseException:
        """What a failed statement of a flow means: run the flow anew, or an error to raise."""
        error, sql = fault.error, fault.sql
        if isinstance(error, connections.STALE):
            connection.forget(sql)
            return _AgainError("stale_plan", errors.internal(error), free=True)
        if _lost(connection, error):
            unsent = fault.phase == "begin" or (
                fault.phase == "single" and isinstance(error, asyncpg.InterfaceError)
            )
            if unsent or fault.phase == "statement":
                final = self._failed(error, sql)
                return _AgainError("connection_lost", final, free=unsent)
            return errors.uncertain(error)
        reason = postgresql_errors.TRANSIENT.get(postgresql_errors.sqlstate(error) or "")
        failed = self._failed(error, sql)
        if reason:
            return _AgainError(reason, failed, free=False)
        if drive is not None and isinstance(failed, errors.TRANSLATED):
            return drive.fail(failed)
        return failed

    def _backoff(self, attempt: int) -> float:
        """Doubling from `backoff` to `backoff_max`, each somewhere in its upper half."""
        longest: float = min(self._figures.backoff * 2 ** (attempt - 1), self._figures.backoff_max)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - it keeps no secret

    # ------------------------------------------------------------ connections

    async def _open(self) -> connections.Connection:
        figures = self._figures
        return await connections.open_connection(
            self._url, self._options, figures.session_timeout, figures.prepared
        )

    async def _release(
        self, connection: connections.Connection, error: BaseException, *, transaction: bool
    ) -> None:
        """Give a connection back after an error, when it is in order again."""
        if isinstance(error, TimeoutError) or not isinstance(error, Exception):
            # The server is still being told to cancel; nobody should wait for that here.
            self._settle(connection, transaction)
        elif _lost(connection, error):
            self._drop(connection)
        elif transaction:
            # Awaited, so that the locks are gone when the caller learns of the error.
            await asyncio.shield(self._settle(connection, transaction))
        else:
            self._pool.give(connection)

    def _drop(self, connection: connections.Connection) -> None:
        self._pool.drop(connection)
        self._pool.purge()

    def _settle(self, connection: connections.Connection, transaction: bool) -> asyncio.Task[None]:
        async def settle() -> None:
            if await connection.settle(transaction=transaction, patience=_SETTLE_SECONDS):
                self._pool.give(connection)
            else:
                self._pool.drop(connection)

        task = asyncio.get_running_loop().create_task(settle())
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)
        return task

    def _engine(self) -> sa_asyncio.AsyncEngine:
        options, figures = self._options, self._figures

        async def create() -> Any:
            return await connections.connect(self._url, options, figures.session_timeout)

        engine = sa_asyncio.create_async_engine(
            "postgresql+asyncpg://",
            async_creator=create,
            pool_size=options.session_connections,
            max_overflow=0,
            pool_timeout=options.connect_timeout,
        )
        event.listen(engine.sync_engine, "connect", _prepare_session_connection)
        event.listen(engine.sync_engine, "checkout", _refuse_dead)
        return engine

    # ------------------------------------------------------------ telling

    def _count(self, sql: str) -> None:
        self.statements += 1

    def _failed(
        self, error: BaseException, sql: str, timeout: float | None = None
    ) -> BaseException:
        if isinstance(error, TimeoutError):
            translated: errors.Translated | None = errors.timeout(timeout, error)
        else:
            translated = postgresql_errors.translate(error)
        if translated is None:
            return error
        errors.observe_failure(self._observe, sql, translated, error)
        return translated

    def _tell_slow(self, sql: str, started: float) -> None:
        duration = (time.perf_counter() - started) * 1000
        self._observe(observations.SlowStatement(sql=sql, duration_ms=duration))

    def _verify(self, found: dict[str, str]) -> None:
        """A proxy such as PgBouncer may have dropped what the connection asked for."""
        for name, expected in _EXPECTED.items():
            if found.get(name) != expected:
                raise _setting_fault(
                    f"PostgreSQL's {name} is {found.get(name)!r} and must be {expected!r}",
                    "create the database with encoding UTF8"
                    if name == "server_encoding"
                    else f"behind a proxy, set it with: ALTER ROLE … SET {name} = '{expected}'",
                )
        timeout = str(round(self._options.statement_timeout * 1000))
        for name, wished in {**_WISHED, "statement_timeout": timeout}.items():
            if found.get(name) != wished:
                message = f"PostgreSQL's {name} is {found.get(name)!r} instead of {wished!r}"
                self._observe(
                    observations.ConfigurationWarning(key="database.url", message=message)
                )


def _plain_url(url: str) -> str:
    """`postgres://` and `postgresql+asyncpg://` are the same database to asyncpg."""
    return "postgresql://" + url.partition("://")[2]


def _translate(error: BaseException, _sql: str) -> errors.Translated | None:
    return postgresql_errors.translate(error)


async def _send(work: Any, sql: str, phase: _Phase) -> Any:
    try:
        return await work
    except Exception as error:
        raise _FaultError(error, sql, phase) from error


def _lost(connection: connections.Connection, error: Exception) -> bool:
    """Whether the connection is of no use any more; a TimeoutError is an OSError, but heals."""
    if connection.closed:
        return True
    if postgresql_errors.sqlstate(error) in {"57P01", "57P02", "57P05"}:
        return True  # the server is about to close it
    if isinstance(error, asyncpg.ConnectionDoesNotExistError):
        return True
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)


async def _server_settings(connection: connections.Connection) -> dict[str, str]:
    names = [*_EXPECTED, *_WISHED, "statement_timeout"]
    rows = await connection.fetch(
        "select name, setting from pg_settings where name = any($1::text[])", [names]
    )
    return {row[0]: row[1] for row in rows}


def _setup_fault(refused: problem.Problem) -> problem.SettingsError | None:
    """The operator's part in a connection that was refused, else None."""
    cause = refused.__cause__
    state = postgresql_errors.sqlstate(cause) or "" if cause else ""
    if state.startswith("28"):
        return _setting_fault("PostgreSQL refuses the user or password", "correct the credentials")
    if state == "3D000":
        return _setting_fault("there is no such database", "create it, or correct the name")
    if isinstance(cause, ValueError):
        return _setting_fault(f"the URL cannot be read: {cause}", "correct the URL")
    return None


def _setting_fault(what: str, fix: str) -> problem.SettingsError:
    return problem.SettingsError([problem.DeclarationError("database.url", what, fix)])


def _prepare_session_connection(connection: Any, record: Any) -> None:
    """JSON is parsed for the ORM and left as bytes for statements of our own."""
    mode = sessions.RawMode()
    record.info[sessions.RAW] = mode

    def decode(document: bytes) -> Any:
        return document if mode.on else json.loads(document)

    connection.run_async(lambda raw: connections.set_json_codecs(raw, decode))


def _refuse_dead(connection: Any, _record: Any, _proxy: Any) -> None:
    """Let the pool replace a connection that died while it was idle, without a round trip."""
    if connection.driver_connection.is_closed():
        raise exc.DisconnectionError
