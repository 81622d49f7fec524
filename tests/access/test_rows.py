"""Which rows a caller gets: allows are joined, a deny wins, and what is unknown is not allowed."""

import uuid

import pytest

from accord.kernel import problem
from accord.query import catalog, read, selection
from tests.access import documents
from tests.query import sqltext, world
from tests.query.world import caller, obj, order, page


async def test_nothing_something_everything(reading):
    await reading.fill(documents=[{"owner": "ann"}, {"owner": "bob"}, {"owner": None}])
    assert await reading.ids(caller("all", id="zoe")) == [1, 2, 3]
    assert await reading.ids(caller("own", id="ann")) == [1]
    assert await reading.ids(caller("own", id="zoe")) == []


async def test_item_is_judged_like_the_list(reading):
    await reading.fill(documents=[{"owner": "ann"}, {"owner": "bob"}])
    assert await reading.item(caller("own", id="ann"), 1) == {"id": 1}
    for number in (2, 99):
        with pytest.raises(problem.Problem) as refused:
            await reading.item(caller("own", id="ann"), number)
        assert refused.value.code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("api", "code"), [(documents.hidden, "NOT_FOUND"), (documents.revealed, "FORBIDDEN")]
)
async def test_whether_hidden_rows_exist_is_told_only_where_said(database_url, api, code, reading):
    await reading.fill(documents=[{"owner": "bob"}])
    async with world.serving(api, database_url, create=False) as each:
        chosen = selection.Selection("documents", fields=("id",), key=0)
        with pytest.raises(problem.Problem) as refused:
            await each.data(chosen, obj("id"), caller("own", id="ann"), (1,))
        assert refused.value.code == code
        with pytest.raises(problem.Problem) as refused:
            await each.data(chosen, obj("id"), caller("own", id="ann"), (2,))
        assert refused.value.code == "NOT_FOUND"


async def test_who_may_see_no_row_is_refused_before_any_statement(reading):
    before = reading.world.database.statements
    with pytest.raises(problem.Problem) as refused:
        await reading.ids(caller("no such role"))
    assert refused.value.code == "FORBIDDEN"
    with pytest.raises(problem.Problem) as refused:
        await reading.ids(caller(id=None))
    assert refused.value.code == "UNAUTHENTICATED"
    assert reading.world.database.statements == before


async def test_allows_are_joined(reading):
    await reading.fill(
        documents=[
            {"owner": "ann"},
            {"owner": "bob", "state": "public"},
            {"owner": "bob"},
            {"owner": "bob"},
        ],
        readers=[{"document_id": 3, "person": "ann"}, {"document_id": 4, "person": "zoe"}],
    )
    assert await reading.ids(caller("own", id="ann")) == [1]
    assert await reading.ids(caller("reader", id="ann")) == [2, 3]
    assert await reading.ids(caller("own", "reader", id="ann")) == [1, 2, 3]


async def test_deny_wins_whoever_allows(reading):
    """Roles add to each other, denies included: all and denied together see no secret."""
    await reading.fill(documents=[{"state": "secret"}, {"state": "open"}])
    assert await reading.ids(caller("denied")) == [2]
    assert await reading.ids(caller("all", "denied")) == [2]


async def test_unknown_in_a_deny_denies(reading):
    """`state == "secret"` of a null state is unknown: it might be secret."""
    await reading.fill(documents=[{"state": None}, {"state": "open"}])
    assert await reading.ids(caller("denied")) == [2]


async def test_unknown_in_an_allow_does_not_allow(reading):
    await reading.fill(documents=[{"owner": None}, {"owner": ""}])
    assert await reading.ids(caller("own", id=None)) == []
    assert await reading.ids(caller("own", id="")) == [2]


async def test_rules_of_every_caller_hold_for_unknown_ones(reading):
    await reading.fill(
        documents=[{}],
        comments=[
            {"body": "for everyone", "document_id": 1},
            {"body": "x", "document_id": 1},
        ],
    )
    assert await reading.ids(caller(id=None), "comments") == [1]
    assert await reading.ids(caller("comments", id=None), "comments") == [1, 2]


async def test_role_and_known(reading):
    await reading.fill(documents=[{}])
    assert await reading.ids(caller("seen", id="ann")) == [1]
    with pytest.raises(problem.Problem) as refused:
        await reading.ids(caller("seen", id=None))
    assert refused.value.code == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "name", ["7", "07", " 7", "7.0", "seven", "99999999999999999999", "", "-7"]
)
async def test_caller_id_of_a_number_column(reading, name):
    """The id is compared as the column's number; what is none, or another spelling, is nobody's."""
    await reading.fill(documents=[{"number": 7}, {"number": None}, {"number": -7}])
    expected = {"7": [1], "-7": [3]}.get(name, [])
    assert await reading.ids(caller("number", id=name)) == expected
    assert await reading.ids(caller("number", id=None)) == []


async def test_caller_id_of_a_uuid_column(reading):
    key = uuid.UUID("0189c3f1-8a3b-7c44-9d2e-0123456789ab")
    await reading.fill(documents=[{"key": key}, {"key": None}])
    assert await reading.ids(caller("key", id=str(key))) == [1]
    assert await reading.ids(caller("key", id="ann")) == []


async def test_claims_and_tenants(reading):
    """A claim's name may be any text; a claim the caller lacks is null."""
    await reading.fill(documents=[{"owner": "ann"}, {"owner": None}])
    name = "https://shop.example/who (me)"
    assert await reading.ids(caller("claim", claims={name: "ann"})) == [1]
    assert await reading.ids(caller("claim", claims={"who": "ann"})) == []
    assert await reading.ids(caller("tenant", tenant="ann")) == [1]
    assert await reading.ids(caller("tenant")) == []


@pytest.mark.parametrize("role", ["odd", "odd-in"])
async def test_text_of_rules_is_no_sql(reading, role):
    """Quotes, percents, colons and the compiler's own marks in names and values mean themselves."""
    column = 'o\'d-d "x" %s :y'
    await reading.fill(documents=[{column: documents.ODD}, {column: "x"}, {column: None}])
    assert await reading.ids(caller(role)) == [1]


@pytest.mark.parametrize(
    "name",
    ["' or 1=1 --", "ann' or 'a'='a", "\\' or 1=1", "%", "_", "$1", "?1", '"', "ann\\", ":x"],
)
async def test_text_of_callers_is_no_sql(reading, name):
    await reading.fill(documents=[{"owner": "ann"}, {"owner": "bob"}])
    assert await reading.ids(caller("own", id=name)) == []
    for operator in ("eq", "like"):
        condition = selection.Compare("title", operator, 0)
        assert await reading.ids(caller("all"), condition=condition, values=(name,)) == []
    in_list = selection.Compare("title", "in", 0)
    assert await reading.ids(caller("all"), condition=in_list, values=([name, name],)) == []
    assert await reading.ids(caller("all"), condition=selection.Search(0), values=(name,)) == []


async def test_subquery_on_the_same_table_is_its_own(reading):
    """A rule's own look at its table is about any row, not about the row judged."""
    await reading.fill(documents=[{"owner": "bob", "state": "draft"}])
    assert await reading.ids(caller("anyone", id="ann")) == []
    await reading.fill(documents=[{"state": "draft"}, {"state": "published"}])
    assert await reading.ids(caller("anyone", id="ann")) == [1, 2]


async def test_groups_of_a_subquery_count(reading):
    """What cannot be made a set, such as HAVING, stays as it was written."""
    await reading.fill(
        documents=[{}, {}],
        comments=[{"document_id": 1}, {"document_id": 2}, {"document_id": 2}],
    )
    assert await reading.ids(caller("busy", id="ann")) == [2]


async def test_two_ties_to_the_row(reading):
    await reading.fill(documents=[{"title": "a"}, {"title": "b"}, {"title": "a"}])
    assert await reading.ids(caller("twin", id="ann")) == [1, 3]


async def test_absence_under_or(reading):
    await reading.fill(documents=[{}, {}], comments=[{"document_id": 1}])
    assert await reading.ids(caller("quiet")) == [2]


async def test_rules_do_not_recurse(reading):
    """A rule sees all rows: folders and documents whose rules speak of each other are found."""
    await reading.fill(
        folders=[{"owner": "ann"}, {"owner": "bob"}],
        documents=[
            {"owner": "bob", "folder_id": 1},
            {"owner": "ann", "folder_id": 2},
            {"owner": "bob", "folder_id": 2},
        ],
    )
    assert await reading.ids(caller("mutual", id="ann")) == [1]
    assert await reading.ids(caller("mutual", id="ann"), "folders") == [2]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    "roles", ["reader", "own-mutual", "anyone", "busy", "twin", "quiet", "denied", "masked"]
)
def test_rules_are_sets_under_or(dialect, roles, golden):
    """An EXISTS under OR is made a set where it is one equality; a lone EXISTS stays."""
    known = catalog.Catalog(documents.api.binding(), dialect)
    chosen = selection.Selection(
        "documents", fields=("id", "salary"), order=order("id"), page=page(5)
    )
    variant = frozenset(roles.split("-"))
    made = read.compile_read(known, chosen, obj("id", "salary"), variant)
    golden(sqltext.told(made), f"{roles}.{dialect}.sql")
