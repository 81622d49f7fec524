"""What a constraint refuses is a Problem naming the caller's field; nothing half-written stays."""

import pytest

from tests.writes.world import ADMIN, caller


def told(found):
    return [(each.code, each.field, each.pointer) for each in found.details]


@pytest.fixture
async def project(world, tag):
    return await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})


async def test_a_unique_constraint_by_name(world, project):
    given = {"code": project["code"], "title": "B"}
    found = await world.refused("UNIQUE_VIOLATION", "projects.create", ADMIN, given)
    assert found.status == 409
    assert told(found) == [("DUPLICATE", "code", "/code")]


async def test_a_unique_column(world, tag):
    given = {"email": "one@x.y", "name": "N"}
    found = await world.refused("UNIQUE_VIOLATION", "people.create", ADMIN, given)
    assert told(found) == [("DUPLICATE", "email", "/email")]


async def test_a_unique_constraint_of_two_columns_without_a_name(world, project):
    given = {"project_id": project["id"], "title": "T"}
    await world.write("tasks.create", ADMIN, given)
    found = await world.refused("UNIQUE_VIOLATION", "tasks.create", ADMIN, given)
    assert sorted(told(found)) == [
        ("DUPLICATE", "project_id", "/project_id"),
        ("DUPLICATE", "title", "/title"),
    ]


async def test_a_key_that_is_taken(world):
    await world.write("countries.create", ADMIN, {"code": "at"})
    found = await world.refused("UNIQUE_VIOLATION", "countries.create", ADMIN, {"code": "at"})
    assert told(found) == [("DUPLICATE", "code", "/code")]


async def test_an_update_is_refused_like_a_create(world, project, tag):
    other = await world.data("projects.create", ADMIN, {"code": tag + "x", "title": "A"})
    given = {"code": project["code"], "title": "B"}
    found = await world.refused(
        "UNIQUE_VIOLATION", "projects.update", ADMIN, given, key=other["id"]
    )
    assert told(found) == [("DUPLICATE", "code", "/code")]
    found = await world.rows("select title, version from projects where id = ?", other["id"])
    assert found == [("A", 1)]


async def test_a_check_by_name(world, tag):
    given = {"code": tag, "title": "A", "budget": "-1"}
    found = await world.refused("CHECK_VIOLATION", "projects.create", ADMIN, given)
    assert found.status == 422
    assert told(found) == [("CHECK_FAILED", "budget", "/budget")]


async def test_a_check_without_a_name(world, project):
    given = {"project_id": project["id"], "title": "T", "points": 0}
    found = await world.refused("CHECK_VIOLATION", "tasks.create", ADMIN, given)
    assert told(found) == [("CHECK_FAILED", "points", "/points")]


async def test_a_foreign_key(world, tag):
    given = {"code": tag, "title": "A", "owner_id": "per_none"}
    found = await world.refused("REFERENCE_NOT_FOUND", "projects.create", ADMIN, given)
    assert found.status == 422
    assert told(found) == [("NOT_FOUND_REFERENCE", "owner_id", "/owner_id")]


async def test_a_foreign_key_that_a_default_filled_in(world, tag):
    """The caller has no row of its own: named on both databases, pointing nowhere."""
    who = caller("admin", id="per_gone")
    found = await world.refused(
        "REFERENCE_NOT_FOUND", "projects.create", who, {"code": tag, "title": "A"}
    )
    assert told(found) == [("NOT_FOUND_REFERENCE", "owner_id", None)]


async def test_not_null(world):
    """A null that only a hook could leave: no document may send one."""
    made = world.call("projects.create", ADMIN, {"code": "null", "title": "A"})
    made.change.values["title"] = None
    with pytest.raises(Exception, match="NOT_NULL_VIOLATION") as caught:
        await world.run(made)
    assert told(caught.value) == [("REQUIRED", "title", "/title")]


async def test_a_value_the_column_cannot_hold(world):
    made = world.call("people.create", ADMIN, {"email": "long", "name": "n"})
    made.change.values["name"] = "n" * 21
    if world.dialect == "sqlite":
        await world.run(made)  # SQLite knows no lengths; documents are judged before
    else:
        with pytest.raises(Exception, match="VALIDATION_ERROR"):
            await world.run(made)


async def test_a_link_table_names_its_relation(world):
    """Reached only in a race: the count before has found the row."""
    resource = world.binding.resources["people"]
    assert resource.constraints["memberships_team_id_fkey"] == ("teams",)


async def test_nothing_is_left_of_a_write_that_failed_late(world, tag):
    given = {"email": tag, "name": "N", "teams": [101, 999]}
    await world.refused("REFERENCE_NOT_FOUND", "people.create", ADMIN, given)
    assert await world.rows("select 1 from people where email = ?", tag) == []


async def test_by_the_mapper_too(world, tag):
    await world.write("tickets.create", ADMIN, {"number": tag})
    found = await world.refused("UNIQUE_VIOLATION", "tickets.create", ADMIN, {"number": f" {tag}"})
    assert told(found) == [("DUPLICATE", "number", "/number")]
    given = {"number": tag + "x", "lines": [{"text": "a", "count": 1}, {"text": "b", "count": 0}]}
    found = await world.refused("CHECK_VIOLATION", "tickets.create", ADMIN, given)
    assert told(found) == [("CHECK_FAILED", "count", "/lines/1/count")]
    assert await world.rows("select 1 from tickets where number = ?", (tag + "x").upper()) == []
    given = {"number": tag + "x", "owner_id": "per_none"}
    found = await world.refused("REFERENCE_NOT_FOUND", "tickets.create", ADMIN, given)
    assert told(found) == [("NOT_FOUND_REFERENCE", "owner_id", "/owner_id")]


async def test_by_actions_too(world, project, tag):
    other = await world.data("projects.create", ADMIN, {"code": tag + "x", "title": "A"})
    found = await world.refused(
        "UNIQUE_VIOLATION", "projects.wrong", ADMIN, key=other["id"], wanted=project["code"]
    )
    assert told(found) == [("DUPLICATE", "code", None)]
