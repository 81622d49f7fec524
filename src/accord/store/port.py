"""Room: store. The port every database adapter fills, and the flows it runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

import msgspec
import sqlalchemy
from sqlalchemy.ext import asyncio as sa_asyncio

T = TypeVar("T")
Row: TypeAlias = tuple[Any, ...]


class Statement(msgspec.Struct, frozen=True):
    """One statement of a flow; its rows are sent back into the generator."""

    sql: str
    params: Sequence[Any] = ()


Flow: TypeAlias = Generator[Statement, Sequence[Row], T]
"""A write told as a generator: it yields statements, receives rows, returns a result.

It does no I/O and knows no driver, so one text serves a worker thread with sqlite3 and an
event loop with asyncpg. Raising inside it rolls everything back. When the database refuses a
statement, the Violation or Problem is raised at its `yield`: the flow may raise another error in
its place, but cannot go on.
"""


class Session(Protocol):
    """A SQLAlchemy session in one transaction, with raw statements on the same connection."""

    @property
    def orm(self) -> sa_asyncio.AsyncSession: ...

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> Sequence[Row]:
        """Run one statement within the session's transaction; pending ORM changes are not flushed.

        JSON comes as from `Database.fetch` and goes as str.
        """


class Database(Protocol):
    """One database.

    Statements use the dialect's own placeholders (`$1` or `?`). JSON columns of PostgreSQL
    come as bytes, SQLite's as str (`as_bytes` takes both). `statements` counts those that callers
    sent, without BEGIN, COMMIT and the like, for tests and figures.
    """

    dialect: Literal["sqlite", "postgresql"]
    statements: int

    async def start(self) -> None:
        """Open the database.

        Raises:
            SettingsError: the database cannot be used as it is set up.
            Problem: UNAVAILABLE when it is away.
        """

    async def stop(self) -> None: ...

    async def check(self) -> None:
        """One trivial statement. Raises Problem UNAVAILABLE when the database is away."""

    async def fetch(
        self,
        sql: str,
        params: Sequence[Any] = (),
        timeout: float | None = None,
        *,
        replan: bool = False,
    ) -> Sequence[Row]:
        """Run one read outside a transaction; `timeout` in seconds shortens the statement timeout.

        `replan` asks for a plan made for these parameters, where a plan kept for all could go
        far astray (two bounds on one column). Cancelling the task stops the statement in the database.

        Raises:
            Problem: TIMEOUT, UNAVAILABLE or DATABASE_BUSY.
        """

    async def run(
        self, flow: Callable[[], Flow[T]], *, transaction: bool = True, retries: int = 0
    ) -> T:
        """Drive a flow to its end, in one write transaction unless it is one statement.

        A flow is a factory because it may have to run anew: on serialization failures and deadlocks
        up to `retries` times with bounded, jittered back-off; at once, when a connection was found
        dead before anything was sent or, on SQLite, when another flow of the same commit failed.

        Raises:
            Violation: a constraint of the database refused the change.
            Problem: TIMEOUT, UNAVAILABLE or DATABASE_BUSY.
        """

    def session(self) -> AbstractAsyncContextManager[Session]:
        """A session in one write transaction: committed on leaving, rolled back on error.

        Raises:
            Violation: a constraint of the database refused the change.
            Problem: TIMEOUT, UNAVAILABLE or DATABASE_BUSY.
        """

    async def explain(self, sql: str, params: Sequence[Any] = ()) -> str:
        """The database's plan for a statement, as it tells it; nothing is executed."""

    async def schema(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        """Run synchronous SQLAlchemy code, such as `metadata.create_all`, in one transaction."""


def as_bytes(document: str | bytes) -> bytes:
    """A JSON column of either database as bytes."""
    return document.encode() if isinstance(document, str) else document
