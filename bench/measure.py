"""Room: bench. What a run cost: memory and CPU of a process tree, statements of a database."""

from __future__ import annotations

import os
from pathlib import Path

import asyncpg

TICK = os.sysconf("SC_CLK_TCK")
# What a transaction or a pool sends around the statements that do the work.
HOUSEKEEPING = (
    r"^\s*(begin|commit|rollback|savepoint|release|set|reset|close|unlisten|discard|show|"
    r"start transaction|deallocate|select pg_advisory_unlock_all)"
)


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(parents.get(current, ()))
    return found


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a tree, in seconds."""
    total = 0
    for process in tree(pid):
        try:
            stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(stat[11]) + int(stat[12])
    return total / TICK


def rss_megabytes(pid: int) -> float:
    """Return the resident memory of a tree, shared pages counted once per process."""
    total = 0
    for process in tree(pid):
        try:
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return total / 1024


class Statements:
    """Counts statements by pg_stat_statements; None everywhere when the server has it not."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def reset(self) -> None:
        await self._run("SELECT pg_stat_statements_reset()")

    async def read(self) -> tuple[int, int] | None:
        """Return (statements that do work, housekeeping commands) since the reset."""
        row = await self._run(
            "SELECT coalesce(sum(calls) FILTER (WHERE query !~* $1), 0)::bigint AS work, "
            "coalesce(sum(calls) FILTER (WHERE query ~* $1), 0)::bigint AS housekeeping "
            "FROM pg_stat_statements WHERE query !~ 'pg_stat_statements'",
            HOUSEKEEPING,
        )
        return None if row is None else (row["work"], row["housekeeping"])

    async def _run(self, sql: str, *values: str) -> asyncpg.Record | None:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchrow(sql, *values)
        except asyncpg.PostgresError:
            return None
        finally:
            await connection.close()
