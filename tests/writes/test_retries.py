"""Others' work in the way makes a write run anew, so often and no more; nothing happens twice."""

import asyncio
import sqlite3
import urllib.parse

import asyncpg
import pytest

from accord.kernel import observations
from accord.runtime import writing
from tests.writes import world as worlds
from tests.writes.world import ADMIN


def retries(world):
    return [each.reason for each in world.recorder.of(observations.RetryScheduled)]


@pytest.fixture
async def rivals(postgres_url):
    """A world on PostgreSQL and a connection of somebody else."""
    async with worlds.serving(postgres_url) as world:
        rival = await asyncpg.connect(postgres_url)
        try:
            yield world, rival
        finally:
            await rival.close()


async def project(world, tag):
    made = await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    return made["id"]


async def test_a_deadlock_is_run_anew_and_succeeds(rivals, tag):
    """The write holds the person and wants the team; the rival holds the team, wants the person."""
    world, rival = rivals
    transaction = rival.transaction()
    await transaction.start()
    await rival.execute("update teams set name = name where id = 101")
    # The key itself is locked, which a new link must wait for.
    await rival.execute("select 1 from teams where id = 101 for update")
    given = {"name": "locked", "teams": [101]}
    task = asyncio.ensure_future(world.write("people.update", ADMIN, given, key="per_1"))
    await asyncio.sleep(0.3)
    await rival.execute("update people set nickname = 'rival' where id = 'per_1'")
    await transaction.commit()
    await task
    assert "deadlock_detected" in retries(world)
    found = await world.rows("select name, nickname, version from people where id = 'per_1'")
    assert found == [("locked", "rival", 2)]


@pytest.fixture
async def strict(postgres_url):
    """A world whose transactions see one state of the database, and a rival."""
    name = urllib.parse.urlsplit(postgres_url).path.strip("/")
    rival = await asyncpg.connect(postgres_url)
    level = f'alter database "{name}" {{}} default_transaction_isolation'
    await rival.execute(level.format("set") + " = 'repeatable read'")
    try:
        async with worlds.serving(postgres_url) as world:
            yield world, rival
    finally:
        await rival.execute(level.format("reset"))
        await rival.close()


@pytest.mark.parametrize("given", [{"title": "B"}, {"ends": "2024-01-01"}], ids=["one", "steps"])
async def test_a_serialization_failure_is_run_anew_and_succeeds(strict, tag, given):
    """By the one statement and by the steps of a write."""
    world, rival = strict
    key = await project(world, tag)
    transaction = rival.transaction()
    await transaction.start()
    await rival.execute("update projects set level = 9, version = 2 where id = $1", key)
    task = asyncio.ensure_future(world.write("projects.update", ADMIN, given, key=key))
    await asyncio.sleep(0.2)
    await transaction.commit()
    await task
    assert retries(world) == ["serialization_failure"]
    found = await world.rows("select level, version from projects where id = ?", key)
    assert found == [(9, 3)]


async def test_retries_are_bounded(rivals, tag):
    world, rival = rivals
    await rival.execute(
        "create or replace function refuse() returns trigger language plpgsql as "
        "$$ begin raise exception 'in the way' using errcode = '40001'; end $$"
    )
    await rival.execute(
        "create trigger refuse before insert on bares for each row execute function refuse()"
    )
    found = await world.refused("DATABASE_BUSY", "bares.create", ADMIN, {})
    assert found.retryable
    assert retries(world) == ["serialization_failure"] * writing.RETRIES
    assert world.spent == 1 + writing.RETRIES


async def test_an_action_is_not_run_anew(rivals, tag):
    """The user's code may have told others already."""
    world, rival = rivals
    key = await project(world, tag)
    await rival.execute(
        "create or replace function refuse() returns trigger language plpgsql as "
        "$$ begin raise exception 'in the way' using errcode = '40001'; end $$"
    )
    await rival.execute(
        "create trigger refuse before update on projects for each row execute function refuse()"
    )
    try:
        await world.refused("DATABASE_BUSY", "projects.retitle", ADMIN, key=key, title="B")
        assert retries(world) == []
    finally:
        await rival.execute("drop trigger refuse on projects")


@pytest.fixture
async def rival(sqlite_url):
    connection = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


async def test_a_write_waits_for_another_writer_of_the_file(sqlite_url, rival, tag):
    async with worlds.serving(sqlite_url) as world:
        rival.execute("begin immediate")
        task = asyncio.ensure_future(project(world, tag))
        await asyncio.sleep(0.2)
        assert not task.done()
        rival.execute("rollback")
        assert (await task).startswith("prj_")


async def test_a_write_that_waited_in_vain_is_told_so(sqlite_url, rival, tag):
    async with worlds.serving(sqlite_url, busy_timeout=0.2) as world:
        rival.execute("begin immediate")
        found = await world.refused(
            "DATABASE_BUSY", "projects.create", ADMIN, {"code": tag, "title": "A"}
        )
        assert found.headers["Retry-After"]
        rival.execute("rollback")
        assert await world.rows("select 1 from projects") == []
