"""Models with validators or listeners are written by the mapper, under the same promises."""

import asyncio

import pytest

from accord.kernel import problem
from tests.writes.world import ADMIN, caller

ONE = caller("member", id="per_1")


@pytest.fixture
async def ticket(world, tag):
    return await world.data("tickets.create", ADMIN, {"number": tag, "owner_id": "per_1"})


async def test_validators_and_listeners_run(world, tag):
    shown = await world.data("tickets.create", ADMIN, {"number": f" {tag} "}, include=("owner",))
    assert shown["number"] == tag.upper()
    assert shown["slug"] == f"{tag}-open"
    assert shown["owner"] is None
    assert shown["version"] == 1
    shown = await world.data("tickets.update", ADMIN, {"state": "is-closed"}, key=shown["id"])
    assert (shown["slug"], shown["state"]) == (f"{tag}-closed", "is-closed")
    assert shown["version"] == 2


async def test_nested_rows_go_through_their_model(world, tag):
    given = {"number": tag, "lines": [{"text": " a ", "count": 1}, {"text": "b ", "count": 2}]}
    shown = await world.data("tickets.create", ADMIN, given, include=("lines",))
    found = await world.rows("select text from lines where ticket_id = ? order by id", shown["id"])
    assert found == [("a",), ("b",)]
    assert len(shown["lines"]) == 2


async def test_a_change_counts_the_version_even_if_it_changes_nothing(world, ticket):
    shown = await world.data("tickets.update", ADMIN, {}, key=ticket["id"])
    assert shown == {**ticket, "version": 2}


async def test_versions_are_matched(world, ticket):
    key = ticket["id"]
    told = await asyncio.gather(
        *(
            world.write("tickets.update", ADMIN, {"low": n}, key=key, match=("1",))
            for n in range(5)
        ),
        return_exceptions=True,
    )
    refused = [each.code for each in told if isinstance(each, problem.Problem)]
    assert refused == ["PRECONDITION_FAILED"] * 4


async def test_rules_hold_before_and_after(world, ticket, tag):
    await world.refused("FORBIDDEN", "tickets.update", ONE, {"owner_id": "per_2"}, key=ticket["id"])
    await world.refused(
        "NOT_FOUND", "tickets.update", caller("member", id="per_2"), {"low": 1}, key=ticket["id"]
    )
    # The listener makes what the rule denies.
    await world.refused("FORBIDDEN", "tickets.create", ONE, {"number": "bad", "owner_id": "per_1"})
    assert await world.rows("select 1 from tickets where number = 'BAD'") == []


async def test_references_to_hidden_rows_are_not_found(world, ticket):
    found = await world.refused(
        "REFERENCE_NOT_FOUND", "tickets.update", ONE, {"owner_id": "per_admin"}, key=ticket["id"]
    )
    assert [each.pointer for each in found.details] == ["/owner_id"]


async def test_a_row_is_deleted_with_what_hangs_on_it(world, tag):
    given = {"number": tag, "lines": [{"text": "a", "count": 1}]}
    made = await world.data("tickets.create", ADMIN, given)
    outcome = await world.write("tickets.delete", ADMIN, key=made["id"])
    assert outcome.data is None
    assert await world.rows("select 1 from lines where ticket_id = ?", made["id"]) == []
    await world.refused("NOT_FOUND", "tickets.delete", ADMIN, key=made["id"])


async def test_a_put_clears_what_it_leaves_out(world, tag):
    made = await world.data("tickets.create", ADMIN, {"number": tag, "low": 1, "high": 2})
    shown = await world.data("tickets.replace", ADMIN, {"number": tag, "low": 1}, key=made["id"])
    assert (shown["low"], shown["high"], shown["version"]) == (1, None, 2)
