"""A change sets what it names, counts the version, and holds to the version it was made for."""

import json

import pytest

from tests.writes.world import ADMIN, caller


@pytest.fixture
async def project(world, tag):
    return await world.data("projects.create", ADMIN, {"code": tag, "title": "A", "budget": "5"})


async def test_a_patch_sets_what_it_names_and_nothing_else(world, project):
    shown = await world.data("projects.update", ADMIN, {"title": "B"}, key=project["id"])
    assert shown == {**project, "title": "B", "version": 2}


async def test_a_patch_is_one_statement_on_postgresql(world, project):
    await world.write("projects.update", ADMIN, {"title": "B"}, key=project["id"])
    assert world.spent == (1 if world.dialect == "postgresql" else 3)


async def test_an_empty_patch_of_a_row_without_version_changes_nothing(world):
    made = await world.data("devices.create", ADMIN, {"label": "d"})
    assert await world.data("devices.update", ADMIN, {}, key=made["id"]) == made


async def test_null_clears_a_field(world, tag):
    made = await world.data("people.create", ADMIN, {"email": tag, "name": "N", "boss_id": "per_1"})
    shown = await world.data("people.update", ADMIN, {"boss_id": None}, key=made["id"])
    assert shown["boss_id"] is None


async def test_a_put_clears_what_it_leaves_out_and_sets_defaults_back(world, tag):
    given = {"email": tag, "name": "N", "nickname": "nick", "role": "boss", "secret": "s"}
    made = await world.data("people.create", ADMIN, given)
    shown = await world.data("people.replace", ADMIN, {"email": tag, "name": "M"}, key=made["id"])
    assert (shown["name"], shown["nickname"], shown["role"]) == ("M", None, "hand")
    assert await world.value("select secret from people where id = ?", made["id"]) is None
    assert shown["version"] == 2


async def test_columns_with_an_onupdate_change_along(world, tag):
    """By a callable of Python and by an expression of SQL."""
    made = await world.data("people.create", ADMIN, {"email": tag, "name": "N"})
    sql = "update people set updated_at = seen_at, seen_at = '2001-01-01 00:00:00' where id = '{}'"
    await world.execute(sql.format(made["id"]))
    shown = await world.data("people.update", ADMIN, {"name": "M"}, key=made["id"])
    assert shown["updated_at"] != made["updated_at"]
    assert not shown["seen_at"].startswith("2001")


async def test_the_matching_version_is_changed_and_an_older_one_refused(world, project):
    key = project["id"]
    shown = await world.data("projects.update", ADMIN, {"title": "B"}, key=key, match=("1",))
    assert shown["version"] == 2
    await world.refused(
        "PRECONDITION_FAILED", "projects.update", ADMIN, {"title": "C"}, key=key, match=("1",)
    )
    assert await world.value("select title from projects where id = ?", key) == "B"
    await world.write("projects.update", ADMIN, {"title": "C"}, key=key, match=("1", "2"))
    await world.write("projects.update", ADMIN, {"title": "D"}, key=key, match=("*",))


async def test_a_row_without_version_is_matched_by_its_state(world):
    made = await world.write("devices.create", ADMIN, {"label": "d"})
    assert made.version
    key = json.loads(made.data)["id"]
    changed = await world.write(
        "devices.update", ADMIN, {"label": "e"}, key=key, match=(made.version,)
    )
    assert changed.version != made.version
    await world.refused(
        "PRECONDITION_FAILED",
        "devices.update",
        ADMIN,
        {"label": "f"},
        key=key,
        match=(made.version,),
    )
    await world.write("devices.delete", ADMIN, key=key, match=(changed.version,))


async def test_if_none_match_star_refuses_to_change_a_row_that_is_there(world, project):
    await world.refused(
        "PRECONDITION_FAILED",
        "projects.replace",
        ADMIN,
        {"code": "c", "title": "B"},
        key=project["id"],
        none_match=("*",),
    )
    title = await world.value("select title from projects where id = ?", project["id"])
    assert title == "A"


async def test_an_unknown_row_is_not_found(world):
    await world.refused("NOT_FOUND", "projects.update", ADMIN, {"title": "B"}, key="prj_none")
    await world.refused(
        "NOT_FOUND", "projects.update", ADMIN, {"title": "B"}, key="prj_none", match=("*",)
    )


async def test_what_is_shown_is_up_to_date_where_the_row_is_reached_again(world, tag):
    """Nested rows are read after the change, also when they lie in the changed table."""
    boss = await world.data("people.create", ADMIN, {"email": tag, "name": "N"})
    hand = {"email": tag + "h", "name": "H", "boss_id": boss["id"]}
    made = await world.data("people.create", ADMIN, hand, include=("boss",))
    assert made["boss"] == {"id": boss["id"]}
    shown = await world.data(
        "people.update", ADMIN, {"boss_id": made["id"]}, key=boss["id"], include=("boss", "hands")
    )
    assert shown["boss"] == {"id": made["id"]}
    assert shown["hands"] == [{"id": made["id"]}]


async def test_an_integer_key_is_found(world, project):
    task = await world.data("tasks.create", ADMIN, {"project_id": project["id"], "title": "T"})
    shown = await world.data("tasks.update", ADMIN, {"points": 7}, key=task["id"])
    assert shown == {**task, "points": 7}


async def test_a_uuid_key_is_found(world):
    outcome = await world.write("devices.create", ADMIN, {"label": "d"})
    shown = await world.data("devices.update", caller("admin"), {"label": "e"}, key=outcome.key)
    assert (shown["id"], shown["label"]) == (outcome.key, "e")
