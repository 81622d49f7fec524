"""Room: query. Column values of a write: casts, converters and what fills in a missing one."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from accord.binding import binding
from accord.query import catalog, fragments, plan


def cast(text: str, type_: sa.types.TypeEngine[Any], dialect: Any) -> str:
    """A value with its type, where the database could not tell it from a table.

    Lengths and scales are left off: a cast to `varchar(3)` would cut in silence.
    """
    if dialect.name != "postgresql":
        return text
    implementation = type_.dialect_impl(dialect.sqlalchemy)
    if isinstance(implementation, sa.Enum) and implementation.native_enum:
        name = type_.compile(dialect=dialect.sqlalchemy)
    elif isinstance(implementation, sa.String | sa.Enum):
        name = "text"
    elif isinstance(implementation, sa.Numeric) and not isinstance(implementation, sa.Float):
        name = "numeric"
    else:
        name = type_.compile(dialect=dialect.sqlalchemy)
    return f"{text}::{name}"


_STORERS: dict[Any, plan.Convert | None] = {}


def storer(
    known: catalog.Catalog, resource: binding.ResourceBinding, column: sa.Column[Any]
) -> plan.Convert | None:
    """From a codec's value, or a default's, to what the driver takes for the column."""
    key = (id(column), known.dialect.name)
    if key not in _STORERS:
        _STORERS[key] = _storer(known, resource, column)
    return _STORERS[key]


def _storer(
    known: catalog.Catalog, resource: binding.ResourceBinding, column: sa.Column[Any]
) -> plan.Convert | None:
    convert = fragments.converter(column.type, known.dialect)
    if not isinstance(column.type, sa.Enum):
        return convert
    field = next((each for each in resource.fields.values() if each.column is column), None)
    stored, wire = ([], []) if field is None else known.enum_pairs(field.spec.type, column.type)
    names = dict(zip(wire, stored, strict=True))
    return lambda value: _enum(value, names, convert)


def _enum(value: Any, names: dict[str, str], convert: plan.Convert | None) -> Any:
    """A member as the model stores it, or a wire name."""
    if isinstance(value, enum.Enum) and convert is not None:
        return convert(value)
    return names.get(value, value)


def texts(dialect: Any) -> plan.Convert:
    """A tuple of texts as one parameter for `in_list`."""
    return _as_list if dialect.name == "postgresql" else _as_json


def _as_list(given: Any) -> Any:
    return list(given)


def _as_json(given: Any) -> Any:
    return json.dumps(list(given))


def made_by_database(column: sa.Column[Any]) -> bool:
    """Whether the database fills the column in when an insert leaves it out."""
    return (
        column.server_default is not None
        or column.computed is not None
        or column.identity is not None
        or column is column.table.autoincrement_column
        or (column.default is not None and column.default.is_sequence)
    )


def python_default(column: sa.Column[Any]) -> Callable[[], Any] | None:
    """How Python makes the column's default, None when it has none or SQL makes it."""
    return _maker(column.default)


def python_onupdate(column: sa.Column[Any]) -> Callable[[], Any] | None:
    """How Python makes the column's value at an update that leaves it out."""
    return _maker(column.onupdate)


def _maker(default: Any) -> Callable[[], Any] | None:
    if default is None or default.is_sequence or default.is_clause_element:
        return None
    argument = default.arg
    if default.is_callable:
        return lambda: argument(None)
    return lambda: argument


def sql_default(column: sa.Column[Any], dialect: Any) -> str | None:
    """A default that is an SQL expression, as text."""
    default: Any = column.default
    if default is None or not getattr(default, "is_clause_element", False):
        return None
    compiled = default.arg.compile(
        dialect=dialect.sqlalchemy, compile_kwargs={"literal_binds": True}
    )
    return str(compiled).replace("%%", "%")
