"""The arms of a keyset page are disjoint, and together exactly the rows after the cursor."""

import sqlite3

import hypothesis
import pytest
from hypothesis import strategies as st

from accord.query import keyset
from tests.query import interpreter

NAMES = ("a", "b", "c", "id")


@st.composite
def drawn(draw):
    """(keys as (name, descending, nullable), rows, the cursor's row)."""
    names = draw(st.permutations(NAMES[:3]))[: draw(st.integers(0, 3))]
    keys = [(name, draw(st.booleans()), draw(st.booleans())) for name in names]
    keys.append(("id", draw(st.booleans()), False))
    nullable = {name for name, _, null in keys if null}
    small = st.integers(0, 2)

    def row():
        return {
            name: draw(st.one_of(st.none(), small) if name in nullable else small) for name in NAMES
        }

    rows = [{**row(), "id": number} for number in range(draw(st.integers(0, 8)))]
    start = {**row(), "id": draw(st.integers(0, 8))}
    return keys, rows, draw(st.sampled_from([*rows, start]))


@pytest.fixture(scope="module")
def connection():
    with sqlite3.connect(":memory:") as made:
        made.execute("create table t (a, b, c, id)")
        yield made
    made.close()


def arms(keys, start):
    """The arms and the values of their placeholders."""
    made, values = [], {}
    for name, descending, nullable in keys:
        value = start[name]
        placeholder = None if value is None else f":v_{name}"
        values[f"v_{name}"] = value
        made.append(keyset.Key(name, descending, nullable, placeholder))
    return keyset.arms(tuple(made)), values


def after(keys, start, row):
    for name, descending, _ in keys:
        found = interpreter.compared(row[name], start[name])
        if found:
            return (found < 0) is descending
    return False


@hypothesis.given(drawn())
def test_arms_are_what_comes_after(connection, example):
    keys, rows, start = example
    connection.execute("delete from t")
    connection.executemany("insert into t values (:a, :b, :c, :id)", rows)
    conditions, values = arms(keys, start)
    found = [
        row[0]
        for each in conditions
        for row in connection.execute(f"select id from t where {each}", values)
    ]
    assert sorted(found) == sorted(row["id"] for row in rows if after(keys, start, row))


@hypothesis.given(drawn())
def test_only_nulls_need_several_arms(example):
    keys, _, start = example
    conditions, _ = arms(keys, start)
    if not any(nullable for _, _, nullable in keys):
        assert len(conditions) == 1
        if len({descending for _, descending, _ in keys}) == 1:
            assert " or " not in conditions[0]


def test_null_of_a_field_without_nulls_is_no_sql_error():
    """A cursor is data from outside: a null where none can be finds nothing, and breaks nothing."""
    keys = (keyset.Key("a", False, False, None), keyset.Key("id", False, False, "?1"))
    assert keyset.arms(keys) == ("a is null and id > ?1",)
