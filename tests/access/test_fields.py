"""Which fields a caller gets: null where a row's may not be read, refused where none may be."""

import json

import pytest

from accord.kernel import problem
from accord.query import selection, shape
from tests.query.world import caller, obj, order, page

MASKED = caller("masked", id="ann")
ROWS = [
    {"owner": "ann", "salary": 10, "diary": "x", "title": "mine"},
    {"owner": "bob", "salary": 20, "diary": "y", "title": "his"},
    {"owner": None, "salary": 30, "diary": "z", "title": "nobody's"},
]


@pytest.fixture(autouse=True)
async def filled(reading):
    await reading.fill(documents=ROWS)


async def code(awaitable):
    with pytest.raises(problem.Problem) as refused:
        await awaitable
    return refused.value


async def test_masked_field_is_null_in_other_rows(reading):
    """Unknown denies: the salary of a row without owner is nobody's to read."""
    rows = await reading.rows(MASKED, "documents", ("id", "salary"))
    assert [row["salary"] for row in rows] == [10, None, None]
    assert (await reading.item(MASKED, 1, fields=("salary",))) == {"salary": 10}
    assert (await reading.item(MASKED, 2, fields=("salary",))) == {"salary": None}


async def test_masked_value_keeps_its_type(reading):
    """An object, a boolean or a number behind a rule is still one, not a text of one."""
    extra = {"a": [1, "'"]}
    values = {"extra": extra, "flag": True, "rate": 0.5}
    await reading.fill(documents=[{"owner": "ann", **values}, {"owner": "bob", **values}])
    rows = await reading.rows(MASKED, "documents", tuple(values))
    assert rows == [values, dict.fromkeys(values)]


async def test_masked_field_is_read_by_all(reading):
    rows = await reading.rows(caller("all"), "documents", ("id", "salary", "diary"))
    assert [row["salary"] for row in rows] == [10, 20, 30]


async def test_link_of_a_masked_field_is_null(reading):
    chosen = selection.Selection("documents", fields=("id",), order=order("id"), page=page(5))
    node = obj("id", pay=shape.Text(("/pay/", shape.Field("salary"))))
    rows = await reading.world.data(chosen, node, MASKED)
    assert [row["pay"] for row in rows] == ["/pay/10", None, None]


@pytest.mark.parametrize(
    "options",
    [
        {"fields": ("id", "diary")},
        {"condition": selection.Compare("diary", "eq", 0)},
        {"condition": selection.IsNull("diary")},
        {"condition": selection.Not(selection.Compare("diary", "eq", 0))},
        {
            "condition": selection.Or(
                (
                    selection.IsNull("title"),
                    selection.And((selection.Compare("diary", "in", 0),)),
                )
            )
        },
        {"order": order("diary", "id")},
    ],
    ids=["shown", "compared", "null", "not", "nested", "sorted"],
)
async def test_field_never_readable_is_refused(reading, options):
    """Selected, compared or sorted by, wherever it stands; the field is named."""
    asked = {"fields": ("id",), **options}
    refused = await code(reading.rows(MASKED, "documents", values=("x",), **asked))
    assert refused.code == "FIELD_FORBIDDEN"
    assert [detail.field for detail in refused.details] == ["diary"]


async def test_field_refused_through_relations(reading):
    """A filter through a relation, and a related list, are refused alike."""
    comment = selection.Through("document", selection.Compare("diary", "eq", 0))
    who = caller("masked", "comments")
    assert (await code(reading.ids(who, "comments", comment, ("x",)))).code == "FIELD_FORBIDDEN"
    inner = selection.Selection("documents", fields=("diary",))
    use = selection.Related("document", "document", inner)
    refused = await code(reading.ids(who, "comments", related=(use,)))
    assert refused.code == "FIELD_FORBIDDEN"


async def test_sort_by_a_masked_field_is_refused(reading):
    """Where rows stand would tell what they hide."""
    refused = await code(reading.ids(MASKED, order=order("salary", "id")))
    assert refused.code == "FIELD_FORBIDDEN"
    assert await reading.ids(caller("all"), order=order("-salary", "id")) == [3, 2, 1]


def comparisons():
    """Every way to ask a salary whether it is at least 20."""
    at_least = selection.Compare("salary", "gte", 0)
    yield "gte", at_least
    yield "lt", selection.Compare("salary", "lt", 0)
    yield "ne", selection.Compare("salary", "ne", 0)
    yield "in", selection.Compare("salary", "in", 1)
    yield "null", selection.IsNull("salary")
    yield "not null", selection.IsNull("salary", negate=True)
    yield "not", selection.Not(at_least)
    yield "not not", selection.Not(selection.Not(at_least))
    yield "or", selection.Or((at_least, selection.Compare("title", "eq", 2)))
    yield "not and", selection.Not(selection.And((at_least, selection.IsNull("title"))))
    yield "param", selection.Named("pay", 0)
    yield "not param", selection.Not(selection.Named("pay", 0))
    yield "choice", selection.Named("rank", choice="high")
    yield "through", selection.Through("comments", selection.Through("document", at_least))
    yield "not through", selection.Not(selection.Through("folder", selection.IsNull("name")))


@pytest.mark.parametrize(("name", "condition"), list(comparisons()))
async def test_filter_is_no_oracle_of_a_masked_field(reading, name, condition):
    """The attack: filter by the field you cannot read. The answer is the same whatever it holds."""
    answers = set()
    for salary in (None, 5, 20, 10**6):
        rows = [{**row, "salary": salary} for row in ROWS[1:]]
        await reading.fill(documents=rows, comments=[{"document_id": 1, "author": "ann"}])
        who = caller("masked", "comments", "folders", id="ann")
        found = await reading.ids(who, condition=condition, values=(20, [20, 10**6], "mine"))
        answers.add(tuple(found))
    assert len(answers) == 1


async def test_search_is_no_oracle(reading):
    """Search looks into readable fields alone."""
    assert await reading.ids(MASKED, condition=selection.Search(0), values=("y",)) == [3]
    assert await reading.ids(caller("all"), condition=selection.Search(0), values=("y",)) == [2, 3]


async def test_allowed_fields_are_the_only_ones(reading):
    who = caller("some-fields")
    assert await reading.rows(who, "documents", ("id", "title")) == [
        {"id": number, "title": row["title"]} for number, row in enumerate(ROWS, 1)
    ]
    assert (await code(reading.rows(who, "documents", ("salary",)))).code == "FIELD_FORBIDDEN"


async def test_what_a_list_may_show_is_its_own_rule(reading):
    """Fields allowed to `get` alone are null in lists, whose rows another rule allows."""
    who = caller("lister")
    assert await reading.item(who, 2, fields=("title", "salary")) == {
        "title": "his",
        "salary": 20,
    }
    rows = await reading.rows(who, "documents", ("title", "salary"))
    assert [row["title"] for row in rows] == ["mine", "his", "nobody's"]
    assert {row["salary"] for row in rows} == {None}


async def test_relation_tells_no_masked_key(reading):
    """Where the foreign key may not be read, the relation leads nowhere, in any direction."""
    await reading.fill(
        folders=[{"name": "a"}],
        documents=[
            {"folder_id": 1, "state": "apart"},
            {"folder_id": 1, "state": "open"},
            {"folder_id": 1, "state": None},
        ],
    )
    who = caller("masked", "folders")
    folder = selection.Related("folder", "folder", selection.Selection("folders", fields=("name",)))
    chosen = selection.Selection(
        "documents", fields=("id",), related=(folder,), order=order("id"), page=page(5)
    )
    node = obj("folder_id", folder=shape.Rel("folder", obj("name")))
    shown = await reading.world.data(chosen, node, who)
    hidden = {"folder_id": None, "folder": None}
    assert shown == [hidden, {"folder_id": 1, "folder": {"name": "a"}}, hidden]

    by_name = selection.Through("folder", selection.Compare("name", "eq", 0))
    assert await reading.ids(who, condition=by_name, values=("a",)) == [2]
    either = selection.Or((by_name, selection.IsNull("title")))
    assert await reading.ids(who, condition=either, values=("a",)) == [2]

    parent = selection.Parent("folders", "documents", 0)
    assert await reading.ids(who, values=(1,), parent=parent) == [2]
    single = selection.Selection(
        "folders", fields=("id",), parent=selection.Parent("documents", "folder", 0)
    )
    assert await reading.world.data(single, obj("id"), who, (1,)) is None
    assert await reading.world.data(single, obj("id"), who, (2,)) == {"id": 1}


async def test_cursor_of_a_page_is_made_of_sort_values_alone(reading):
    chosen = selection.Selection(
        "documents", fields=("id", "salary"), order=order("title", "id"), page=page(1)
    )
    outcome = await reading.world.outcome(chosen, obj("id", "salary"), MASKED)
    assert json.loads(outcome.page.last) == ["his", 2]
