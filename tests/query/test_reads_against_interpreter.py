"""Both databases answer drawn reads of drawn data as a plain interpreter of the same rules does."""

import base64
import json
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from accord.kernel import problem
from accord.query import selection
from tests.query import drawing, family, interpreter, world

# Several reads share the data, which costs most of an example's time.
READS = 4


class Refilled:
    """A world whose data is replaced per example."""

    def __init__(self, each):
        self.world = each

    async def fill(self, data):
        tables = ("wearing", "notes", "people", "tags", "groups")

        def work(connection):
            for name in tables:
                connection.exec_driver_sql(f'delete from "{name}"')
            for table, given in drawing.as_stored(data).items():
                if given:
                    connection.execute(getattr(table, "__table__", table).insert(), given)

        await self.world.database.schema(work)

    async def read(self, read):
        """The Outcome, or the code of the refusal."""
        try:
            return await self.world.outcome(read.selection, read.shape, read.caller, read.values)
        except problem.Problem as refused:
            if refused.code == "INTERNAL":
                raise
            # SQLite's parser has a small stack; what it cannot read it says.
            hypothesis.assume(refused.code != "FILTER_TOO_COMPLEX")
            return refused.code


@pytest.fixture(scope="module")
async def filled(database_url):
    async with world.serving(family.api, database_url) as each:
        yield Refilled(each)


def parent_of(data, read):
    """The readable parent's row, None when there is none or none is asked for."""
    parent = read.selection.parent
    known = interpreter.Interpreter(data, read.caller, read.values)
    for row in data[parent.resource]:
        if row["id"] == read.values[parent.slot] and known.readable(parent.resource, row):
            return row
    return None


def among(data, read):
    """The rows the root is picked from."""
    parent = read.selection.parent
    if parent is None:
        return data[read.selection.resource]
    owner = parent_of(data, read)
    _, _, tied = family.RELATIONS[parent.resource, parent.relation]
    return [each for each in data[read.selection.resource] if tied(owner, each, data)]


def refused(data, read):
    """The code of the refusal expected before any row is looked at."""
    parent = read.selection.parent
    if not read.caller.roles & {"all", "some", "own"}:
        return "FORBIDDEN"
    if parent is not None and parent_of(data, read) is None:
        return "NOT_FOUND"
    return None


def check_list(data, read, outcome):
    expected = refused(data, read)
    if expected is not None:
        assert outcome == expected
        return
    known = interpreter.Interpreter(data, read.caller, read.values)
    chosen = read.selection
    rows = known.rows(chosen, among(data, read))
    kept, more = known.page(chosen, rows)
    assert not isinstance(outcome, str), outcome
    assert simple(outcome.data) == [known.document(chosen, read.shape, each) for each in kept]
    assert outcome.page.count == len(kept)
    assert outcome.page.more is more
    assert outcome.page.total == (None if chosen.page.count == "none" else len(rows))
    backward = chosen.page.keyset is not None and chosen.page.keyset.backward
    if more:
        assert keys(chosen, outcome.page.last) == shown(known, chosen, kept[0 if backward else -1])
    if kept and outcome.page.first is not None:
        near = kept[-1 if backward else 0]
        assert keys(chosen, outcome.page.first) == shown(known, chosen, near)


def check_item(data, read, outcome):
    expected = refused(data, read)
    if expected is None:
        known = interpreter.Interpreter(data, read.caller, read.values)
        chosen = read.selection
        rows = known.rows(chosen, among(data, read))
        if chosen.key is not None:
            rows = [row for row in rows if row["id"] == read.values[chosen.key]]
        if rows:
            assert not isinstance(outcome, str), outcome
            assert simple(outcome.data) == known.document(chosen, read.shape, rows[0])
            return
        expected = "NOT_FOUND"
        if chosen.parent is not None:
            assert outcome.data == b"null"
            return
    assert outcome == expected


def simple(data):
    """The document, its cursors replaced by the ids of their rows."""

    def opened(pairs):
        return {key: row_of(value) if key.endswith("ursor") else value for key, value in pairs}

    return json.loads(data, object_pairs_hook=opened)


def row_of(cursor):
    """A cursor is the call's binding, a dot, and the sort values, the id last."""
    if cursor is None:
        return None
    given, text = cursor.split(".")
    assert given == "b"
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))[-1]


def keys(chosen, data):
    """A cursor's sort values as they compare; SQLite's decimals are floats."""
    return [
        float(value) if order.field in {"score", "doubled"} else value
        for order, value in zip(chosen.order, json.loads(data), strict=True)
    ]


def shown(known, chosen, row):
    values = [known.stored(chosen.resource, order.field, row) for order in chosen.order]
    return [
        float(value) if isinstance(value, Decimal) else interpreter.wire(value) for value in values
    ]


@hypothesis.given(drawing.datasets(), st.lists(drawing.lists(), min_size=READS, max_size=READS))
async def test_lists(filled, data, reads):
    """Filters, sorts, pages, counts, relations, policies and masks mean what they say."""
    await filled.fill(data)
    for read in reads:
        check_list(data, read, await filled.read(read))


@hypothesis.given(drawing.datasets(), st.lists(drawing.items(), min_size=READS, max_size=READS))
async def test_items(filled, data, reads):
    """One row is shown, absent or forbidden, by its key or through its parent."""
    await filled.fill(data)
    for read in reads:
        check_item(data, read, await filled.read(read))


@st.composite
def walks(draw):
    """An order, a filter and a page size for a walk through all pages of people."""
    drawer = drawing.Drawer(draw)
    options = {"filter": drawer.filter("people", 1)} if drawer.one([True, False]) else {}
    chosen = selection.Selection(
        "people", fields=("id",), order=drawer.order("people"), page=world.page(1), **options
    )
    limit = draw(st.integers(1, 3))
    return drawing.Read(
        chosen, world.obj("id"), tuple(drawer.values), drawer.one(drawing.CALLERS[:5])
    ), limit


async def walk(filled, read, limit, start=None, *, backward=False):
    """(row ids page by page, the last page's cursor) of a walk from a cursor to the end."""
    chosen, values, pages = read.selection, list(read.values), []
    while True:
        page = world.page(limit)
        given = list(values)
        if start is not None:
            slots = []
            for value in start:
                slots.append(None if value is None else len(given))
                given += [] if value is None else [value]
            page = world.page(limit, keyset=world.keyset(*slots, backward=backward))
        outcome = await filled.world.outcome(replaced(chosen, page), read.shape, read.caller, given)
        pages.append([row["id"] for row in json.loads(outcome.data)])
        assert len(pages) < 50
        if not outcome.page.more:
            return pages
        start = decoded(filled, chosen, outcome.page.last)


def replaced(chosen, page):
    return selection.Selection(
        chosen.resource,
        fields=chosen.fields,
        order=chosen.order,
        filter=chosen.filter,
        page=page,
    )


def decoded(filled, chosen, data):
    """A cursor's values as the protocols read them: by the codec of each field."""
    from accord.binding import codec

    codecs = codec.Codecs(filled.world.binding.contract)
    fields = filled.world.binding.resources[chosen.resource].fields
    return [
        None if value is None else codecs.loose(fields[order.field].spec.type).from_json(value)
        for order, value in zip(chosen.order, json.loads(data), strict=True)
    ]


@hypothesis.given(drawing.datasets(), walks())
async def test_walking_the_pages(filled, data, walked):
    """All pages by cursor, forward and then backward, show each row once and in order."""
    read, limit = walked
    await filled.fill(data)
    known = interpreter.Interpreter(data, read.caller, read.values)
    rows = known.rows(read.selection, data["people"])
    everything = [row["id"] for row in rows]
    forward = await walk(filled, read, limit)
    assert [each for page in forward for each in page] == everything
    if not rows:
        return
    end = [known.stored("people", order.field, rows[-1]) for order in read.selection.order]
    backward = await walk(filled, read, limit, end, backward=True)
    assert [each for page in reversed(backward) for each in page] == everything[:-1]
