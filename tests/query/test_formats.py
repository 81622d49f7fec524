"""A stored value reads the same from both databases, and a cursor through it loses nothing."""

import dataclasses
import enum
import json
import math
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from accord import API, Resource, UtcDateTime, allow, computed, everyone
from accord.binding import codec
from accord.query import catalog, read, selection
from tests.query import world
from tests.query.world import keyset, obj, order, page


class Base(DeclarativeBase):
    pass


class Size(enum.Enum):
    """Stored by name, as SQLAlchemy does by default."""

    SMALL = "s"
    LARGE = "l"


class Colour(enum.Enum):
    RED = "dark red"
    BLUE = "it's 'blue' \\ 100%"


class Value(Base):
    __tablename__ = 'va"lues'
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None] = mapped_column("te'xt %s", sa.Text)
    moment: Mapped[datetime | None] = mapped_column(UtcDateTime)
    local: Mapped[datetime | None] = mapped_column(sa.DateTime)
    day: Mapped[date | None]
    clock: Mapped[time | None]
    lapse: Mapped[timedelta | None] = mapped_column(sa.Interval)
    amount: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    rate: Mapped[float | None] = mapped_column(sa.Double)
    small: Mapped[int | None] = mapped_column(sa.SmallInteger)
    big: Mapped[int | None] = mapped_column(sa.BigInteger)
    flag: Mapped[bool | None]
    girth: Mapped[Size | None]
    colour: Mapped[Colour | None] = mapped_column(
        sa.Enum(
            Colour,
            native_enum=False,
            length=30,
            values_callable=lambda kind: [each.value for each in kind],
        )
    )
    token: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    data: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    doc: Mapped[dict | None] = mapped_column(sa.JSON(none_as_null=True))


api = API("formats", version="v1")
NAMES = [each.key for each in sa.inspect(Value).column_attrs]


@api.resource
class Values(Resource[Value]):
    access = [allow("R", everyone)]
    rename = {Value.text: "text"}
    tenth = computed(Value.amount * sa.literal(0.1, sa.Numeric(12, 2)))
    sorts = [
        Value.text,
        Value.moment,
        Value.local,
        Value.day,
        Value.clock,
        Value.lapse,
        Value.amount,
        Value.rate,
        Value.small,
        Value.big,
        Value.flag,
        Value.girth,
        Value.colour,
        Value.token,
        Value.data,
        tenth,
    ]
    filters = [
        Value.text,
        Value.moment,
        Value.local,
        Value.day,
        Value.clock,
        Value.lapse,
        Value.amount,
        Value.rate,
        Value.small,
        Value.big,
        Value.girth,
        Value.colour,
        Value.token,
        Value.data,
    ]


class Native(Base):
    """What PostgreSQL alone has."""

    __tablename__ = "natives"
    id: Mapped[int] = mapped_column(primary_key=True)
    moment: Mapped[datetime] = mapped_column(UtcDateTime)
    local: Mapped[datetime] = mapped_column(sa.DateTime)
    day: Mapped[date]
    rate: Mapped[float] = mapped_column(sa.Double)
    real: Mapped[float] = mapped_column(sa.REAL)
    amount: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    any_amount: Mapped[Decimal] = mapped_column(sa.Numeric)


class Lone(DeclarativeBase):
    pass


class Listed(Lone):
    """Lists and jsonb, which PostgreSQL alone has."""

    __tablename__ = "listed"
    id: Mapped[int] = mapped_column(primary_key=True)
    texts: Mapped[list[str] | None] = mapped_column(sa.ARRAY(sa.Text))
    amounts: Mapped[list[Decimal] | None] = mapped_column(sa.ARRAY(sa.Numeric(10, 2)))
    moments: Mapped[list[datetime] | None] = mapped_column(sa.ARRAY(UtcDateTime))
    sizes: Mapped[list[Size] | None] = mapped_column(sa.ARRAY(sa.Enum(Size)))
    tokens: Mapped[list[uuid.UUID] | None] = mapped_column(sa.ARRAY(sa.Uuid))
    binary: Mapped[dict | None] = mapped_column(postgresql.JSONB(none_as_null=True))


# field: [(Python value as stored, wire value)]
TZ = UTC
CASES = {
    "text": [(x, x) for x in ("", "ä", "'", '"', "\\", "%s", "{}", "null", "日本", "\t\n", "$1")],
    "moment": [
        (datetime(2024, 1, 2, 3, 4, 5, 120000, TZ), "2024-01-02T03:04:05.120000Z"),
        (datetime(2024, 1, 2, tzinfo=TZ), "2024-01-02T00:00:00.000000Z"),
        (
            datetime.fromisoformat("2024-01-02T03:04:05.000001+02:00"),
            "2024-01-02T01:04:05.000001Z",
        ),
        (datetime(1, 1, 1, 0, 0, 0, 1, TZ), "0001-01-01T00:00:00.000001Z"),
        (datetime(9999, 12, 31, 23, 59, 59, 999998, TZ), "9999-12-31T23:59:59.999998Z"),
    ],
    "local": [(datetime(2024, 1, 2, 3, 4, 5, 6), "2024-01-02T03:04:05.000006Z")],  # noqa: DTZ001
    "day": [
        (date(2024, 2, 29), "2024-02-29"),
        (date(1, 1, 2), "0001-01-02"),
        (date(9999, 12, 30), "9999-12-30"),
    ],
    "clock": [
        (time(0), "00:00:00.000000"),
        (time(23, 59, 59, 999999), "23:59:59.999999"),
    ],
    "lapse": [
        (timedelta(days=1, hours=2), "P1DT7200S"),
        (timedelta(0), "P0D"),
        (timedelta(microseconds=-500000), "-PT0.5S"),
        (timedelta(days=-3, microseconds=1), "-P2DT86399.999999S"),
        (timedelta(days=40000), "P40000D"),
    ],
    "amount": [
        (Decimal(x), x) for x in ("149.50", "0.00", "-0.01", "9999999999.99", "-9999999999.99")
    ],
    "rate": [
        (x, x) for x in (0.1 + 0.2, 1e300, 5e-324, -1.5, 0.0, 1e16, 123456789.125, 1 / 3, 2.0**53)
    ],
    "small": [(x, x) for x in (-32768, 0, 32767)],
    "big": [(x, x) for x in (-(2**63), 2**53 + 1, 2**63 - 1)],
    "flag": [(True, True), (False, False)],
    "girth": [(Size.SMALL, "SMALL"), (Size.LARGE, "LARGE")],
    "colour": [(each, each.value) for each in Colour],
    "token": [
        (
            uuid.UUID("0189c3f1-8a3b-7c44-9d2e-0123456789ab"),
            "0189c3f1-8a3b-7c44-9d2e-0123456789ab",
        ),
        (uuid.UUID(int=0), "00000000-0000-0000-0000-000000000000"),
    ],
    "data": [(b"\x00\xff\x10", "AP8Q"), (b"", ""), (b"a", "YQ=="), (b"ab\xfb\xff", "YWL7/w==")],
    "doc": [
        (x, x)
        for x in (
            {"b": 1, "a": [True, None, 1.5, "x'\"\\%"]},
            {},
            {"n": {"n": {"n": []}}},
        )
    ],
}
SORTED = [name for name in CASES if name != "doc"]


@pytest.fixture(scope="module")
async def stored(database_url):
    """Row 1 is all nulls; each value of each field has a row of its own, and each a twin."""
    url = database_url
    async with world.serving(api, url) as each:
        rows = [{"id": 1}]
        for name, values in CASES.items():
            rows += [{"id": 0, name: value} for value, _ in (*values, *values)]
        for number, row in enumerate(rows, 1):
            row.update({other: row.get(other) for other in NAMES}, id=number)
        column = {attribute: sa.inspect(Value).columns[attribute].name for attribute in NAMES}
        await each.fill(
            {Value: [{column[key]: value for key, value in row.items()} for row in rows]}
        )
        each.rows = rows
        yield each


def field(stored, name):
    return stored.binding.resources["values"].fields[name]


def decoder(stored, name):
    codecs = codec.Codecs(stored.binding.contract)
    return codecs.loose(field(stored, name).spec.type).from_json


def wire_of(name, value):
    return next(wire for each, wire in CASES[name] if each is value)


@pytest.mark.parametrize("name", CASES)
async def test_value(stored, name):
    """Pages, items and related lists write a value in one form; null is null."""
    chosen = selection.Selection("values", fields=("id", name), order=order("id"), page=page(500))
    found = {
        row["id"]: row[name] for row in await stored.data(chosen, obj("id", name), world.caller())
    }
    expected = {
        row["id"]: None if row[name] is None else wire_of(name, row[name]) for row in stored.rows
    }
    assert found == expected
    for number in [1, *[key for key, value in expected.items() if value is not None]]:
        item = selection.Selection("values", fields=(name,), key=0)
        assert await stored.data(item, obj(name), world.caller(), (number,)) == {
            name: expected[number]
        }


@pytest.mark.parametrize("name", SORTED)
@pytest.mark.parametrize("descending", [False, True])
async def test_cursor(stored, name, descending):
    """Walking row by row, through equal values and nulls, shows every row once and in order."""
    decode = decoder(stored, name)
    chosen = selection.Selection(
        "values",
        fields=("id",),
        order=(selection.Order(name, descending), selection.Order("id")),
        page=page(500),
        filter=selection.Or(
            (selection.IsNull(name, negate=True), selection.Compare("small", "eq", 0))
        ),
    )
    everything = [row["id"] for row in await stored.data(chosen, obj("id"), world.caller(), (0,))]
    assert len(everything) == 2 * len(CASES[name]) + (0 if name == "small" else 2)
    seen, values, where = [], (0,), None
    while True:
        walking = msgspec.structs.replace(chosen, page=page(1, keyset=where))
        outcome = await stored.outcome(walking, obj("id"), world.caller(), values)
        seen += [row["id"] for row in json.loads(outcome.data)]
        if not outcome.page.more:
            break
        value, number = json.loads(outcome.page.last)
        values = (0, number) if value is None else (0, decode(value), number)
        where = keyset(None, 1) if value is None else keyset(1, 2)
        assert len(seen) <= len(everything)
    assert seen == everything


@pytest.mark.parametrize("name", [name for name in SORTED if name != "flag"])
async def test_filter(stored, name):
    """The wire value finds the rows that show it."""
    decode = decoder(stored, name)
    for value, wire in CASES[name]:
        wanted = [row["id"] for row in stored.rows if row[name] == value and row[name] is not None]
        for operator, given in (("eq", decode(wire)), ("in", [decode(wire)])):
            chosen = selection.Selection(
                "values",
                fields=("id",),
                order=order("id"),
                page=page(500),
                filter=selection.Compare(name, operator, 0),
            )
            found = await stored.data(chosen, obj("id"), world.caller(), (given,))
            assert [row["id"] for row in found] == wanted, (operator, wire)


async def test_cursor_of_a_product_is_exact(stored):
    """What is computed has more digits than it shows; a cursor carries them all."""
    chosen = selection.Selection(
        "values", fields=("id",), order=order("tenth", "id"), page=page(500)
    )
    everything = [row["id"] for row in await stored.data(chosen, obj("id"), world.caller())]
    seen, values, where = [], (), None
    decode = decoder(stored, "tenth")
    while True:
        walking = msgspec.structs.replace(chosen, page=page(3, keyset=where))
        outcome = await stored.outcome(walking, obj("id"), world.caller(), values)
        seen += [row["id"] for row in json.loads(outcome.data)]
        if not outcome.page.more:
            break
        value, number = json.loads(outcome.page.last)
        values = (number,) if value is None else (decode(value), number)
        where = keyset(None, 0) if value is None else keyset(0, 1)
        assert len(seen) <= len(everything)
    assert seen == everything


async def test_enum_has_its_wire_name(stored):
    """Where the contract names a member otherwise than the database, reads and filters translate."""
    bound = stored.binding
    named = {"SMALL": "tiny", "LARGE": "hu'ge"}
    enums = tuple(
        msgspec.structs.replace(
            each,
            values=tuple(
                msgspec.structs.replace(value, name=named.get(value.name, value.name))
                for value in each.values
            ),
        )
        for each in bound.contract.enums
    )
    renamed = dataclasses.replace(
        bound, contract=msgspec.structs.replace(bound.contract, enums=enums)
    )
    chosen = selection.Selection(
        "values",
        fields=("girth",),
        order=order("girth", "id"),
        page=page(9),
        filter=selection.Or(
            (
                selection.Literally("girth", ("hu'ge",)),
                selection.Compare("girth", "eq", 0),
                selection.Compare("girth", "in", 1),
            )
        ),
    )
    made = read.compile_read(
        catalog.Catalog(renamed, stored.dialect), chosen, obj("girth"), frozenset()
    )
    rows = await stored.database.fetch(made.sql, made.bind(["tiny", ["tiny"]]))
    shown = sorted(json.loads(row[0])["girth"] for row in rows)
    assert shown == ["hu'ge", "hu'ge", "tiny", "tiny"]


natives = API("natives", version="v1")


@natives.resource
class Natives(Resource[Native]):
    access = [allow("R", everyone)]


async def test_what_the_wire_cannot_say_reads_as_null(postgres_url):
    """NaN, infinities and years outside 1 to 9999 can be stored in PostgreSQL, not in JSON."""
    fields = ("moment", "local", "day", "rate", "real", "amount", "any_amount")
    async with world.serving(natives, postgres_url) as each:
        await each.execute(
            """insert into natives values
            (1, 'infinity', 'infinity', 'infinity', 'Infinity', 'Infinity', 'NaN', 'Infinity'),
            (2, '-infinity', '-infinity', '-infinity', '-Infinity', 'NaN', 'NaN', '-Infinity'),
            (3, '0044-03-15 12:00Z BC', '0044-03-15 12:00 BC', '0044-03-15 BC', 'NaN', 'NaN',
             'NaN', 'NaN'),
            (4, '10000-01-01 00:00Z', '10000-01-01', '10000-01-01', 1, 0.1, 1, 0.10),
            (5, '9999-12-31 23:59:59.999999Z', '0001-01-01', '9999-12-31', -0.0, 0, 0, 1e20)"""
        )
        chosen = selection.Selection("natives", fields=fields, order=order("id"), page=page(9))
        found = await each.data(chosen, obj(*fields), world.caller())
        nothing = dict.fromkeys(fields)
        assert found[:3] == [nothing] * 3
        assert found[3] == {
            **nothing,
            "rate": 1,
            "real": 0.1,
            "amount": "1.00",
            "any_amount": "0.10",
        }
        assert found[4] == {
            "moment": "9999-12-31T23:59:59.999999Z",
            "local": "0001-01-01T00:00:00.000000Z",
            "day": "9999-12-31",
            "rate": 0,
            "real": 0,
            "amount": "0.00",
            "any_amount": "100000000000000000000",
        }
        item = selection.Selection("natives", fields=fields, key=0)
        for number in range(1, 6):
            await each.outcome(item, obj(*fields), world.caller(), (number,))


lists = API("lists", version="v1")


@lists.resource
class Lists(Resource[Listed]):
    access = [allow("R", everyone)]


async def test_lists_and_jsonb(postgres_url):
    """The elements of a list are written like single values."""
    token = "0189c3f1-8a3b-7c44-9d2e-0123456789ab"
    fields = ("texts", "amounts", "moments", "sizes", "tokens", "binary")
    async with world.serving(lists, postgres_url) as each:
        rows = [
            {
                "id": 1,
                "texts": ["a", None, "{,\"'"],
                "amounts": [Decimal("1.50"), None],
                "moments": [datetime(2024, 1, 2, tzinfo=TZ), None],
                "sizes": [Size.LARGE],
                "tokens": [uuid.UUID(token)],
                "binary": {"b": [1, "'"], "a": None},
            },
            {"id": 2, **dict.fromkeys(fields)},
            {"id": 3, **{key: [] for key in fields[:-1]}, "binary": {}},
        ]
        await each.fill({Listed: rows})
        chosen = selection.Selection("lists", fields=fields, order=order("id"), page=page(9))
        assert await each.data(chosen, obj(*fields), world.caller()) == [
            {
                "texts": ["a", None, "{,\"'"],
                "amounts": ["1.50", None],
                "moments": ["2024-01-02T00:00:00.000000Z", None],
                "sizes": ["LARGE"],
                "tokens": [token],
                "binary": {"b": [1, "'"], "a": None},
            },
            dict.fromkeys(fields),
            {**{key: [] for key in fields[:-1]}, "binary": {}},
        ]


async def test_infinite_floats_of_sqlite_read_as_null(sqlite_url):
    async with world.serving(api, sqlite_url) as each:
        await each.execute('insert into "va""lues" (id, rate) values (1, 9e999), (2, -9e999)')
        chosen = selection.Selection("values", fields=("rate",), order=order("id"), page=page(9))
        found = await each.data(chosen, obj("rate"), world.caller())
        assert found == [{"rate": None}, {"rate": None}]
        assert not math.isfinite(9e999)
