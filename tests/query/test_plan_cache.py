"""Reads that differ in values alone share one plan; the cache of plans is bounded twice."""

import pytest

from accord.kernel import observations
from accord.query import selection
from tests.query import family, world
from tests.query.world import keyset, obj, order, page

ALL = world.caller("all")


def people(condition=None, limit=5, **options):
    return selection.Selection(
        "people",
        fields=("id",),
        order=order("age", "id"),
        page=page(limit, **options),
        filter=condition,
    )


@pytest.fixture
async def fresh(sqlite_url):
    async with world.serving(family.api, sqlite_url) as each:
        yield each


def compiled(fresh):
    return len(fresh.recorder.of(observations.PlanCompiled))


async def test_values_are_no_part_of_a_plan(fresh):
    """However the values differ, the shape is compiled once, and told once."""
    condition = selection.And(
        (
            selection.Compare("name", "eq", 0),
            selection.Compare("age", "in", 1),
            selection.Search(2),
        )
    )
    chosen = people(condition, keyset=keyset(3, 4))
    for number in range(20):
        values = (f"name{number}", [number] * number, "x" * number, number, number)
        await fresh.outcome(chosen, obj("id"), ALL, values)
    assert compiled(fresh) == 1
    told = fresh.recorder.of(observations.PlanCompiled)[0]
    assert told.resource == "people"
    assert told.operation == "people.list"
    assert told.dialect == "sqlite"
    assert told.sql_bytes == len(fresh.plan(chosen, obj("id"), ALL).sql)


async def test_equal_selections_share_a_plan(fresh):
    """Equality counts, not identity: each request makes its own Selection."""
    first = fresh.prepare(people(selection.IsNull("age")), obj("id"), ALL)
    again = fresh.prepare(people(selection.IsNull("age")), obj("id"), ALL)
    assert first is again
    assert compiled(fresh) == 1


async def test_callers_share_a_plan_by_their_facts(fresh):
    """Who is calling is a value; which roles count is a variant of the plan."""
    chosen, node = people(), obj("id")
    own = fresh.prepare(chosen, node, world.caller("own", id="1"))
    assert fresh.prepare(chosen, node, world.caller("own", id="2")) is own
    assert fresh.prepare(chosen, node, world.caller("own", "nothing to rules", id="2")) is own
    assert fresh.prepare(chosen, node, world.caller("some", id="1")) is not own
    assert fresh.prepare(chosen, node, world.caller("own", id=None)) is not own


@pytest.mark.parametrize(
    "other",
    [
        people(limit=6),
        people(selection.IsNull("age")),
        people(keyset=keyset(0, 1)),
        people(keyset=keyset(None, 0)),
        people(keyset=keyset(0, 1, backward=True)),
        people(count="exact"),
    ],
)
async def test_shapes_have_plans_of_their_own(fresh, other):
    fresh.prepare(people(), obj("id"), ALL)
    fresh.prepare(other, obj("id"), ALL)
    assert compiled(fresh) == 2


async def test_entries_are_bounded(sqlite_url):
    """The plan used least recently goes, and is told."""
    async with world.serving(family.api, sqlite_url, plan_cache_entries=3) as each:
        for limit in (1, 2, 3):
            each.prepare(people(limit=limit), obj("id"), ALL)
        each.prepare(people(limit=1), obj("id"), ALL)
        assert each.recorder.of(observations.PlanEvicted) == []
        each.prepare(people(limit=4), obj("id"), ALL)
        evicted = each.recorder.of(observations.PlanEvicted)
        assert [(gone.resource, gone.operation, gone.entries) for gone in evicted] == [
            ("people", "people.list", 3)
        ]
        each.prepare(people(limit=1), obj("id"), ALL)
        assert compiled(each) == 4
        each.prepare(people(limit=2), obj("id"), ALL)
        assert compiled(each) == 5


async def test_bytes_are_bounded(sqlite_url):
    """The SQL kept never exceeds its bytes, but for a single plan that does alone."""
    async with world.serving(family.api, sqlite_url, plan_cache_bytes=1500) as each:
        for limit in range(1, 40):
            each.prepare(people(limit=limit), obj("id"), ALL)
            kept = [ready.plan.sql for ready in each.service._prepared.values()]
            assert sum(map(len, kept)) <= 1500
        evicted = each.recorder.of(observations.PlanEvicted)
        assert len(evicted) == 39 - len(kept)
        assert evicted[-1].bytes == sum(map(len, kept))


async def test_a_plan_beyond_all_bounds_still_works(sqlite_url):
    async with world.serving(family.api, sqlite_url, plan_cache_bytes=1) as each:
        assert await each.data(people(), obj("id"), ALL) == []
        assert await each.data(people(limit=7), obj("id"), ALL) == []
        assert len(each.service._prepared) == 1
