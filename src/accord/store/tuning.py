"""Room: store. Figures of the adapters that were measured and that operators need not know."""

from __future__ import annotations

import msgspec


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one database adapter; times are in seconds.

    `inline_budget`: a SQLite read may hold the event loop so long before it moves to a thread.
    `session_timeout`: a session may keep its transaction, and on SQLite the write lock, so long.
    `group`: flows of one SQLite commit. `readers`: threads for SQLite's long reads.
    `queue`: calls that may wait for a connection or the write lock.
    `prepared`: statements kept ready on each connection. `slow_plans`: SQLite statements known
    to need a thread.
    """

    inline_budget: float = 0.002
    session_timeout: float = 30.0
    group: int = 64
    readers: int = 2
    queue: int = 1000
    prepared: int = 1024
    slow_plans: int = 1024
    backoff: float = 0.01
    backoff_max: float = 0.5
