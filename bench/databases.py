"""Room: bench. The two databases of a run: a private PostgreSQL and a SQLite file, both seeded."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bench.scenarios import Sample

SERVICES = Path(__file__).resolve().parent.parent / "scripts" / "services"
VARIABLES = ("BENCH_POSTGRES_URL", "ACCORD_TEST_POSTGRES")
SAMPLED = 5_000
# Seeded orders end in 2025: what is younger was made by a create scenario.
YOUNGER = "DELETE FROM orders WHERE created_at >= '2026-01-01'"


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pgbench() -> str:
    """Return the path of pgbench: the newest of Debian's, which stand off the PATH, or another."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    program = str(found[-1]) if found else shutil.which("pgbench")
    if program is None:
        raise SystemExit("pgbench not found: it comes with PostgreSQL")
    return program


def postgresql() -> str | None:
    """Return the URL of the PostgreSQL to use; its shop tables are replaced."""
    return next((os.environ[name] for name in VARIABLES if os.environ.get(name)), None)


def run_with_postgresql() -> None:
    """Start this program again with a PostgreSQL of its own, durable, gone afterwards."""
    again = [sys.executable, "-m", "bench.run", *sys.argv[1:]]
    os.execv(str(SERVICES), [str(SERVICES), "run", "--durable", "--", *again])


def driver(url: str) -> str:
    """Return the URL with its asynchronous driver."""
    url = url.replace("postgresql://", "postgresql+asyncpg://")
    return url.replace("sqlite:///", "sqlite+aiosqlite:///")


async def execute(url: str, *statements: str) -> None:
    """Run statements, each committed by itself."""
    engine = create_async_engine(driver(url), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(sa.text(statement))
    await engine.dispose()


async def settle(url: str) -> None:
    """Leave a seeded database as a settled one is: vacuumed, and WAL on SQLite."""
    if url.startswith("sqlite"):
        await execute(url, "PRAGMA journal_mode=WAL")
        return
    # An autovacuum in the middle of a turn would be the next service's bad luck.
    await execute(url, "ALTER TABLE orders SET (autovacuum_enabled = off)", "VACUUM ANALYZE")
    try:
        await execute(url, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    except sa.exc.DBAPIError:
        print("pg_stat_statements is not installed: statements are not counted")


async def clean(url: str) -> None:
    """Remove what creates made, so that every turn meets the same tables."""
    if url.startswith("sqlite"):
        await execute(url, YOUNGER)
    else:
        await execute(url, YOUNGER, "VACUUM ANALYZE orders", "CHECKPOINT")


async def sample(url: str) -> Sample:
    """Return some ids of orders and users, the same for the same data."""
    engine = create_async_engine(driver(url))
    async with engine.connect() as connection:
        orders = await connection.scalars(sa.text("SELECT id FROM orders ORDER BY id"))
        users = await connection.scalars(sa.text("SELECT id FROM users ORDER BY id LIMIT 1000"))
        every, some = orders.all(), list(users)
    await engine.dispose()
    return Sample(list(every[:: max(1, len(every) // SAMPLED)]), some)


async def copy_ids(url: str, sample: Sample) -> int:
    """Make the table of ids that pgbench draws from; return how many it holds."""
    connection = await asyncpg.connect(url)
    await connection.execute("DROP TABLE IF EXISTS bench_ids")
    await connection.execute("CREATE TABLE bench_ids (n int PRIMARY KEY, id text, user_id text)")
    users = sample.users
    rows = [(n + 1, order, users[n % len(users)]) for n, order in enumerate(sample.orders)]
    await connection.copy_records_to_table("bench_ids", records=rows)
    await connection.execute("ANALYZE bench_ids")
    await connection.close()
    return len(rows)
