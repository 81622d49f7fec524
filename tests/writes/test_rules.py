"""A write may neither touch nor produce a row outside the rules, and is told why in few words."""

import pytest

from tests.writes import api
from tests.writes import world as worlds
from tests.writes.world import ADMIN, caller

ONE, TWO = caller("member", id="per_1"), caller("member", id="per_2")
READER = caller("reader", id="per_1")
NOBODY = caller(id=None)


@pytest.fixture
async def project(world, tag):
    given = {"code": tag, "title": "A", "owner_id": "per_1"}
    return await world.data("projects.create", ADMIN, given)


async def stored(world, key):
    found = await world.rows("select title, owner_id from projects where id = ?", key)
    return found[0] if found else None


async def test_an_operation_nobody_allowed_is_refused_without_a_statement(world):
    await world.refused("FORBIDDEN", "teams.create", ONE, {"name": "x"})
    assert world.spent == 0
    await world.refused("UNAUTHENTICATED", "teams.create", NOBODY, {"name": "x"})
    await world.refused("FORBIDDEN", "projects.delete", ONE, key="prj_none")


async def test_a_new_row_outside_the_rule_is_not_made(world, tag):
    given = {"code": tag, "title": "A", "owner_id": "per_2"}
    await world.refused("FORBIDDEN", "projects.create", ONE, given)
    assert await world.rows("select 1 from projects where code = ?", tag) == []


async def test_a_row_outside_the_rule_is_not_touched(world, project):
    await world.refused("NOT_FOUND", "projects.update", TWO, {"title": "B"}, key=project["id"])
    assert await stored(world, project["id"]) == ("A", "per_1")


async def test_a_readable_row_outside_the_rule_is_forbidden(world, project):
    who = caller("reader", id="per_2")
    await world.refused("FORBIDDEN", "projects.update", who, {"title": "B"}, key=project["id"])


async def test_a_change_that_leads_out_of_the_rule_is_not_made(world, project):
    """Neither giving a row away nor leading it into a denial."""
    for given in ({"owner_id": "per_2"}, {"state": "is-closed"}):
        await world.refused("FORBIDDEN", "projects.update", ONE, given, key=project["id"])
    assert await stored(world, project["id"]) == ("A", "per_1")


async def test_a_denial_beats_every_permission(world, project):
    await world.execute(f"update projects set state = 'is-closed' where id = '{project['id']}'")
    for operation in ("projects.update", "projects.delete"):
        await world.refused("FORBIDDEN", operation, ADMIN, {"title": "B"}, key=project["id"])


async def test_fields_that_a_caller_never_sets_are_named(world, project):
    found = await world.refused(
        "FIELD_FORBIDDEN",
        "projects.update",
        ONE,
        {"title": "B", "code": "c", "level": 9},
        key=project["id"],
    )
    assert found.status == 403
    assert [(each.code, each.field, each.pointer) for each in found.details] == [
        ("FIELD_NOT_ALLOWED", "code", "/code"),
        ("FIELD_NOT_ALLOWED", "level", "/level"),
    ]
    assert world.spent == 0


async def test_the_fields_of_a_grant_may_be_set(world, project):
    shown = await world.data("projects.update", ONE, {"title": "B"}, key=project["id"])
    assert shown["title"] == "B"


async def test_a_put_sets_all_fields_so_that_a_field_list_forbids_it(world, project):
    given = {"code": project["code"], "title": "B", "owner_id": "per_1"}
    await world.refused("FIELD_FORBIDDEN", "projects.replace", ONE, given, key=project["id"])


async def test_references_to_hidden_rows_are_not_found(world, tag):
    """A boss is hidden from members; to the administrator it is there."""
    for boss in ("per_admin", "per_none"):
        given = {"title": tag, "assignee_id": boss}
        made = {"code": tag, "title": "A", "tasks": [given]}
        found = await world.refused("REFERENCE_NOT_FOUND", "projects.create", ONE, made)
        assert found.details[0].pointer == "/tasks/0/assignee_id"
    made = {"code": tag, "title": "A", "owner_id": "per_admin"}
    await world.write("projects.create", ADMIN, made)


async def test_a_changed_reference_is_judged_and_an_old_one_is_not(world, tag):
    made = await world.data(
        "projects.create", ADMIN, {"code": tag, "title": "A", "owner_id": "per_1"}
    )
    given = {"project_id": made["id"], "title": "T", "assignee_id": "per_admin"}
    task = await world.data("tasks.create", ADMIN, given)
    await world.write("tasks.update", ONE, {"points": 2}, key=task["id"])
    await world.refused(
        "REFERENCE_NOT_FOUND", "tasks.update", ONE, {"assignee_id": "per_admin"}, key=task["id"]
    )


async def test_rules_that_read_what_the_database_fills_in_are_judged_after(world):
    who = caller("member")
    shown = await world.data("meters.create", who, {"reading": 10})
    assert (shown["grade"], shown["double"]) == (5, 20)
    before = await world.value("select count(*) from meters")
    await world.refused("FORBIDDEN", "meters.create", who, {"reading": 11})
    await world.refused("FORBIDDEN", "meters.create", who, {"reading": 1, "grade": 4})
    assert await world.value("select count(*) from meters") == before
    await world.refused("FORBIDDEN", "meters.update", who, {"reading": 12}, key=shown["id"])
    shown = await world.data("meters.update", who, {"reading": 9}, key=shown["id"])
    assert (shown["reading"], shown["double"]) == (9, 18)


async def test_what_was_written_is_shown_as_far_as_it_may_be_read(world, project):
    shown = await world.data("projects.update", READER, {"title": "B"}, key=project["id"])
    assert shown == {"id": project["id"], "title": "B", "owner_id": "per_1"}


async def test_a_masked_field_stays_hidden_in_the_answer_to_a_write(world):
    """Everyone else's nickname is hidden, also from who may change it."""
    await world.write("people.update", ADMIN, {"nickname": "nick"}, key="per_2")
    shown = await world.data("people.update", caller("keeper"), {"name": "Two"}, key="per_2")
    assert shown["nickname"] is None


async def test_a_row_its_maker_may_not_read_is_made_and_not_shown(world, tag):
    who = caller("writer", id="per_1")
    outcome = await world.write("projects.create", who, {"code": tag, "title": "A"})
    assert outcome.data is None
    assert outcome.created
    assert await world.value("select id from projects where code = ?", tag) == outcome.key


async def test_a_row_that_its_changer_may_no_longer_read_is_not_shown(world, tag):
    made = await world.data("people.create", ADMIN, {"email": tag, "name": "N"})
    outcome = await world.write("people.update", caller("keeper"), {"role": "boss"}, key=made["id"])
    assert outcome.data is None
    assert await world.value("select role from people where id = ?", made["id"]) == "boss"


async def test_hidden_and_absent_rows_can_be_told_apart_where_the_api_says_so(database_url, tag):
    async with worlds.serving(database_url, api.make(reveal=True)) as world:
        given = {"code": tag, "title": "A", "owner_id": "per_1"}
        made = await world.data("projects.create", ADMIN, given)
        await world.refused("FORBIDDEN", "projects.update", TWO, {"title": "B"}, key=made["id"])
        await world.refused("NOT_FOUND", "projects.update", TWO, {"title": "B"}, key="prj_none")
        await world.refused("FORBIDDEN", "projects.close", TWO, key=made["id"])
