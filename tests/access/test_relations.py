"""Relations carry the rules of where they lead: shown, counted, compared, at every depth."""

import pytest

from accord.kernel import problem
from accord.query import selection, shape
from tests.query.world import caller, obj, order, page

FOLDERS = [
    {"name": "hers", "owner": "ann", "secret": "plum"},
    {"name": "his", "owner": "bob", "secret": "pear"},
]
DOCUMENTS = [
    {"title": "a", "owner": "ann", "folder_id": 1},
    {"title": "b", "owner": "ann", "folder_id": 2},
    {"title": "c", "owner": "bob", "folder_id": 2},
]
COMMENTS = [
    {"body": "one", "author": "ann", "document_id": 1},
    {"body": "two", "author": "bob", "document_id": 1},
    {"body": "hidden", "author": "ann", "document_id": 1},
    {"body": "three", "author": "ann", "document_id": 3},
]
ANN = caller("own", id="ann")
ALL = caller("all", id="zoe")


@pytest.fixture(autouse=True)
async def filled(reading):
    await reading.fill(folders=FOLDERS, documents=DOCUMENTS, comments=COMMENTS)


def to_folder(**options):
    chosen = selection.Selection("folders", fields=("name",), **options)
    return selection.Related("folder", "folder", chosen)


def to_comments(**options):
    chosen = selection.Selection("comments", fields=("body",), order=order("id"), **options)
    return selection.Related("comments", "comments", chosen)


async def shown(reading, who, uses, **nodes):
    chosen = selection.Selection(
        "documents", fields=("id",), related=uses, order=order("id"), page=page(9)
    )
    return await reading.world.data(chosen, obj("id", **nodes), who)


async def test_row_that_may_not_be_read_is_null(reading):
    node = shape.Rel("folder", obj("name"))
    assert await shown(reading, ANN, (to_folder(),), folder=node) == [
        {"id": 1, "folder": {"name": "hers"}},
        {"id": 2, "folder": None},
    ]


async def test_lists_counts_and_connections_hold_what_may_be_read(reading):
    uses = (to_comments(page=page(5)),)
    lists = await shown(reading, ANN, uses, found=shape.Rel("comments", obj("body")))
    assert lists == [{"id": 1, "found": [{"body": "one"}]}, {"id": 2, "found": []}]
    counts = await shown(reading, ANN, uses, found=shape.Count("comments"))
    assert [row["found"] for row in counts] == [1, 0]
    node = shape.Connection("comments", obj("body"), total=True, page_info=True)
    connections = await shown(reading, ANN, uses, found=node)
    assert [row["found"]["totalCount"] for row in connections] == [1, 0]
    assert not connections[0]["found"]["pageInfo"]["hasNextPage"]
    everything = await shown(reading, ALL, uses, found=shape.Count("comments"))
    assert [row["found"] for row in everything] == [2, 0, 1]


async def test_who_sees_nothing_of_a_relation_gets_nothing(reading):
    who = caller("masked", id="ann")
    uses = (
        selection.Related(
            "comments", "comments", selection.Selection("comments", order=order("id"))
        ),
    )
    rows = await shown(reading, who, uses, found=shape.Rel("comments", obj("id")))
    assert [row["found"] for row in rows] == [[], [], []]


async def test_rules_hold_at_every_depth(reading):
    """Folder → documents → comments → document → folder, each by its own rules."""
    last = selection.Related(
        "document", "document", selection.Selection("documents", related=(to_folder(),))
    )
    comments = selection.Related(
        "comments",
        "comments",
        selection.Selection("comments", related=(last,), order=order("id")),
    )
    inner = selection.Related(
        "documents",
        "documents",
        selection.Selection("documents", related=(comments,), order=order("id"), page=page(5)),
    )
    chosen = selection.Selection("folders", related=(inner,), order=order("id"), page=page(5))
    node = obj(
        "id",
        documents=shape.Rel(
            "documents",
            obj(
                "id",
                comments=shape.Rel(
                    "comments",
                    obj(
                        "id",
                        document=shape.Rel(
                            "document", obj("id", folder=shape.Rel("folder", obj("id")))
                        ),
                    ),
                ),
            ),
        ),
    )
    back = {"id": 1, "folder": {"id": 1}}
    assert await reading.world.data(chosen, node, ANN) == [
        {"id": 1, "documents": [{"id": 1, "comments": [{"id": 1, "document": back}]}]}
    ]


async def test_nested_list_needs_its_parent(reading):
    """Rows one may read are not listed under a parent one may not read: the tie is the parent's."""
    parent = selection.Parent("documents", "comments", 0)
    assert await reading.ids(ANN, "comments", values=(1,), parent=parent) == [1]
    assert await reading.ids(ALL, "comments", values=(3,), parent=parent) == [4]
    for number in (3, 99):
        with pytest.raises(problem.Problem) as refused:
            await reading.ids(ANN, "comments", values=(number,), parent=parent)
        assert refused.value.code == "NOT_FOUND"


async def test_to_one_of_a_parent_needs_its_parent(reading):
    """The attack: ann may read her folder, but not that somebody's document lies in it."""
    await reading.fill(folders=FOLDERS, documents=[{"owner": "bob", "folder_id": 1, "title": "c"}])
    chosen = selection.Selection(
        "folders", fields=("id",), parent=selection.Parent("documents", "folder", 0)
    )
    assert await reading.world.data(chosen, obj("id"), ALL, (1,)) == {"id": 1}
    with pytest.raises(problem.Problem) as refused:
        await reading.world.data(chosen, obj("id"), ANN, (1,))
    assert refused.value.code == "NOT_FOUND"


def through(relation, item):
    return selection.Through(relation, item)


def by_name(operator="eq"):
    return selection.Compare("name", operator, 0)


ATTACKS = {
    "eq": through("folder", by_name()),
    "like": through("folder", by_name("like")),
    "gte": through("folder", by_name("gte")),
    "ne": through("folder", by_name("ne")),
    "not": selection.Not(through("folder", by_name())),
    "not inside": through("folder", selection.Not(by_name())),
    "null": through("folder", selection.IsNull("name", negate=True)),
    "or": selection.Or((through("folder", by_name()), selection.IsNull("title"))),
    "and or": selection.Or(
        (selection.IsNull("title"), selection.And((through("folder", by_name()),)))
    ),
    "deep": through("folder", through("documents", through("folder", by_name()))),
    "search": through("folder", selection.Search(0)),
    "back": through("comments", through("document", through("folder", by_name()))),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_filter_is_no_oracle_of_rows_behind_a_relation(reading, attack):
    """The attack: guess the name of a folder one may not read by the documents one may.

    Whatever the hidden folder is called, and whether it is there, the answer is the same.
    """
    answers = set()
    for name in ("guess", "other", "zzz", ""):
        await reading.fill(
            folders=[FOLDERS[0], {"name": name, "owner": "bob"}],
            documents=DOCUMENTS,
            comments=COMMENTS,
        )
        answers.add(tuple(await reading.ids(ANN, condition=ATTACKS[attack], values=("guess",))))
    assert len(answers) == 1


async def test_filter_through_finds_what_may_be_read(reading):
    condition = through("folder", by_name())
    assert await reading.ids(ANN, condition=condition, values=("hers",)) == [1]
    assert await reading.ids(ALL, condition=condition, values=("his",)) == [2, 3]


async def test_search_through_a_relation_skips_unreadable_fields(reading):
    """The folder is hers, its secret is not: search finds names alone."""
    condition = through("folder", selection.Search(0))
    assert await reading.ids(ANN, condition=condition, values=("hers",)) == [1]
    assert await reading.ids(ANN, condition=condition, values=("plum",)) == []
    assert await reading.ids(ALL, condition=condition, values=("plum",)) == [1]


async def test_deny_behind_a_relation_wins(reading):
    condition = through("comments", selection.Compare("body", "eq", 0))
    assert await reading.ids(ALL, condition=condition, values=("one",)) == [1]
    assert await reading.ids(ALL, condition=condition, values=("hidden",)) == []
