"""Room: store. SQLite connections: how they are opened, and the guard that stops a statement."""

from __future__ import annotations

import base64
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from accord.kernel import settings
from accord.store import port

STEPS: Final = 1000  # virtual machine instructions between two looks of the guard: some 20 us
CACHED_STATEMENTS: Final = 1024


class Watch(Protocol):
    """Who a statement is for; `stop` says that nobody waits for it any more."""

    @property
    def stop(self) -> bool: ...


class Nobody:
    """A statement that only time can stop."""

    stop: Final = False


class Guard:
    """SQLite's progress handler: stops a statement that is late or no longer wanted."""

    __slots__ = ("until", "watch")

    def __init__(self) -> None:
        self.until = float("inf")
        self.watch: Watch = Nobody()

    def __call__(self) -> int:
        return time.perf_counter() > self.until or self.watch.stop


def base64url(value: str | bytes | None) -> str | None:
    """SQL function `accord_b64`: base64url without padding (RFC 4648, section 5)."""
    if value is None:
        return None
    text = value.encode() if isinstance(value, str) else value
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def lower(value: Any) -> Any:
    """SQL function `accord_lower`: PostgreSQL's `lower()` of a UTF-8 locale, letter by letter.

    SQLite's own stops at ASCII. Python's looks at a letter's neighbours (the final sigma) and may
    give two letters for one (İ); the C library's, which PostgreSQL asks, does neither.
    """
    if not isinstance(value, str):
        return value
    if value.isascii():
        return value.lower()
    return "".join(letter.lower()[0] for letter in value)


FUNCTIONS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("accord_b64", base64url),
    ("accord_lower", lower),
)


def pragmas(*, busy_timeout: float, write: bool) -> tuple[str, ...]:
    """What every connection is told when it opens; `busy_timeout` in seconds."""
    return (
        f"pragma busy_timeout = {round(busy_timeout * 1000)}",
        "pragma foreign_keys = on",
        # What was committed outlives a power cut.
        "pragma synchronous = full",
        "pragma temp_store = memory",
        "pragma cache_size = -16384",  # KiB
        "pragma journal_size_limit = 67108864",
        "pragma query_only = " + ("off" if write else "on"),
    )


def open_connection(path: str, *, busy_timeout: float, write: bool) -> sqlite3.Connection:
    """A connection in autocommit mode that any one thread at a time may use."""
    connection = sqlite3.connect(
        path,
        timeout=busy_timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=CACHED_STATEMENTS,
    )
    for pragma in pragmas(busy_timeout=busy_timeout, write=write):
        connection.execute(pragma).fetchall()
    for name, function in FUNCTIONS:
        connection.create_function(name, 1, function, deterministic=True)
    return connection


def write_ahead(connection: sqlite3.Connection, patience: float) -> str:
    """Switch the file to WAL and return the mode it is in then.

    The switch does not wait for locks by itself, and several workers may start at once.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            mode: str = connection.execute("pragma journal_mode = wal").fetchone()[0]
            return mode
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


class Reader:
    """A connection for one long read at a time, in whatever thread; it can be told to stop."""

    def __init__(self, path: str, options: settings.Database) -> None:
        self.closed = False
        self.stop = False
        self._guard = Guard()
        self._guard.watch = self
        self._raw = open_connection(path, busy_timeout=options.busy_timeout, write=False)
        self._raw.set_progress_handler(self._guard, STEPS)

    def fetch(
        self, sql: str, params: Sequence[Any], seconds: float
    ) -> tuple[Sequence[port.Row], float]:
        """The rows and how long they took, in seconds; runs in a thread."""
        started = time.perf_counter()
        self._guard.until = started + seconds
        rows = self._raw.execute(sql, params).fetchall()
        return rows, time.perf_counter() - started

    async def close(self) -> None:
        self.closed = True
        self._raw.close()

    def terminate(self) -> None:
        """Stop what it does; the connection closes with its last reference."""
        self.closed = True
        self.stop = True
