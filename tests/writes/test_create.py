"""A create stores what was given and all defaults, and answers with the stored row."""

import json
import uuid

import pytest

from tests.writes.world import ADMIN, caller


async def test_a_row_is_answered_as_it_is_stored(world, tag):
    shown = await world.data("people.create", ADMIN, {"email": tag, "name": "Zoë", "secret": "s"})
    assert shown["email"] == tag
    assert shown["role"] == "hand"
    assert shown["version"] == 1
    assert "secret" not in shown
    stored = await world.rows("select name, secret from people where id = ?", shown["id"])
    assert stored == [("Zoë", "s")]


async def test_a_plain_create_is_one_statement_on_postgresql(world, tag):
    await world.write("projects.create", ADMIN, {"code": tag, "title": "A"})
    assert world.spent == (1 if world.dialect == "postgresql" else 3)


async def test_the_outcome_tells_key_version_and_that_it_was_created(world, tag):
    outcome = await world.write("people.create", ADMIN, {"email": tag, "name": "N"})
    assert outcome.created
    assert outcome.version == "1"
    assert outcome.flat
    assert outcome.key == json.loads(outcome.data)["id"]


async def test_defaults_of_python_sql_and_server_are_all_there(world, tag):
    shown = await world.data("people.create", ADMIN, {"email": tag, "name": "Kim"})
    assert shown["id"].startswith("per_")
    assert shown["handle"] == "@Kim"
    assert shown["updated_at"].endswith("Z")
    assert shown["seen_at"].endswith("Z")
    shown = await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    assert shown["level"] == 3
    assert shown["budget"] == "0.00"
    assert shown["state"] == "is-open"


async def test_a_default_may_be_the_caller(world, tag):
    one = caller("member", id="per_1")
    shown = await world.data("projects.create", one, {"code": tag, "title": "A"})
    assert shown["owner_id"] == "per_1"


async def test_a_given_value_beats_every_default(world, tag):
    shown = await world.data(
        "projects.create",
        ADMIN,
        {"code": tag, "title": "A", "owner_id": "per_2", "level": 8, "state": "is-closed"},
    )
    assert (shown["owner_id"], shown["level"], shown["state"]) == ("per_2", 8, "is-closed")


async def test_keys_made_by_the_database_come_back(world, tag):
    outcome = await world.write("teams.create", ADMIN, {"name": tag})
    assert json.loads(outcome.data)["id"] == int(outcome.key)
    assert await world.value("select name from teams where id = ?", int(outcome.key)) == tag


async def test_a_row_of_nothing_but_defaults_can_be_made(world):
    outcome = await world.write("bares.create", ADMIN, {})
    assert json.loads(outcome.data) == {"id": int(outcome.key), "label": "plain"}


async def test_uuid_keys_are_dashed_everywhere(world):
    outcome = await world.write("devices.create", ADMIN, {"label": "d"})
    assert str(uuid.UUID(outcome.key)) == outcome.key
    assert json.loads(outcome.data)["id"] == outcome.key


DEVICE = {
    "label": "d",
    "owner": "0b5c4b9a-7a9e-4a35-9d7c-3a9e5b1c2d3e",
    "price": "12.340",
    "weight": 0.30000000000000004,
    "active": False,
    "blob": "AP8Q",
    "uptime": "P1DT7200S",
    "made_on": "2024-02-29",
    "extra": {"a": [1, None, {"b": "ü"}]},
    "mode": "SLOW",
}


async def test_every_type_survives_a_write(world):
    shown = await world.data("devices.create", ADMIN, DEVICE)
    del shown["id"]
    assert shown == DEVICE


async def test_a_json_null_is_a_null_of_the_database(world):
    outcome = await world.write("devices.create", ADMIN, {"extra": None})
    null = "select count(*) from devices where extra is null and label is null"
    assert await world.value(null) >= 1
    assert json.loads(outcome.data)["extra"] is None


async def test_includes_are_shown_from_the_stored_row(world, tag):
    shown = await world.data(
        "projects.create",
        ADMIN,
        {"code": tag, "title": "A", "owner_id": "per_2"},
        include=("owner", "tasks"),
    )
    assert shown["owner"] == {"id": "per_2"}
    assert shown["tasks"] == []


async def test_an_include_that_reads_the_changed_table_again_is_up_to_date(world, tag):
    shown = await world.data(
        "people.create",
        ADMIN,
        {"email": tag, "name": "N", "boss_id": "per_1"},
        include=("boss", "hands"),
    )
    assert shown["boss"] == {"id": "per_1"}
    assert shown["hands"] == []


async def test_nothing_is_shown_when_nothing_was_asked_for(world, tag):
    outcome = await world.write("people.create", ADMIN, {"email": tag, "name": "N"}, shown=False)
    assert outcome.data is None
    assert outcome.created
    assert outcome.key.startswith("per_")


async def test_the_order_of_a_document_makes_no_other_statement(world, tag):
    given = {"code": tag, "title": "A", "budget": "1"}
    turned = dict(reversed(given.items()))
    first = world.compiled(world.call("projects.create", ADMIN, given))
    assert world.compiled(world.call("projects.create", ADMIN, turned)) is first


@pytest.mark.parametrize("who", [ADMIN, caller("member", id="per_1")], ids=["admin", "member"])
async def test_flat_means_that_the_version_alone_determines_the_body(world, tag, who):
    """As for reads: a field that is masked in some rows only makes the body depend on more."""
    outcome = await world.write("people.update", who, {"name": tag}, key="per_1")
    assert outcome.flat is ("admin" in who.roles)


async def test_a_key_may_be_the_callers_choice(world):
    outcome = await world.write("countries.create", ADMIN, {"code": "de"})
    assert outcome.key == "de"
    assert json.loads(outcome.data)["counted"] == 1


async def test_a_sequence_is_asked_where_there_are_some(world):
    shown = await world.data("countries.create", ADMIN, {"code": "fr"})
    assert (shown["rank"] is not None) is (world.dialect == "postgresql")


@pytest.mark.parametrize(
    ("role", "field", "own", "other"),
    [
        ("member", "owner", 7, 8),
        (
            "reader",
            "token",
            "0b5c4b9a-7a9e-4a35-9d7c-3a9e5b1c2d3e",
            "1b5c4b9a-7a9e-4a35-9d7c-3a9e5b1c2d3e",
        ),
    ],
)
async def test_rules_compare_the_callers_id_with_numbers_and_uuids(world, role, field, own, other):
    who = caller(role, id=str(own))
    shown = await world.data("countries.create", who, {"code": role[:2], field: own})
    assert shown[field] == own
    await world.refused("FORBIDDEN", "countries.create", who, {"code": "xx", field: other})
