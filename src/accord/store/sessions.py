"""Room: store. SQLAlchemy sessions of either database, with errors translated at their border."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import sqlalchemy
from sqlalchemy import event, exc
from sqlalchemy.ext import asyncio as sa_asyncio

from accord.kernel import observations, problem
from accord.store import errors, port

T = TypeVar("T")

RAW = "accord_raw"  # the key, in a connection's info, of its RawMode


class RawMode:
    """Whether JSON coming from a connection stays text; the ORM wants it parsed."""

    __slots__ = ("on",)

    def __init__(self) -> None:
        self.on = False

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        self.on = True
        try:
            yield
        finally:
            self.on = False


class Translate(Protocol):
    """A database's translator: None for an error that is not the database's."""

    def __call__(self, error: BaseException, sql: str, /) -> errors.Translated | None: ...


class Session:
    """`port.Session` for both databases."""

    def __init__(self, orm: sa_asyncio.AsyncSession, fail: Callable[[Exception], Exception]):
        self._orm = orm
        self._fail = fail

    @property
    def orm(self) -> sa_asyncio.AsyncSession:
        return self._orm

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> Sequence[port.Row]:
        """Run one statement as the driver takes it."""
        connection = await self._orm.connection()
        mode: RawMode | None = connection.info.get(RAW)
        try:
            with mode.held() if mode else contextlib.nullcontext():
                result = await connection.exec_driver_sql(sql, tuple(params))
        except exc.SQLAlchemyError as error:
            translated = self._fail(error)
            if translated is error:
                raise
            raise translated from error
        return result.all() if result.returns_rows else []


class Sessions:
    """Sessions on an engine of their own, each in one transaction of at most `limit` seconds."""

    def __init__(
        self,
        engine: sa_asyncio.AsyncEngine,
        translate: Translate,
        observe: observations.Observer,
        *,
        limit: float,
    ) -> None:
        self.engine = engine
        self._translate = translate
        self._observe = observe
        self._limit = limit

    def count(self, add: Callable[[str], None]) -> None:
        """Tell `add` of every statement before it is sent."""

        def before(_c: Any, _cursor: Any, sql: str, _p: Any, _context: Any, _many: Any) -> None:
            add(sql)

        event.listen(self.engine.sync_engine, "before_cursor_execute", before)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        """A session whose transaction has begun."""
        limit = asyncio.timeout(self._limit)
        try:
            async with limit, sa_asyncio.AsyncSession(self.engine, expire_on_commit=False) as orm:
                await self._begin(orm)
                yield Session(orm, self.fail)
                await self._commit(orm)
        except TimeoutError as error:
            if limit.expired():
                raise errors.held_too_long(self._limit) from error
            raise
        except Exception as error:
            translated = self.fail(error)
            if translated is error:
                raise
            raise translated from error

    async def schema(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        """Run synchronous SQLAlchemy code in one transaction, with no limit but the statement's."""
        try:
            async with self.engine.begin() as connection:
                return await connection.run_sync(work)
        except Exception as error:
            translated = self.fail(error)
            if translated is error:
                raise
            raise translated from error

    def fail(self, error: Exception) -> Exception:
        """What an error means: itself, unless it came from the database."""
        if isinstance(error, exc.TimeoutError):
            return errors.busy("No connection became free in time.", cause=error)
        driver = errors.driver_error(error)
        if driver is None:
            return error
        sql = getattr(error, "statement", None) or ""
        # A network error outside SQLAlchemy is the action's own business, not the database's.
        if isinstance(driver, OSError) and driver is error:
            return error
        translated = self._translate(driver, sql)
        if translated is None:
            return error
        errors.observe_failure(self._observe, sql, translated, driver)
        return translated

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()

    async def _commit(self, orm: sa_asyncio.AsyncSession) -> None:
        try:
            await orm.commit()
        except Exception as error:
            translated = self.fail(error)
            if translated is error:
                raise
            if isinstance(translated, problem.Problem) and translated.code == "UNAVAILABLE":
                raise errors.uncertain(error) from error
            raise translated from error

    async def _begin(self, orm: sa_asyncio.AsyncSession) -> None:
        try:
            await orm.connection()
        except OSError as error:
            raise errors.unavailable(cause=error) from error
