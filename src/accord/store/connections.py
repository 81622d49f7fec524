"""Room: store. One PostgreSQL connection with the statements prepared on it."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Sequence
from typing import Any

import asyncpg

from accord.kernel import problem, settings
from accord.store import errors, port, postgresql_errors

# The plan or a type it uses changed with the schema; the statement has to be prepared anew.
STALE = (
    asyncpg.exceptions.InvalidCachedStatementError,
    asyncpg.exceptions.OutdatedSchemaCacheError,
)


class Connection:
    """A connection of asyncpg, bounded in its prepared statements, least recently used out first.

    asyncpg's own cache is passed by: it forgets after 300 s and never keeps a text over 15 KiB.
    """

    __slots__ = ("_limit", "_statements", "raw", "replans")

    def __init__(self, raw: Any, limit: int) -> None:
        self.raw = raw
        self.replans = False
        self._limit = limit
        self._statements: collections.OrderedDict[str, Any] = collections.OrderedDict()

    @property
    def closed(self) -> bool:
        closed: bool = self.raw.is_closed()
        return closed

    @property
    def prepared(self) -> int:
        """How many statements are ready."""
        return len(self._statements)

    async def fetch(
        self, sql: str, params: Sequence[Any], timeout: float | None = None
    ) -> Sequence[port.Row]:
        """The rows of one statement; raises asyncpg's exceptions, which the caller translates."""
        statement = self._statements.get(sql)
        if statement is None:
            statement = await self._prepare(sql, timeout)
        else:
            self._statements.move_to_end(sql)
        rows: Sequence[port.Row] = await statement.fetch(*params, timeout=timeout)
        return rows

    async def switch(self, *, replan: bool) -> None:
        """Have statements planned for their parameters, or kept plans used where they seem good."""
        mode = "force_custom_plan" if replan else "auto"
        await self.raw.execute(f"set plan_cache_mode = {mode}")
        self.replans = replan

    def forget(self, sql: str) -> None:
        """Prepare a statement anew when it is next needed."""
        self._statements.pop(sql, None)

    async def execute(self, sql: str) -> None:
        """A command without parameters or rows, such as COMMIT."""
        await self.raw.execute(sql)

    async def settle(self, *, transaction: bool, patience: float) -> bool:
        """Bring a connection that was interrupted back into order; False when it cannot be.

        asyncpg has asked the server to cancel, and any command first waits for that to be done.
        """
        if self.closed:
            return False
        try:
            async with asyncio.timeout(patience):
                await self.raw.execute("ROLLBACK" if transaction else "SELECT 1")
        except Exception:  # noqa: BLE001 - whatever it is, the connection is not to be trusted
            return False
        return not self.closed

    async def close(self) -> None:
        self._statements.clear()
        try:
            await self.raw.close(timeout=1.0)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self.raw.terminate()

    def terminate(self) -> None:
        self._statements.clear()
        self.raw.terminate()

    async def _prepare(self, sql: str, timeout: float | None) -> Any:
        statement = await self.raw.prepare(sql, timeout=timeout)
        self._statements[sql] = statement
        if len(self._statements) > self._limit:
            # Without a reference asyncpg closes it on the server with the next prepare.
            self._statements.popitem(last=False)
        return statement


def prefer(taken: Connection, free: list[Connection], *, replan: bool) -> Connection:
    """A free connection in the wanted mode in place of the one taken, which else must switch."""
    for index in range(len(free) - 1, -1, -1):
        if free[index].replans is replan:
            found = free[index]
            free[index] = taken
            return found
    return taken


def server_settings(options: settings.Database, session_timeout: float) -> dict[str, str]:
    """What every connection asks of the server when it opens; no statement has to repeat it."""
    return {
        "application_name": "accord",
        "timezone": "UTC",
        "jit": "off",
        "statement_timeout": str(round(options.statement_timeout * 1000)),
        "idle_in_transaction_session_timeout": str(round(session_timeout * 1000)),
    }


async def connect(url: str, options: settings.Database, session_timeout: float) -> Any:
    """A raw asyncpg connection with our settings; raises what asyncpg and the network raise.

    `statement_cache_size` must not be 0: asyncpg then takes the server for an old PgBouncer, leaves
    even explicitly prepared statements without a name and has them parsed in every execution.
    """
    return await asyncpg.connect(
        url,
        timeout=options.connect_timeout,
        server_settings=server_settings(options, session_timeout),
    )


async def open_connection(
    url: str, options: settings.Database, session_timeout: float, prepared: int
) -> Connection:
    """A Connection whose JSON comes as bytes and goes as bytes or str.

    Raises:
        Problem: UNAVAILABLE or DATABASE_BUSY.
    """
    try:
        raw = await connect(url, options, session_timeout)
        await set_json_codecs(raw, bytes)
    except Exception as error:
        raise connect_problem(error) from error
    return Connection(raw, prepared)


def connect_problem(error: Exception) -> problem.Problem:
    """The Problem of a connection that could not be opened."""
    translated = postgresql_errors.translate(error)
    if isinstance(translated, problem.Problem) and translated.code != "INTERNAL":
        return translated
    return errors.unavailable(cause=error)


async def set_json_codecs(raw: Any, decode: Any) -> None:
    """Let `json` and `jsonb` go as JSON text and come as `decode(bytes)`."""
    await raw.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=_as_bytes, decoder=decode
    )
    # The binary form of jsonb is a version byte, always 1, and the text.
    await raw.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda document: b"\x01" + _as_bytes(document),
        decoder=lambda document: decode(document[1:]),
    )


def _as_bytes(document: str | bytes) -> bytes:
    return document.encode() if isinstance(document, str) else document


def unsent(error: BaseException) -> bool:
    """Whether the driver itself refused, before a byte was sent.

    The connection is closed, or the server's farewell was read while it was idle.
    """
    return isinstance(error, asyncpg.InterfaceError) or type(error) is asyncpg.InternalClientError


def broken(error: BaseException) -> bool:
    """Whether an error alone says that its connection is of no more use."""
    if getattr(error, "sqlstate", None) in {"57P01", "57P02", "57P05"}:
        return True  # the server is about to close it
    if isinstance(error, OSError):
        return not isinstance(error, TimeoutError)  # that one heals
    return isinstance(
        error, (asyncpg.ConnectionDoesNotExistError, asyncpg.InternalClientError)
    ) and not isinstance(error, asyncpg.OutdatedSchemaCacheError)
