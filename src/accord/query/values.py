"""Room: query. Column values of a write: casts, converters and what fills in a missing one."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import sqlalchemy as sa

from accord.binding import binding
from accord.query import catalog, dialects, fragments, plan

Maker: TypeAlias = Callable[[Mapping[str, Any]], Any]
"""Makes a column's value, given those of the other columns by name."""


def named(table: sa.Table, name: str) -> sa.Column[Any]:
    """The column of that name in the database; a Table's own keys may be others."""
    return next(each for each in table.c if each.name == name)


def cast(text: str, type_: sa.types.TypeEngine[Any], dialect: dialects.Dialect) -> str:
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


def storer(
    known: catalog.Catalog, resource: binding.ResourceBinding, column: sa.Column[Any]
) -> plan.Convert | None:
    """From a codec's value, or a default's, to what the driver takes for the column."""
    convert = fragments.converter(column.type, known.dialect)
    if not isinstance(column.type, sa.Enum):
        return convert
    names = _stored_names(known, resource, column)
    return lambda value: _enum(value, names, convert)


def _stored_names(
    known: catalog.Catalog, resource: binding.ResourceBinding, column: sa.Column[Any]
) -> dict[str, str]:
    """Wire names of an enum column to those it stores."""
    field = next((each for each in resource.fields.values() if each.column is column), None)
    stored, wire = ([], []) if field is None else known.enum_pairs(field.spec.type, column.type)
    return dict(zip(wire, stored, strict=True))


def _enum(value: Any, names: dict[str, str], convert: plan.Convert | None) -> Any:
    """A member as the model stores it, or a wire name."""
    if isinstance(value, enum.Enum) and convert is not None:
        return convert(value)
    return names.get(value, value)


def member(
    known: catalog.Catalog,
    resource: binding.ResourceBinding,
    column: sa.Column[Any],
    value: Any,
) -> Any:
    """A codec's value as the model holds it: an enum's wire name becomes the member."""
    if not isinstance(column.type, sa.Enum) or not isinstance(value, str):
        return value
    if isinstance(value, enum.Enum):
        return value
    stored = _stored_names(known, resource, column).get(value, value)
    return loaded(stored, column.type, known.dialect)


def loaded(raw: Any, type_: sa.types.TypeEngine[Any], dialect: dialects.Dialect) -> Any:
    """What the driver gave for a column as the Python value that its type makes of it."""
    implementation = type_.dialect_impl(dialect.sqlalchemy)
    process = implementation.result_processor(dialect.sqlalchemy, None)
    return raw if process is None or raw is None else process(raw)


def texts(dialect: dialects.Dialect) -> plan.Convert:
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


def remade_by_database(column: sa.Column[Any]) -> bool:
    """Whether an update of other columns may change the column."""
    return column.computed is not None or column.server_onupdate is not None


def python_default(column: sa.Column[Any]) -> Maker | None:
    """How Python makes the column's default, None when it has none or SQL makes it."""
    return _maker(column.default)


def python_onupdate(column: sa.Column[Any]) -> Maker | None:
    """How Python makes the column's value at an update that leaves it out."""
    return _maker(column.onupdate)


class _Parameters:
    """What SQLAlchemy hands to a default that takes a context, as far as there is one."""

    def __init__(self, current: Mapping[str, Any]) -> None:
        self.current_parameters = current

    def get_current_parameters(self, isolate_multiinsert_params: bool = True) -> Mapping[str, Any]:
        """The values of the row so far, by column name."""
        return self.current_parameters


def _maker(default: Any) -> Maker | None:
    if default is None or default.is_sequence or default.is_clause_element:
        return None
    argument = default.arg
    if default.is_callable:
        return lambda current: argument(_Parameters(current))
    return lambda _current: argument


def sql_default(column: sa.Column[Any], dialect: dialects.Dialect) -> str | None:
    """A default that is an SQL expression or, where there are some, a sequence, as text."""
    default: Any = column.default
    if _is_called(default) and dialect.name == "postgresql":
        name = dialect.sqlalchemy.identifier_preparer.format_sequence(default)
        return f"nextval({dialects.literal(name)})"
    return _expression(default, dialect)


def sql_onupdate(column: sa.Column[Any], dialect: dialects.Dialect) -> str | None:
    """What SQL sets the column to at an update that leaves it out, as text."""
    return _expression(column.onupdate, dialect)


def _expression(default: Any, dialect: dialects.Dialect) -> str | None:
    if default is None or not getattr(default, "is_clause_element", False):
        return None
    compiled = default.arg.compile(
        dialect=dialect.sqlalchemy, compile_kwargs={"literal_binds": True}
    )
    text = str(compiled).replace("%%", "%")
    return f"({text})" if isinstance(default.arg, sa.SelectBase) else text


def _is_called(default: Any) -> bool:
    """Whether a sequence is asked for its next value, not left to a serial column."""
    return default is not None and default.is_sequence and not default.optional
