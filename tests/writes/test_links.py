"""Links are set to exactly the ids given, as far as the caller can know of them."""

from tests.writes.family import memberships
from tests.writes.world import ADMIN, caller


async def person(world, tag, *teams):
    given = {"email": tag, "name": "N", "teams": list(teams)}
    return await world.data("people.create", ADMIN, given, include=("teams",))


async def linked(world, key):
    sql = "select team_id from memberships where person_id = ? order by team_id"
    return [each for (each,) in await world.rows(sql, key)]


async def test_a_create_links(world, tag):
    made = await person(world, tag, 102, 101)
    assert made["teams"] == [{"id": 101}, {"id": 102}]


async def test_further_columns_of_a_link_get_their_defaults(world, tag):
    made = await person(world, tag, 101)
    assert await world.value("select since from memberships where person_id = ?", made["id"])


async def test_an_update_replaces_the_links_and_counts_the_version(world, tag):
    made = await person(world, tag, 101)
    shown = await world.data(
        "people.update", ADMIN, {"teams": [102, 103]}, key=made["id"], include=("teams",)
    )
    assert shown["teams"] == [{"id": 102}, {"id": 103}]
    assert shown["version"] == 2
    shown = await world.data(
        "people.update", ADMIN, {"teams": []}, key=made["id"], include=("teams",)
    )
    assert shown["teams"] == []


async def test_what_stays_linked_is_not_written_again(world, tag):
    made = await person(world, tag, 101)
    await world.execute("update memberships set since = '2001-01-01 00:00:00'")
    await world.write("people.update", ADMIN, {"teams": [101, 102]}, key=made["id"])
    old = "select count(*) from memberships where person_id = ? and since < '2002-01-01 00:00:00'"
    assert await world.value(old, made["id"]) == 1


async def test_an_unknown_row_is_told_and_nothing_changes(world, tag):
    made = await person(world, tag, 101)
    found = await world.refused(
        "REFERENCE_NOT_FOUND",
        "people.update",
        ADMIN,
        {"name": "M", "teams": [102, 999]},
        key=made["id"],
    )
    assert [(each.field, each.pointer) for each in found.details] == [("teams", "/teams")]
    assert await linked(world, made["id"]) == [101]
    assert await world.value("select name from people where id = ?", made["id"]) == "N"


async def test_an_id_given_twice_is_one_link(world, tag):
    assert (await person(world, tag, 101, 101))["teams"] == [{"id": 101}]


async def test_hidden_rows_can_be_neither_linked_nor_unlinked(world):
    who = caller("keeper", id="per_2")
    links = [{"person_id": "per_1", "team_id": team} for team in (101, 103)]
    await world.fill({memberships: links})
    refused = "people.update", who, {"teams": [103]}
    await world.refused("REFERENCE_NOT_FOUND", *refused, key="per_1")
    await world.write("people.update", who, {"teams": [102]}, key="per_1")
    assert await linked(world, "per_1") == [102, 103]


async def test_a_field_list_without_the_relation_forbids_linking(world):
    found = await world.refused(
        "FIELD_FORBIDDEN",
        "people.update",
        caller("member", id="per_1"),
        {"teams": [101]},
        key="per_1",
    )
    assert [each.field for each in found.details] == ["teams"]
    assert world.spent == 0
