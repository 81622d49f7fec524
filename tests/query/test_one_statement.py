"""A read is one statement, whatever it asks for and whoever asks."""

import sqlite3

import pytest

from accord.kernel import problem
from accord.query import selection, shape
from tests.query import drawing, family, world
from tests.query.world import obj, order, page, related

ALL = world.caller("all")


@pytest.fixture(scope="module")
async def filled(database_url):
    async with world.serving(family.api, database_url) as each:
        groups = [{"id": 1, "name": "a", "rank": 1}, {"id": 2, "name": "b", "rank": 2}]
        people = [
            {
                "id": number,
                "name": f"p{number}",
                "score": number,
                "mood": family.Mood.SUNNY,
                "age": number * 10,
                "boss_id": 1,
                "group_id": 1 + number % 2,
            }
            for number in range(1, 7)
        ]
        notes = [
            {"id": number, "body": "x", "public": True, "person_id": 1 + number % 6}
            for number in range(1, 30)
        ]
        tags = [{"id": 1, "label": "t"}]
        wearing = [{"person_id": number, "tag_id": 1} for number in range(1, 7)]
        await each.fill(
            {
                family.Group: groups,
                family.Person: people,
                family.Note: notes,
                family.Tag: tags,
                family.wearing: wearing,
            }
        )
        yield each


def nested(depth):
    """People with their reports, notes and tags, each with theirs, so deep."""
    if depth == 0:
        return (), ()
    inner, nodes = nested(depth - 1)
    reports = related(
        "reports",
        ("id",),
        resource="people",
        order=order("-age", "id"),
        page=page(5),
        related=inner,
    )
    notes = related("notes", ("id",), resource="notes", order=order("id"))
    tags = related("tags", ("id",), resource="tags", order=order("id"), page=page(2))
    group = related("group", ("id",), resource="groups")
    entries = (
        ("reports", shape.Rel("reports", shape.Obj((("id", shape.Field("id")), *nodes)))),
        ("notes", shape.Rel("notes", obj("id"))),
        ("tags", shape.Connection("tags", obj("id"), page_info=True, total=True, cursor=True)),
        ("group", shape.Rel("group", obj("id"))),
    )
    return (reports, notes, tags, group), entries


def connected(depth):
    """Connections within connections, each with its cursors, its page's facts and its total."""
    if depth == 0:
        return (), ()
    inner, nodes = connected(depth - 1)
    use = related(
        "reports",
        ("id",),
        resource="people",
        order=order("-age", "id"),
        page=page(5),
        related=inner,
        filter=selection.IsNull("nick"),
    )
    node = shape.Obj((("id", shape.Field("id")), *nodes))
    connection = shape.Connection("reports", node, cursor=True, page_info=True, total=True)
    return (use,), (("reports", connection),)


async def statements(filled, act):
    before = filled.database.statements
    await act()
    return filled.database.statements - before


@pytest.mark.parametrize("who", drawing.CALLERS[:-1], ids=lambda who: "-".join(sorted(who.roles)))
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
async def test_list(filled, depth, who):
    """Depth, lists within lists, connections, counts and policies add no statement."""
    uses, nodes = nested(depth)
    for count in ("none", "exact", "capped"):
        chosen = selection.Selection(
            "people",
            fields=("id", "salary"),
            related=uses,
            order=order("doubled", "id"),
            page=page(3, count=count),
            filter=selection.Or((selection.Named("in_group", 0), selection.IsNull("nick"))),
        )
        node = shape.Obj((*obj("id", "salary").entries, *nodes))

        async def act(chosen=chosen, node=node):
            await filled.outcome(chosen, node, who, ("a",))

        assert await statements(filled, act) == 1


@pytest.mark.parametrize("who", drawing.CALLERS[:-1], ids=lambda who: "-".join(sorted(who.roles)))
async def test_connections_to_depth_3(filled, who):
    uses, nodes = connected(3)
    chosen = selection.Selection(
        "people", fields=("id",), related=uses, order=order("age", "id"), page=page(3)
    )

    async def act():
        await filled.outcome(chosen, shape.Obj((*obj("id").entries, *nodes)), who)

    assert await statements(filled, act) == 1


async def test_nesting_beyond_what_sqlite_reads_is_a_problem(filled):
    """PostgreSQL reads any depth; SQLite before 3.46 keeps 100 open brackets at most."""
    uses, nodes = connected(9)
    chosen = selection.Selection("people", related=uses, order=order("id"), page=page(3))
    if filled.dialect == "postgresql":
        assert len(await filled.data(chosen, shape.Obj(nodes), ALL)) == 3
    elif sqlite3.sqlite_version_info < (3, 46):
        with pytest.raises(problem.Problem) as refused:
            await filled.data(chosen, shape.Obj(nodes), ALL)
        assert refused.value.code == "FILTER_TOO_COMPLEX"


@pytest.mark.parametrize("who", drawing.CALLERS[:4], ids=lambda who: "-".join(sorted(who.roles)))
async def test_item_and_its_related_lists(filled, who):
    """Whether a row or its parent is there and readable is told by the same statement."""
    parent = selection.Parent("people", "reports", 0)
    reads = [
        selection.Selection("people", fields=("id",), key=0),
        selection.Selection(
            "people", fields=("id",), order=order("id"), page=page(5, count="exact"), parent=parent
        ),
        selection.Selection(
            "groups", fields=("id",), parent=selection.Parent("people", "group", 0)
        ),
    ]
    for chosen in reads:

        async def act(chosen=chosen):
            ready = filled.prepare(chosen, obj("id"), who)
            await filled.database.fetch(ready.plan.sql, ready.plan.bind([3], who, "b"))

        assert await statements(filled, act) == 1
