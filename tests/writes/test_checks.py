"""Checks across fields see the row as it would be stored, the stored values included."""

import pytest

from tests.writes.world import ADMIN


@pytest.fixture
async def project(world, tag):
    given = {"code": tag, "title": "A", "starts": "2024-02-01", "ends": "2024-03-01"}
    return await world.data("projects.create", ADMIN, given)


async def test_a_create_is_checked_without_a_statement(world, tag):
    given = {"code": tag, "title": "A", "starts": "2024-02-01", "ends": "2024-01-01"}
    found = await world.refused("VALIDATION_ERROR", "projects.create", ADMIN, given)
    assert [(each.code, each.message, each.pointer) for each in found.details] == [
        ("CHECK_FAILED", "It cannot end before it starts.", "/starts")
    ]
    assert world.spent == 0


async def test_an_update_of_one_field_is_checked_with_the_stored_other(world, project):
    given = {"ends": "2024-01-01"}
    found = await world.refused(
        "VALIDATION_ERROR", "projects.update", ADMIN, given, key=project["id"]
    )
    assert [(each.field, each.pointer) for each in found.details] == [("ends", "/ends")]
    await world.write("projects.update", ADMIN, {"starts": "2024-02-29"}, key=project["id"])
    await world.write("projects.update", ADMIN, {"starts": None}, key=project["id"])
    await world.write("projects.update", ADMIN, given, key=project["id"])


async def test_an_update_that_cannot_break_a_check_is_not_checked(world, project):
    """A row that broke a rule before the rule came can still be changed elsewhere."""
    await world.execute(f"update projects set ends = '1999-01-01' where id = '{project['id']}'")
    await world.write("projects.update", ADMIN, {"title": "B"}, key=project["id"])
    assert world.spent == (1 if world.dialect == "postgresql" else 3)
    await world.refused(
        "VALIDATION_ERROR", "projects.update", ADMIN, {"starts": "2024-02-02"}, key=project["id"]
    )


async def test_a_hidden_row_is_not_told_by_a_check(world):
    given = {"ends": "2024-01-01"}
    await world.refused("NOT_FOUND", "projects.update", ADMIN, given, key="prj_none")


async def test_nested_rows_and_models_are_checked(world, tag):
    given = {"number": tag, "low": 2, "high": 1}
    found = await world.refused("VALIDATION_ERROR", "tickets.create", ADMIN, given)
    assert found.details[0].message == "low must not be above high."
    made = await world.data("tickets.create", ADMIN, {**given, "high": 3})
    found = await world.refused(
        "VALIDATION_ERROR", "tickets.update", ADMIN, {"high": 1}, key=made["id"]
    )
    assert [each.pointer for each in found.details] == ["/high"]
    await world.write("tickets.update", ADMIN, {"high": 1, "low": 1}, key=made["id"])
