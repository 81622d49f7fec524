"""Reads that ask for it are planned for their parameters; others keep their plan."""

from __future__ import annotations

from accord.kernel import settings
from accord.store import factory


async def test_a_connection_switches_its_plan_mode_only_when_asked(postgres_url: str) -> None:
    """One connection serves both kinds of reads, each in its own mode."""
    database = factory.open_database(settings.Database(url=postgres_url, connections=2))
    await database.start()
    try:
        show = "select current_setting('plan_cache_mode'), $1::int"
        assert [tuple(row) for row in await database.fetch(show, [1])] == [("auto", 1)]
        again = await database.fetch(show, [2], replan=True)
        assert [tuple(row) for row in again] == [("force_custom_plan", 2)]
        assert [tuple(row) for row in await database.fetch(show, [3])] == [("auto", 3)]
    finally:
        await database.stop()
