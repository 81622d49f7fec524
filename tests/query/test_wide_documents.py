"""A document may have any number of keys, of any length and any letters, in their order."""

import json

import pytest

from accord.query import selection, shape
from tests.query import family, world
from tests.query.world import keyset, obj, order, page, related

ALL = world.caller("all")


@pytest.fixture(scope="module")
async def filled(database_url):
    async with world.serving(family.api, database_url) as each:
        groups = [{"id": number, "name": "}{'\"\\", "rank": None} for number in (1, 2, 3)]
        people = [{"id": 1, "name": "a", "score": 1, "mood": family.Mood.SUNNY, "group_id": 1}]
        await each.fill({family.Group: groups, family.Person: people})
        yield each


def wide(count, length=1):
    """So many keys, every tenth an object, the last of every part of the row one too."""
    entries = []
    for number in range(count):
        key = f"k{number}".ljust(length, "é")
        nested = number % 10 == 0 or number in (49, 62, 99, 125, count - 1)
        entries.append((key, obj("id", name=shape.Field("name")) if nested else shape.Field("id")))
    return shape.Obj(tuple(entries))


def expected(node):
    return {
        key: {"id": 1, "name": "}{'\"\\"} if isinstance(entry, shape.Obj) else 1
        for key, entry in node.entries
    }


@pytest.mark.parametrize("length", [1, 40, 100])
@pytest.mark.parametrize("count", [1, 50, 51, 63, 64, 130, 200])
async def test_keys(filled, count, length):
    node = wide(count, length)
    chosen = selection.Selection("groups", order=order("id"), page=page(1))
    found = await filled.data(chosen, node, ALL)
    assert found == [expected(node)]
    assert list(found[0]) == list(expected(node))
    item = selection.Selection("groups", key=0)
    assert await filled.data(item, node, ALL, (1,)) == expected(node)
    counted = selection.Selection("groups", order=order("id"), page=page(1, count="exact"))
    assert await filled.data(counted, node, ALL) == [expected(node)]


@pytest.mark.parametrize("length", [1, 40])
async def test_keys_of_related_rows(filled, length):
    node = wide(130, length)
    group = related("group", (), resource="groups")
    people = selection.Selection("people", related=(group,), order=order("id"), page=page(1))
    found = await filled.data(people, obj(g=shape.Rel("group", node)), ALL)
    assert found == [{"g": expected(node)}]
    edges = shape.Connection("people", obj("id", g=shape.Rel("group", node)), nodes="n")
    inner = related(
        "people", (), resource="people", order=order("id"), page=page(2), related=(group,)
    )
    groups = selection.Selection("groups", related=(inner,), order=order("id"), page=page(1))
    found = await filled.data(groups, obj(people=edges), ALL)
    assert found[0]["people"]["n"] == [{"id": 1, "g": expected(node)}]


@pytest.mark.parametrize("key", ["'", '"', "\\", "%s", "$1", "?1", "a b", "日本", "select", "}"])
async def test_letters_of_a_key(filled, key):
    chosen = selection.Selection("groups", order=order("id"), page=page(1))
    node = shape.Obj(((key, shape.Field("name")), ("const", shape.Const(key))))
    assert await filled.data(chosen, node, ALL) == [{key: "}{'\"\\", "const": key}]


async def test_constants(filled):
    chosen = selection.Selection("groups", order=order("id"), page=page(1))
    node = shape.Obj(
        (
            ("yes", shape.Const(True)),
            ("no", shape.Const(False)),
            ("null", shape.Const(None)),
            ("number", shape.Const(-3)),
            ("empty", shape.Obj(())),
        )
    )
    found = await filled.data(chosen, node, ALL)
    assert found == [{"yes": True, "no": False, "null": None, "number": -3, "empty": {}}]


async def test_backward_page_is_in_order(filled):
    chosen = selection.Selection(
        "groups", order=order("id"), page=page(2, keyset=keyset(0, backward=True))
    )
    outcome = await filled.outcome(chosen, obj("id"), ALL, (4,))
    assert json.loads(outcome.data) == [{"id": 2}, {"id": 3}]
    assert outcome.page.more
