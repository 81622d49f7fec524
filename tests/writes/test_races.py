"""Of changes made for one version at the same time exactly one is made; the others are told why."""

import asyncio
import collections

import asyncpg
import pytest

from accord.kernel import problem
from tests.writes import world as worlds
from tests.writes.world import ADMIN


async def outcome(running):
    try:
        await running
    except problem.Problem as refused:
        return refused.code
    return "made"


async def test_of_fifty_changes_for_one_version_one_wins(world, tag):
    made = await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    told = await asyncio.gather(
        *(
            outcome(
                world.write(
                    "projects.update", ADMIN, {"title": f"B{n}"}, key=made["id"], match=("1",)
                )
            )
            for n in range(50)
        )
    )
    assert collections.Counter(told) == {"made": 1, "PRECONDITION_FAILED": 49}
    assert await world.value("select version from projects where id = ?", made["id"]) == 2


async def test_of_fifty_changes_for_one_state_one_wins(world):
    made = await world.write("devices.create", ADMIN, {"label": "d"})
    told = await asyncio.gather(
        *(
            outcome(
                world.write(
                    "devices.update", ADMIN, {"label": f"e{n}"}, key=made.key, match=(made.version,)
                )
            )
            for n in range(50)
        )
    )
    assert collections.Counter(told) == {"made": 1, "PRECONDITION_FAILED": 49}


async def test_changes_without_a_condition_are_all_made(world, tag):
    made = await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    told = await asyncio.gather(
        *(
            outcome(world.write("projects.update", ADMIN, {"title": f"B{n}"}, key=made["id"]))
            for n in range(20)
        )
    )
    assert set(told) == {"made"}
    assert await world.value("select version from projects where id = ?", made["id"]) == 21


async def test_of_changes_and_deletes_none_is_half_made(world, tag):
    made = await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    key = made["id"]
    told = await asyncio.gather(
        *(
            outcome(world.write(name, ADMIN, given, key=key))
            for name, given in [("projects.update", {"title": "B"}), ("projects.delete", None)] * 10
        )
    )
    assert set(told) <= {"made", "NOT_FOUND"}
    assert told[1::2].count("made") == 1
    assert await world.rows("select 1 from projects where id = ?", key) == []


@pytest.fixture
async def rivals(postgres_url):
    """A world on PostgreSQL and a connection of somebody else."""
    async with worlds.serving(postgres_url) as world:
        rival = await asyncpg.connect(postgres_url)
        try:
            yield world, rival
        finally:
            await rival.close()


async def during(rival, statements, running):
    """Start a write while the rival holds uncommitted changes, then let them be committed."""
    transaction = rival.transaction()
    await transaction.start()
    for each in statements:
        await rival.execute(each)
    task = asyncio.ensure_future(outcome(running))
    await asyncio.sleep(0.1)
    assert not task.done()
    await transaction.commit()
    return await task


async def project(world, tag):
    made = await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    return made["id"]


async def test_a_version_that_rises_meanwhile_is_412_not_404(rivals, tag):
    """The one statement locks the row before it compares."""
    world, rival = rivals
    key = await project(world, tag)
    bump = f"update projects set version = version + 1 where id = '{key}'"
    write = world.write("projects.update", ADMIN, {"title": "B"}, key=key, match=("1",))
    assert await during(rival, [bump], write) == "PRECONDITION_FAILED"


async def test_a_version_that_becomes_the_wanted_one_meanwhile_matches(rivals, tag):
    world, rival = rivals
    key = await project(world, tag)
    bump = f"update projects set version = version + 1 where id = '{key}'"
    write = world.write("projects.update", ADMIN, {"title": "B"}, key=key, match=("2",))
    assert await during(rival, [bump], write) == "made"
    found = await world.rows("select title, version from projects where id = ?", key)
    assert found == [("B", 3)]


async def test_a_row_that_goes_meanwhile_is_404(rivals, tag):
    world, rival = rivals
    key = await project(world, tag)
    gone = f"delete from projects where id = '{key}'"
    write = world.write("projects.update", ADMIN, {"title": "B"}, key=key, match=("1",))
    assert await during(rival, [gone], write) == "NOT_FOUND"
    key = await project(world, tag + "d")
    gone = f"delete from projects where id = '{key}'"
    assert (
        await during(rival, [gone], world.write("projects.delete", ADMIN, key=key)) == "NOT_FOUND"
    )


async def test_a_row_that_leaves_the_rule_meanwhile_is_403(rivals, tag):
    world, rival = rivals
    key = await project(world, tag)
    close = f"update projects set state = 'is-closed' where id = '{key}'"
    write = world.write("projects.update", ADMIN, {"title": "B"}, key=key)
    assert await during(rival, [close], write) == "FORBIDDEN"


async def test_other_fields_changed_meanwhile_are_kept(rivals, tag):
    world, rival = rivals
    key = await project(world, tag)
    other = f"update projects set budget = 77 where id = '{key}'"
    write = world.write("projects.update", ADMIN, {"title": "B"}, key=key)
    assert await during(rival, [other], write) == "made"
    found = await world.rows("select title, budget from projects where id = ?", key)
    assert [(title, int(budget)) for title, budget in found] == [("B", 77)]
