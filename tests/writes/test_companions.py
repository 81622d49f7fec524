"""A companion is written with its change or not at all, on every path a write can take."""

import json

import pytest

from accord.query import change
from tests.writes.world import ADMIN, caller


def audit(made):
    """A row of facts of the call, of fields of the row, and of the row as a document."""
    spec = made.operation.spec
    if spec.name in ("peek", "worth"):
        raise AssertionError("queries change nothing that could be told")
    what = "+".join([spec.id, *(each.name for each in made.events)])
    columns = (("what", 0), ("row_id", "id"))
    if spec.resource == "projects":
        columns += (("title", "title"),)
    document = None if spec.resource == "teams" else "document"
    return [(change.Companion("audit", columns, document), [what])]


def nothing_of_rows(made):
    return [(change.Companion("audit", (("what", 0),)), [made.operation.spec.id])]


@pytest.fixture
async def audited(world):
    world.along(audit)
    await world.execute("delete from audit")
    return world


async def trail(world):
    return await world.rows("select what, row_id, title from audit order by id")


async def test_a_create_and_its_companion_are_one_statement_on_postgresql(audited, tag):
    made = await audited.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    assert audited.spent == (1 if audited.dialect == "postgresql" else 4)
    assert await trail(audited) == [("projects.create", made["id"], "A")]


async def test_the_document_is_the_row_in_its_wire_form(audited, tag):
    made = await audited.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    text = await audited.value("select document from audit")
    assert json.loads(text) == made


async def test_an_update_tells_the_row_as_it_became(audited, tag):
    made = await audited.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    await audited.write("projects.update", ADMIN, {"title": "B"}, key=made["id"])
    assert audited.spent == (1 if audited.dialect == "postgresql" else 4)
    assert (await trail(audited))[1:] == [("projects.update", made["id"], "B")]


async def test_a_delete_tells_the_row_as_it_was(audited, tag):
    made = await audited.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    await audited.write("projects.delete", ADMIN, key=made["id"])
    assert (await trail(audited))[1:] == [("projects.delete", made["id"], "A")]


async def test_a_soft_delete_tells_the_row_as_it_became(audited):
    made = await audited.data("notes.create", ADMIN, {"body": "b"})
    await audited.write("notes.delete", ADMIN, key=made["id"])
    sql = "select document from audit where what = 'notes.delete'"
    assert json.loads(await audited.value(sql))["deleted_at"] is not None


async def test_writes_in_steps_have_them_too(audited, tag):
    given = {"code": tag, "title": "A", "tasks": [{"title": "a"}]}
    made = await audited.data("projects.create", ADMIN, given)
    assert await trail(audited) == [("projects.create", made["id"], "A")]
    await audited.write("people.update", ADMIN, {"teams": [101]}, key="per_1")
    assert (await trail(audited))[1:] == [("people.update", "per_1", None)]


async def test_hooks_and_models_have_them_too(audited, tag):
    made = await audited.data("hooked-notes.create", ADMIN, {"body": "b"})
    ticket = await audited.data("tickets.create", ADMIN, {"number": tag})
    await audited.write("tickets.update", ADMIN, {"low": 1}, key=ticket["id"])
    await audited.write("tickets.delete", ADMIN, key=ticket["id"])
    assert [(what, row) for what, row, _ in await trail(audited)] == [
        ("hooked-notes.create+note.tidied", made["id"]),
        ("tickets.create", ticket["id"]),
        ("tickets.update", ticket["id"]),
        ("tickets.delete", ticket["id"]),
    ]


async def test_actions_have_them_and_they_know_of_the_events(audited, tag):
    made = await audited.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    await audited.write("projects.close", ADMIN, key=made["id"])
    found = await audited.data("projects.found", ADMIN, code=tag + "x", owner="per_1")
    assert (await trail(audited))[1:] == [
        ("projects.close+project.closed", made["id"], "A"),
        ("projects.found", found["id"], tag + "x"),
    ]


async def test_queries_have_none(audited, tag):
    made = await audited.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    await audited.write("projects.worth", ADMIN, key=made["id"])
    assert len(await trail(audited)) == 1


async def test_a_refused_write_leaves_none(audited, tag):
    one = caller("member", id="per_1")
    made = await audited.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    given = {"code": tag, "title": "B"}
    await audited.refused("UNIQUE_VIOLATION", "projects.create", ADMIN, given)
    given = {"code": tag + "x", "title": "B", "owner_id": "per_2"}
    await audited.refused("FORBIDDEN", "projects.create", one, given)
    key = made["id"]
    await audited.refused("NOT_FOUND", "projects.update", one, {"title": "B"}, key=key)
    await audited.refused("PRECONDITION_FAILED", "projects.delete", ADMIN, key=key, match=("9",))
    with pytest.raises(ZeroDivisionError):
        await audited.write("projects.fail", ADMIN, key=key)
    assert len(await trail(audited)) == 1


async def test_one_that_says_nothing_of_a_row_needs_none(world, tag):
    world.along(nothing_of_rows)
    await world.execute("delete from audit")
    made = await world.data("projects.create", ADMIN, {"code": tag, "title": "A"})
    await world.write("projects.twins", ADMIN, code=tag + "t")
    await world.write("projects.vanish", ADMIN, key=made["id"])
    assert [what for what, _, _ in await trail(world)] == [
        "projects.create",
        "projects.twins",
        "projects.vanish",
    ]
