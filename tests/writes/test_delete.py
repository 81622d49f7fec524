"""A delete removes the row and its links, or marks it; referenced rows stay."""

import pytest

from tests.writes.family import memberships
from tests.writes.world import ADMIN, caller


async def test_a_deleted_row_is_gone(world, tag):
    made = await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    outcome = await world.write("projects.delete", ADMIN, key=made["id"])
    assert (outcome.data, outcome.created) == (None, False)
    assert world.spent == (1 if world.dialect == "postgresql" else 2)
    assert await world.rows("select 1 from projects where id = ?", made["id"]) == []
    await world.refused("NOT_FOUND", "projects.delete", ADMIN, key=made["id"])


async def test_link_rows_go_with_the_row(world, tag):
    made = await world.data(
        "people.create", ADMIN, {"email": tag, "name": "N", "teams": [101, 102]}
    )
    await world.write("people.delete", ADMIN, key=made["id"])
    assert await world.rows("select 1 from memberships where person_id = ?", made["id"]) == []


async def test_link_rows_go_from_the_other_side_too(world, tag):
    team = await world.data("teams.create", ADMIN, {"name": tag})
    await world.fill({memberships: [{"person_id": "per_1", "team_id": team["id"]}]})
    await world.write("teams.delete", ADMIN, key=team["id"])
    assert await world.rows("select 1 from memberships where team_id = ?", team["id"]) == []


async def test_a_referenced_row_stays_with_its_links(world, tag):
    made = await world.data("people.create", ADMIN, {"email": tag, "name": "N", "teams": [101]})
    given = {"code": tag, "title": "A", "owner_id": made["id"]}
    await world.write("projects.create", ADMIN, given)
    found = await world.refused("REFERENCED", "people.delete", ADMIN, key=made["id"])
    assert found.status == 409
    assert len(await world.rows("select 1 from memberships where person_id = ?", made["id"])) == 1


async def test_rows_the_database_deletes_along_are_no_reference(world, tag):
    made = await world.data(
        "projects.create", ADMIN, {"code": tag, "title": "A", "tasks": [{"title": "a"}]}
    )
    await world.write("projects.delete", ADMIN, key=made["id"])
    assert await world.rows("select 1 from tasks where project_id = ?", made["id"]) == []


async def test_a_rule_may_deny_it(world, tag):
    made = await world.data("people.create", ADMIN, {"email": tag, "name": "N", "role": "boss"})
    await world.refused("FORBIDDEN", "people.delete", ADMIN, key=made["id"])
    assert await world.rows("select 1 from people where id = ?", made["id"])


async def test_a_version_can_be_demanded(world, tag):
    made = await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    await world.refused(
        "PRECONDITION_FAILED", "projects.delete", ADMIN, key=made["id"], match=("2",)
    )
    await world.write("projects.delete", ADMIN, key=made["id"], match=("1",))


@pytest.fixture
async def note(world):
    return await world.data("notes.create", ADMIN, {"body": "b", "author_id": "per_1"})


async def test_a_soft_delete_marks_the_row(world, note):
    await world.write("notes.delete", ADMIN, key=note["id"])
    assert world.spent == (1 if world.dialect == "postgresql" else 2)
    found = await world.rows("select body, deleted_at from notes where id = ?", note["id"])
    assert found[0][0] == "b"
    assert found[0][1] is not None


@pytest.mark.parametrize("operation", ["notes.update", "notes.delete", "notes.replace"])
async def test_a_marked_row_is_gone_for_those_who_could_read_it(world, note, operation):
    await world.write("notes.delete", ADMIN, key=note["id"])
    given = {"body": "c", "author_id": "per_1"}
    await world.refused("GONE", operation, ADMIN, given, key=note["id"])
    await world.refused("GONE", operation, caller(id="per_1"), given, key=note["id"])
    await world.refused("NOT_FOUND", operation, caller(id="per_2"), given, key=note["id"])


async def test_a_marked_row_cannot_be_referred_to(world, note):
    given = {"body": "re", "answers_id": note["id"]}
    await world.write("notes.create", ADMIN, given)
    await world.write("notes.delete", ADMIN, key=note["id"])
    found = await world.refused("REFERENCE_NOT_FOUND", "notes.create", ADMIN, given)
    assert [each.pointer for each in found.details] == ["/answers_id"]
