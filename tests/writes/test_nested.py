"""Nested rows are written with their row, all or none, few statements for many rows."""

import pytest

from tests.writes.world import ADMIN, caller


def tasks(*titles, **more):
    return [{"title": title, **more} for title in titles]


async def test_rows_two_levels_deep_are_written(world, tag):
    given = {
        "code": tag,
        "title": "A",
        "tasks": [
            {"title": "a", "steps": [{"text": "a1"}, {"text": "a2"}]},
            {"title": "b", "points": 3},
        ],
    }
    shown = await world.data("projects.create", ADMIN, given, include=("tasks",))
    assert len(shown["tasks"]) == 2
    found = await world.rows(
        "select t.title, t.points, s.text from tasks t left join steps s on s.task_id = t.id "
        "where t.project_id = ? order by t.title, s.text",
        shown["id"],
    )
    assert found == [("a", 1, "a1"), ("a", 1, "a2"), ("b", 3, None)]


async def test_rows_of_one_form_share_statements(world, tag):
    titles = [f"t{n}" for n in range(20)]
    given = {"code": tag, "title": "A", "tasks": tasks(*titles)}
    shown = await world.data("projects.create", ADMIN, given, include=("tasks",))
    assert len(shown["tasks"]) == 20
    # The row and its document, and twenty tasks as sixteen and four.
    assert world.spent == (4 if world.dialect == "postgresql" else 5)
    found = await world.rows(
        "select title from tasks where project_id = ? order by id", shown["id"]
    )
    assert [title for (title,) in found] == titles


async def test_rows_of_several_forms_each_get_their_values(world, tag):
    given = {
        "code": tag,
        "title": "A",
        "tasks": [*tasks("a", "b", points=2), *tasks("c"), *tasks("d", points=4)],
    }
    shown = await world.data("projects.create", ADMIN, given)
    found = await world.rows(
        "select title, points from tasks where project_id = ? order by title", shown["id"]
    )
    assert found == [("a", 2), ("b", 2), ("c", 1), ("d", 4)]


@pytest.mark.parametrize(
    ("wrong", "code", "detail"),
    [
        ({"title": "a"}, "UNIQUE_VIOLATION", ("title", "/tasks/2/title")),
        ({"title": "z", "points": 0}, "CHECK_VIOLATION", ("points", "/tasks/2/points")),
        (
            {"title": "z", "assignee_id": "per_none"},
            "REFERENCE_NOT_FOUND",
            ("assignee_id", "/tasks/2/assignee_id"),
        ),
    ],
    ids=["unique", "check", "reference"],
)
async def test_the_row_that_is_refused_is_pointed_at_and_nothing_is_left(
    world, tag, wrong, code, detail
):
    given = {"code": tag, "title": "A", "tasks": [*tasks("a", "b"), wrong, *tasks("c", "d")]}
    # All rows alike, so that they would go in one statement.
    for each in given["tasks"]:
        each.update({name: each.get(name, {"points": 1}.get(name)) for name in wrong})
    found = await world.refused(code, "projects.create", ADMIN, given)
    assert detail in [(each.field, each.pointer) for each in found.details]
    assert await world.rows("select 1 from projects where code = ?", tag) == []


async def test_a_fault_two_levels_deep_is_pointed_at(world, tag):
    given = {
        "code": tag,
        "title": "A",
        "tasks": [
            {"title": "a"},
            {"title": "b", "steps": [{"text": "x"}, {"text": "y" * 51}]},
        ],
    }
    found = await world.refused("VALIDATION_ERROR", "projects.create", ADMIN, given)
    assert found.details[0].pointer == "/tasks/1/steps/1/text"


async def test_rules_of_nested_rows_see_the_row_they_belong_to(world, tag):
    one = caller("member", id="per_1")
    given = {"code": tag, "title": "A", "tasks": tasks("a", "b")}
    shown = await world.data("projects.create", one, given, include=("tasks",))
    assert len(shown["tasks"]) == 2


async def test_a_nested_row_needs_its_own_permission(world, tag):
    who = caller("writer", id="per_1")
    given = {"code": tag, "title": "A", "tasks": tasks("a")}
    await world.refused("FORBIDDEN", "projects.create", who, given)
    assert world.spent == 0


async def test_nested_references_are_judged_row_by_row(world, tag):
    """A boss is hidden from members: no nested row may point there."""
    one = caller("member", id="per_1")
    given = {
        "code": tag,
        "title": "A",
        "tasks": [
            {"title": "a", "assignee_id": "per_2"},
            {"title": "b", "assignee_id": "per_admin"},
        ],
    }
    found = await world.refused("REFERENCE_NOT_FOUND", "projects.create", one, given)
    assert [each.pointer for each in found.details] == ["/tasks/1/assignee_id"]
    assert await world.rows("select 1 from projects where code = ?", tag) == []
