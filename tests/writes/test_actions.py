"""Hand-written operations: the row locked, the rules judged before and after, all or nothing."""

import asyncio
import json

import pytest

from accord.runtime import call
from tests.writes.world import ADMIN, caller

ONE = caller("member", id="per_1")


@pytest.fixture
async def project(world, tag):
    given = {"code": tag, "title": "A", "owner_id": "per_1", "budget": "12.5"}
    return await world.data("projects.create", ADMIN, given)


async def title(world, key):
    return await world.value("select title from projects where id = ?", key)


async def test_the_changed_row_is_answered_with_the_callers_view(world, project):
    shown = await world.data(
        "projects.retitle", ADMIN, key=project["id"], title="B", include=("owner",)
    )
    assert shown == {**project, "title": "B", "version": 2, "owner": {"id": "per_1"}}


async def test_the_callers_own_error_passes_through_and_rolls_back(world, project):
    await world.write("tasks.create", ADMIN, {"project_id": project["id"], "title": "open"})
    found = await world.refused(
        "WRITES_TEST_PROJECT_CLOSED", "projects.close", ADMIN, key=project["id"]
    )
    assert (found.status, found.message) == (409, f"Project {project['id']} is closed.")


async def test_an_unforeseen_error_rolls_back(world, project):
    made = world.call("projects.fail", ADMIN, key=project["id"])
    with pytest.raises(ZeroDivisionError):
        await world.run(made)
    assert await title(world, project["id"]) == "A"
    assert made.events == ()


async def test_the_row_must_be_in_the_rule_before(world, project):
    two = caller("member", id="per_2")
    await world.refused("NOT_FOUND", "projects.retitle", two, key=project["id"], title="B")
    reader = caller("reader", id="per_2")
    await world.refused("FORBIDDEN", "projects.retitle", reader, key=project["id"], title="B")
    await world.write("projects.close", ADMIN, key=project["id"])
    await world.refused("FORBIDDEN", "projects.retitle", ADMIN, key=project["id"], title="B")


async def test_the_row_must_be_in_the_rule_after(world, project):
    await world.refused("FORBIDDEN", "projects.steal", ONE, key=project["id"], to="per_2")
    owner = await world.value("select owner_id from projects where id = ?", project["id"])
    assert owner == "per_1"
    await world.write("projects.steal", ADMIN, key=project["id"], to="per_2")


async def test_a_version_can_be_demanded(world, project):
    key = project["id"]
    await world.refused(
        "PRECONDITION_FAILED", "projects.retitle", ADMIN, key=key, title="B", match=("7",)
    )
    await world.write("projects.retitle", ADMIN, key=key, title="B", match=("1",))


async def test_actions_on_one_row_come_one_after_another(world, project):
    await asyncio.gather(
        *(
            world.write("projects.retitle", ADMIN, key=project["id"], title=f"B{n}")
            for n in range(10)
        )
    )
    version = await world.value("select version from projects where id = ?", project["id"])
    assert version == 11


async def test_an_action_may_remove_its_row(world, project):
    outcome = await world.write("projects.vanish", ADMIN, key=project["id"])
    assert outcome.data is None
    assert await world.rows("select 1 from projects where id = ?", project["id"]) == []


async def test_none_is_a_shown_null(world, project):
    assert (await world.write("projects.nothing", ADMIN, key=project["id"])).data == b"null"


async def test_an_unknown_row_is_not_found(world):
    await world.refused("NOT_FOUND", "projects.retitle", ADMIN, key="prj_none", title="B")


# Of the resource as a whole


async def test_a_new_row_is_judged_and_shown(world, tag):
    shown = await world.data("projects.found", ONE, code=tag, owner="per_1")
    assert (shown["code"], shown["version"], shown["level"]) == (tag, 1, 3)
    await world.refused("FORBIDDEN", "projects.found", ONE, code=tag + "x", owner="per_2")
    assert await world.rows("select 1 from projects where code = ?", tag + "x") == []


async def test_a_list_keeps_its_order(world, tag):
    shown = await world.data("projects.twins", ADMIN, code=tag)
    assert [each["code"] for each in shown] == [f"{tag}b", f"{tag}a"]


async def test_a_row_that_was_never_added_is_the_developers_mistake(world):
    with pytest.raises(TypeError, match=r"add it with self.session.add"):
        await world.write("projects.spawn", ADMIN)


# Queries


async def test_values_are_told_as_the_wire_has_them(world, project):
    assert await world.data("projects.worth", ADMIN, key=project["id"]) == "12.50"
    assert await world.data("projects.state_of", ADMIN, key=project["id"]) == "is-open"
    assert await world.data("projects.states", ADMIN) == ["is-open", "is-closed"]


async def test_rows_of_a_query_keep_their_order_and_what_is_hidden_stays_hidden(world, tag):
    for name, owner in [("a", "per_1"), ("b", "per_2"), ("c", "per_1")]:
        given = {"code": tag + name, "title": tag + name, "owner_id": owner}
        await world.write("projects.create", ADMIN, given)
    titles = [tag + "c", tag + "b", tag + "a"]
    shown = await world.data("projects.peek", ADMIN, titles=titles)
    assert [each["title"] for each in shown] == titles
    assert await world.data("projects.peek", ADMIN, titles=["none of that"]) == []


@pytest.mark.parametrize("operation", ["projects.sneak", "projects.sneak_orm"])
async def test_a_query_that_changes_something_is_the_developers_mistake(world, project, operation):
    with pytest.raises(RuntimeError, match=r"is a query and changed something"):
        await world.write(operation, ADMIN, key=project["id"])
    assert await title(world, project["id"]) == "A"
    await world.write("projects.retitle", ADMIN, key=project["id"], title="B")


async def test_a_query_takes_no_lock(world, project):
    """It reads a row that somebody else holds."""
    if world.dialect == "sqlite":
        return
    async with world.database.session() as session:
        await session.fetch("select 1 from projects where id = $1 for update", [project["id"]])
        shown = await asyncio.wait_for(
            world.data("projects.worth", ADMIN, key=project["id"]), timeout=2
        )
    assert shown == "12.50"


# Events


async def test_what_is_emitted_is_told_after_the_commit_only(world, project):
    made = world.call("projects.close", ADMIN, key=project["id"], reason="done")
    assert made.events == ()
    await world.run(made)
    assert made.events == (call.Event("project.closed", {"reason": "done"}),)


async def test_a_declared_event_is_told_without_being_emitted(world, project):
    made = world.call("projects.close", ADMIN, key=project["id"])
    await world.run(made)
    assert made.events == (call.Event("project.closed"),)


async def test_the_answer_has_its_version(world, project):
    outcome = await world.write("projects.retitle", ADMIN, key=project["id"], title="B")
    assert (outcome.key, outcome.version, outcome.created) == (project["id"], "2", False)
    assert json.loads(outcome.data)["version"] == 2
