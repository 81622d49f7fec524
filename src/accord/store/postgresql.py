"""Room: store. PostgreSQL: reads, flows and sessions over two pools that share one budget."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Literal, TypeVar

import sqlalchemy
from sqlalchemy import event, exc
from sqlalchemy.ext import asyncio as sa_asyncio

from accord.kernel import observations, problem, settings
from accord.store import (
    connections,
    errors,
    port,
    postgresql_errors,
    postgresql_flows,
    postgresql_pool,
    postgresql_setup,
    sessions,
    telling,
    tuning,
)

T = TypeVar("T")


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
        self._teller = telling.Teller(observe, _translate, slow=options.slow_statement)
        self._build()

    def _build(self) -> None:
        count = self._options.statement_connections
        self._pool = postgresql_pool.Pool(
            self._open,
            limit=count,
            queue=self._figures.queue,
            patience=self._options.connect_timeout,
        )
        self._runner = postgresql_flows.Runner(
            self._pool, self._teller, self._figures, patience=count + 1, count=self._count
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
            raise postgresql_setup.setup_fault(refused) or refused from refused.__cause__
        try:
            found = await postgresql_setup.server_settings(connection)
            postgresql_setup.verify(found, self._options, self._observe)
        except BaseException:
            self._pool.drop(connection)
            raise
        self._pool.give(connection)

    async def stop(self) -> None:
        self._stopped = True
        await self._pool.close()
        await self._sessions.close()

    async def check(self) -> None:
        await self.fetch("select 1")

    async def fetch(
        self,
        sql: str,
        params: Sequence[Any] = (),
        timeout: float | None = None,
        *,
        replan: bool = False,
    ) -> Sequence[port.Row]:
        self.statements += 1
        free = self._pool.free
        started = time.perf_counter()
        connection = free.pop() if free else await self._pool.take()
        if connection.replans is not replan:
            connection = connections.prefer(connection, free, replan=replan)
        try:
            if connection.replans is not replan:
                await connection.switch(replan=replan)
            rows = await connection.fetch(sql, params, timeout)
        except BaseException as error:  # noqa: BLE001 - every way out must settle the connection
            return await self._fetch_again(connection, sql, params, timeout, error)
        self._pool.give(connection)
        if time.perf_counter() - started > self._slow:
            self._teller.since(sql, started)
        return rows

    async def run(
        self,
        flow: Callable[[], port.Flow[T]],
        *,
        transaction: bool = True,
        retries: int = 0,
    ) -> T:
        return await self._runner.run(flow, transaction=transaction, retries=retries)

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
        """A read may be sent again when its plan was stale or its connection dead.

        Connections found dead before anything was sent are passed by, however many a restart left;
        a connection that broke on this very statement is replaced once, for the statement may have
        been what broke it.
        """
        again = 0
        while True:
            reason = self._reason(connection, error, again)
            if reason is None:
                await self._pool.release(connection, error, transaction=False)
                failed = self._failed(error, sql, timeout)
                if failed is error:
                    raise error
                raise failed from error
            if reason == "stale_plan":
                connection.forget(sql)
            else:
                self._pool.lose(connection)
                connection = await self._pool.take()
            again += 0 if reason == "connection_dead" else 1
            self._teller.again(max(again, 1), reason)
            self.statements += 1
            try:
                rows = await connection.fetch(sql, params, timeout)
            except BaseException as another:  # noqa: BLE001 - as in fetch
                error = another
            else:
                self._pool.give(connection)
                return rows

    def _reason(
        self, connection: connections.Connection, error: BaseException, again: int
    ) -> str | None:
        """Why a read may be sent again, None when it may not."""
        if not isinstance(error, Exception):
            return None
        if connections.unsent(error) and postgresql_pool.lost(connection, error):
            return "connection_dead"
        if again:
            return None
        if isinstance(error, connections.STALE):
            return "stale_plan"
        return "connection_lost" if postgresql_pool.lost(connection, error) else None

    # ------------------------------------------------------------ connections

    def _failed(self, error: BaseException, sql: str, timeout: float | None) -> BaseException:
        if isinstance(error, TimeoutError):
            return self._teller.late(error, sql, timeout)
        return self._teller.failed(error, sql)

    async def _open(self) -> connections.Connection:
        figures = self._figures
        return await connections.open_connection(
            self._url, self._options, figures.session_timeout, figures.prepared
        )

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

    def _count(self, _sql: str) -> None:
        self.statements += 1


def _plain_url(url: str) -> str:
    """`postgres://` and `postgresql+asyncpg://` are the same database to asyncpg."""
    return "postgresql://" + url.partition("://")[2]


def _translate(error: BaseException, _sql: str) -> errors.Translated | None:
    return postgresql_errors.translate(error)


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
