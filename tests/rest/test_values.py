"""A value reads the same from JSON and from the text of a query, and faulty ones are refused."""

import base64
import json
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.binding import codec
from accord.contract import contract, types
from accord.kernel import temporal
from tests.rest import attempts

ENUM = types.EnumType(
    "Color", (types.EnumValue("red", "RED", 1), types.EnumValue("dark-blue", "DARK", 2))
)
POINT = types.ObjectType(
    "Point",
    (
        types.ObjectField("x", "x", 1, types.Type("integer")),
        types.ObjectField("at", "at", 2, types.Type("datetime"), required=False, nullable=True),
        types.ObjectField("next", "next", 3, types.Type("object", ref="Point"), required=False),
    ),
)
CODECS = codec.Codecs(
    contract.Contract(1, "t", "v1", "T", contract.Style("/v1"), (), (), (ENUM,), (POINT,))
)


def of(kind, **given_):
    return CODECS.strict(types.Type(kind, **given_))


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
FINITE = st.floats(allow_nan=False, allow_infinity=False)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15)
DURATIONS = st.timedeltas(timedelta(-9999), timedelta(9999))

# kind, wire values with the Python value meant, how the wire value is written in a query
KINDS = [
    ("id", TEXT.map(lambda v: (v, v)), str),
    ("string", TEXT.map(lambda v: (v, v)), str),
    ("integer", st.integers(-(2**31), 2**31 - 1).map(lambda v: (v, v)), str),
    ("bigint", st.integers(-(2**63), 2**63 - 1).map(lambda v: (v, v)), str),
    ("decimal", DECIMALS.map(lambda v: (str(v), v)), str),
    ("float", FINITE.map(lambda v: (v, v)), repr),
    ("boolean", st.booleans().map(lambda v: (v, v)), json.dumps),
    ("datetime", MOMENTS.map(lambda v: (temporal.format_timestamp(v), v)), str),
    ("date", st.dates().map(lambda v: (v.isoformat(), v)), str),
    ("time", st.times().map(lambda v: (temporal.format_time(v), v)), str),
    ("duration", DURATIONS.map(lambda v: (temporal.format_duration(v), v)), str),
    ("uuid", st.uuids().map(lambda v: (str(v), v)), str),
    ("bytes", st.binary().map(lambda v: (base64.b64encode(v).decode(), v)), str),
]


@pytest.mark.parametrize(("kind", "values", "written"), KINDS, ids=[kind for kind, _, _ in KINDS])
@given(data=st.data())
def test_text_and_json_read_the_same(kind, values, written, data):
    wire, value = data.draw(values)
    found = of(kind)
    assert found.from_json(wire) == value
    assert found.from_text(written(wire)) == value
    assert type(found.from_json(wire)) is type(value)


@pytest.mark.parametrize("kind", [kind for kind, _, _ in KINDS] + ["json"])
@given(data=st.data())
def test_any_text_and_any_json_is_read_or_refused(kind, data):
    found = of(kind)
    inner = st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text()
    value = data.draw(
        st.recursive(inner, lambda i: st.lists(i) | st.dictionaries(st.text(), i), max_leaves=4)
    )
    for read, given_ in ((found.from_json, value), (found.from_text, data.draw(st.text()))):
        refused = attempts.attempt(codec.Invalid, read, given_)
        assert not isinstance(refused, codec.Invalid) or (refused.message and refused.code)


def refusal(found, value, *, text=False):
    with pytest.raises(codec.Invalid) as caught:
        (found.from_text if text else found.from_json)(value)
    return caught.value


@pytest.mark.parametrize("bad", ["a\x00", "\ud800", "a\udfff"])
def test_what_no_database_keeps_is_refused(bad):
    assert refusal(of("string"), bad).code == "INVALID_FORMAT"
    assert refusal(of("json"), {"a": [bad]}).code == "INVALID_FORMAT"
    assert refusal(of("json"), {bad: 1}).code == "INVALID_FORMAT"


@pytest.mark.parametrize("text", ["1_0", " 1", "1 ", "+1", "٣", "0x1", "", "-", "1e3"])
def test_an_integer_in_a_query_is_plain_digits(text):
    assert refusal(of("integer"), text, text=True).code == "INVALID_FORMAT"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-01-01", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-01-01T00:00:00 02:00", datetime(2023, 12, 31, 22, tzinfo=UTC)),
        ("2024-01-01T00:00:00.5-01:00", datetime(2024, 1, 1, 1, 0, 0, 500000, tzinfo=UTC)),
    ],
)
def test_a_query_may_write_times_shorter(text, value):
    assert of("datetime").from_text(text) == value


def test_a_closed_type_names_its_choices():
    found = of("enum", ref="Color")
    assert found.choices == ("red", "dark-blue")
    assert found.from_text("dark-blue") == "dark-blue"
    refused = refusal(found, "RED")
    assert refused.code == "NOT_ALLOWED_VALUE"
    assert refused.allowed == ("red", "dark-blue")
    assert of("boolean").choices == (True, False)
    assert of("boolean").from_text("0") is False


@pytest.mark.parametrize(
    ("kind", "given_", "value", "code"),
    [
        ("string", {"min_length": 2}, "a", "TOO_SHORT"),
        ("string", {"max_length": 2}, "abc", "TOO_LONG"),
        ("string", {"pattern": "^a"}, "ba", "PATTERN_MISMATCH"),
        ("string", {"format": "uri"}, "no uri", "INVALID_FORMAT"),
        ("string", {"format": "uri"}, "http://[::1", "INVALID_FORMAT"),
        ("string", {"format": "hostname"}, "-a.b", "INVALID_FORMAT"),
        ("string", {"format": "ipv4"}, "1.2.3", "INVALID_FORMAT"),
        ("string", {"format": "ipv6"}, "1.2.3.4", "INVALID_FORMAT"),
        ("string", {"format": "uuid"}, "x", "INVALID_FORMAT"),
        ("integer", {"minimum": "3"}, 2, "TOO_SMALL"),
        ("integer", {"exclusive_minimum": "3"}, 3, "TOO_SMALL"),
        ("float", {"maximum": "3"}, 3.1, "TOO_LARGE"),
        ("decimal", {"exclusive_maximum": "3"}, "3.00", "TOO_LARGE"),
        ("date", {"minimum": "2024-01-01"}, "2023-12-31", "TOO_SMALL"),
        ("datetime", {"maximum": "2024-01-01T00:00:00Z"}, "2024-01-01T00:00:01Z", "TOO_LARGE"),
    ],
)
def test_constraints_hold_in_writes_and_not_in_filters(kind, given_, value, code):
    type_ = types.Type(kind, constraints=types.Constraints(**given_))
    assert refusal(CODECS.strict(type_), value).code == code
    CODECS.loose(type_).from_json(value)


def test_several_broken_constraints_are_told_together():
    type_ = types.Type("string", constraints=types.Constraints(min_length=5, pattern="^a"))
    assert {each.code for each in refusal(CODECS.strict(type_), "b").faults} == {
        "TOO_SHORT",
        "PATTERN_MISMATCH",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.5", Decimal("1.50")),
        ("1.500", Decimal("1.50")),
        ("-0.01", Decimal("-0.01")),
        (7, Decimal(7)),
        ("1e1", Decimal(10)),
        ("999.99", Decimal("999.99")),
    ],
)
def test_a_decimal_keeps_its_digits(value, expected):
    assert of("decimal", precision=5, scale=2).from_json(value) == expected


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1.005", "NOT_A_MULTIPLE"),
        ("1000", "TOO_LARGE"),
        ("1e3", "TOO_LARGE"),
        ("1e-9", "NOT_A_MULTIPLE"),
        (Decimal("1E+999999"), "TOO_LARGE"),
    ],
)
def test_a_decimal_beyond_its_digits_is_refused(value, code):
    assert refusal(of("decimal", precision=5, scale=2), value).code == code


def test_arrays_and_objects_tell_every_faulty_part():
    points = of("array", items=types.Type("object", ref="Point"))
    good = [{"x": 1, "at": None, "next": {"x": 2, "at": "2024-01-01T00:00:00Z"}}]
    assert points.from_json(good) == good
    refused = refusal(points, [{"x": "1"}, 3, {"next": {"y": 1, "x": None}}])
    assert {(each.path, each.code) for each in refused.faults} == {
        (("0", "x"), "INVALID_TYPE"),
        (("1",), "INVALID_TYPE"),
        (("2", "x"), "REQUIRED"),
        (("2", "next", "y"), "UNKNOWN_ATTRIBUTE"),
        (("2", "next", "x"), "NULL_NOT_ALLOWED"),
    }
    assert of("array", items=types.Type("integer")).from_text("1,2") == [1, 2]
    assert of("array", items=types.Type("integer")).from_text("") == []


def test_json_in_a_query_is_json():
    assert of("json").from_text('{"a": [1.5]}') == {"a": [1.5]}
    for bad in ("{", "NaN", "[" * 100_000):
        assert refusal(of("json"), bad, text=True).code == "INVALID_FORMAT"


def test_the_types_are_the_ones_meant():
    assert isinstance(of("uuid").from_json(str(uuid.uuid4())), uuid.UUID)
    assert isinstance(of("date").from_json("2024-01-01"), date)
    assert isinstance(of("time").from_json("10:30:00"), time)
