"""Hooks run before a write that sets what they wait for, and may change or refuse it."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from accord import Resource, allow, before, everyone, role
from accord import caller as who
from accord.kernel import problem
from tests.writes import api
from tests.writes import world as worlds
from tests.writes.family import Person, Project, Step, Task, Team
from tests.writes.world import ADMIN, caller


async def test_a_hook_changes_what_is_stored(world):
    shown = await world.data("hooked-notes.create", ADMIN, {"body": "  hi "})
    assert shown["body"] == "hi"
    shown = await world.data("hooked-notes.update", ADMIN, {"body": " ho "}, key=shown["id"])
    assert shown["body"] == "ho"


async def test_a_hook_refuses(world):
    found = await world.refused("VALIDATION_ERROR", "hooked-notes.create", ADMIN, {"body": "rude"})
    assert [each.field for each in found.details] == ["body"]


async def test_a_hook_waits_for_its_fields(world):
    made = await world.data("hooked-notes.create", ADMIN, {"body": "hi"})
    call = world.call("hooked-notes.update", ADMIN, {"author_id": "per_1"}, key=made["id"])
    await world.run(call)
    assert call.events == ()
    assert world.spent == (1 if world.dialect == "postgresql" else 3)


async def test_a_hook_may_emit(world):
    call = world.call("hooked-notes.create", ADMIN, {"body": "hi"})
    await world.run(call)
    assert [each.name for each in call.events] == ["note.tidied"]


async def test_no_hook_runs_for_a_row_the_caller_may_not_change(world):
    made = await world.data("hooked-notes.create", ADMIN, {"body": "b", "author_id": "per_1"})
    two = caller("member", id="per_2")
    await world.refused("NOT_FOUND", "hooked-notes.delete", two, key=made["id"])
    await world.refused("NOT_FOUND", "hooked-notes.update", two, {"body": "rude"}, key=made["id"])
    one = caller("member", id="per_1")
    await world.refused("CONFLICT", "hooked-notes.delete", one, key=made["id"])


async def test_what_a_hook_sets_is_not_held_against_the_caller(hooked):
    """A field list judges what the caller set, in the row and in those nested in it."""
    one = caller("member", id="per_1")
    shown = await hooked.data(
        "projects.create", one, {"code": "c", "title": "A", "tasks": [{"title": "a"}]}
    )
    assert shown["budget"] == "7.00"
    found = await hooked.rows("select title, points from tasks order by id")
    assert found == [("a", 7), ("added", 1)]


async def test_rows_that_a_hook_adds_and_removes_are_so_written(hooked):
    tasks = [{"title": title} for title in ("a", "drop", "b", "c")]
    shown = await hooked.data(
        "projects.create", ADMIN, {"code": "c", "title": "A", "tasks": tasks}, include=("tasks",)
    )
    found = await hooked.rows(
        "select title from tasks where project_id = ? order by id", shown["id"]
    )
    assert [title for (title,) in found] == ["a", "b", "c", "added"]


async def test_hooks_of_nested_rows_run_at_every_depth(hooked):
    given = {"code": "c", "title": "A", "tasks": [{"title": "a", "steps": [{"text": "x"}]}]}
    await hooked.write("projects.create", ADMIN, given)
    assert await hooked.rows("select text from steps") == [("X",)]


async def test_a_refused_row_among_many_is_pointed_at_in_a_session_too(hooked):
    tasks = [{"title": title} for title in ("a", "b", "a", "c")]
    found = await hooked.refused(
        "UNIQUE_VIOLATION", "projects.create", ADMIN, {"code": "c", "title": "A", "tasks": tasks}
    )
    assert "/tasks/2/title" in [each.pointer for each in found.details]
    assert await hooked.rows("select 1 from projects") == []


async def test_without_nested_rows_the_write_needs_no_session(hooked):
    await hooked.write("projects.create", ADMIN, {"code": "c", "title": "A"})
    assert hooked.spent == (1 if hooked.dialect == "postgresql" else 3)


async def test_a_foreign_key_set_by_a_hook_is_named_on_both_databases(hooked):
    with pytest.raises(problem.Problem) as caught:
        await hooked.write("projects.create", ADMIN, {"code": "nobody", "title": "A", "tasks": []})
    assert caught.value.code == "REFERENCE_NOT_FOUND"
    assert [(each.field, each.pointer) for each in caught.value.details] == [("owner_id", None)]


class People(Resource[Person]):
    access = [allow("R", everyone)]


class Teams(Resource[Team]):
    access = [allow("R", everyone)]


class Projects(Resource[Project]):
    access = [
        allow("CRUD", role("admin")),
        allow(
            "CR", role("member"), fields=[Project.id, Project.code, Project.title, Project.budget]
        ),
    ]
    defaults = {Project.owner_id: who.id}
    nested = [Project.tasks]

    @before("create", fields=[Project.tasks])
    async def fill(self, values: MutableMapping[str, Any]) -> None:
        values["budget"] = 7
        if values["code"] == "nobody":
            values["owner_id"] = "per_none"
        rows = [each for each in values["tasks"] if each["title"] != "drop"]
        for each in rows:
            each["points"] = 7
        values["tasks"] = [*rows, {"title": "added"}] if rows else []


class Tasks(Resource[Task]):
    access = [
        allow("CRUD", role("admin")),
        allow("CR", role("member"), fields=[Task.title]),
    ]
    nested = [Task.steps]


class Steps(Resource[Step]):
    access = [allow("CRUD", role("admin"))]

    @before("create")
    def shout(self, values: MutableMapping[str, Any]) -> None:
        values["text"] = values["text"].upper()


@pytest.fixture
async def hooked(fresh_database_url):
    made = api.make(People, Teams, Projects, Tasks, Steps)
    async with worlds.serving(fresh_database_url, made) as world:
        yield world
