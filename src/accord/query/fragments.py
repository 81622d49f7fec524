"""Room: query. SQLAlchemy expressions made into text once, with holes for alias and values.

SQLAlchemy's compiler takes 1-2 ms a statement; the statements are therefore joined from
fragments it compiled once per expression, dialect and policy variant.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import util as sql_util

from accord.binding import elements
from accord.kernel import temporal
from accord.query import dialects, plan

# Stands for the alias of the resource's own table until a statement gives it one.
SELF = "zz_self"
# Quoted text and quoted names are told apart first: a hole inside them is none.
_TOKEN = re.compile(rf"""%\(([^)]+)\)s|%%|\b{SELF}\b|'(?:[^']|'')*'|"(?:[^"]|"")*\"""")
# A cast to so many digits would round what the caller compares with.
_ROUNDING = re.compile(r"(%\([^)]+\)s::NUMERIC)\(\d+(?:, -?\d+)?\)")


class _Alias:
    """The hole for the alias."""


ALIAS = _Alias()
Part = str | plan.Source | _Alias


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """SQL text in parts: text, holes for the alias and sources of parameters."""

    parts: tuple[Part, ...]


def condition(
    expression: sa.ColumnElement[Any], table: sa.Table, dialect: dialects.Dialect
) -> Fragment:
    """A boolean expression over the table's row as a fragment.

    It is compiled inside a whole statement, so that subqueries correlate with the row.
    """
    alias = table.alias(SELF)
    adapted = sql_util.ClauseAdapter(alias).traverse(expression)
    statement: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(alias).where(adapted)
    return _compile(statement, "\nWHERE ", dialect)


def scalar(
    expression: sa.ColumnElement[Any], table: sa.Table, dialect: dialects.Dialect
) -> Fragment:
    """A value computed from the table's row as a fragment, in parentheses."""
    alias = table.alias(SELF)
    adapted = sql_util.ClauseAdapter(alias).traverse(expression)
    # An equality with itself keeps the statement's form while the value is not boolean.
    statement: sa.Select[Any] = (
        sa.select(sa.literal_column("1")).select_from(alias).order_by(adapted)
    )
    return _compile(statement, " ORDER BY ", dialect)


def _compile(statement: sa.Select[Any], after: str, dialect: dialects.Dialect) -> Fragment:
    compiled = statement.compile(
        dialect=dialect.sqlalchemy, compile_kwargs={"render_postcompile": True}
    )
    text = str(compiled)
    text = _ROUNDING.sub(r"\1", text[text.index(after) + len(after) :])
    params = compiled.construct_params()
    parts: list[Part] = ["("]
    end = 0
    for match in _TOKEN.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        parts.append(_part(match, compiled, params, dialect))
    parts.append(text[end:] + ")")
    return Fragment(tuple(_merge(parts)))


def _part(
    match: re.Match[str], compiled: Any, params: Mapping[str, Any], dialect: dialects.Dialect
) -> Part:
    text = match.group(0)
    if text == "%%":
        return "%"
    if text == SELF:
        return ALIAS
    if text.startswith(("'", '"')):
        return text.replace("%%", "%")
    name: str = match.group(1)
    names: dict[str, str] = {
        escaped: own for own, escaped in (compiled.escaped_bind_names or {}).items()
    }
    own = names.get(name, name)
    bind = compiled.binds.get(own)
    if bind is None:  # one element of an expanded IN list
        bind = compiled.binds[own.rsplit("_", 1)[0]]
    convert = converter(bind.type, dialect)
    if own.startswith(elements.CALLER_PREFIX):
        key = own.removeprefix(elements.CALLER_PREFIX)
        return plan.Source("caller", key, convert=_from_caller(bind.type, convert))
    if own == elements.VALUE_NAME:
        return plan.Source("value", -1, convert=convert)
    return constant(params[name], bind.type, dialect)


_CALLERS: dict[Any, plan.Convert] = {}


def _from_caller(
    type_: sa.types.TypeEngine[Any], convert: plan.Convert | None
) -> plan.Convert | None:
    """Facts of a caller are text and JSON; columns may hold numbers, UUIDs or moments.

    What cannot be one is null, which no row equals: an id of another kind is nobody's.
    """
    parse = next((read for kind, read in _PARSED if isinstance(_plain(type_), kind)), None)
    if parse is None:
        return convert

    def read(value: Any) -> Any:
        try:
            parsed = parse(value) if isinstance(value, str) else value
        except ValueError:
            return None
        return parsed if convert is None else convert(parsed)

    return _CALLERS.setdefault((parse, convert), read)


def _plain(type_: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    return type_.impl_instance if isinstance(type_, sa.types.TypeDecorator) else type_


def _integer(bits: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if str(number) != text or not -(2**bits) <= number < 2**bits:
            raise ValueError(text)
        return number

    return read


_PARSED: tuple[tuple[type[sa.types.TypeEngine[Any]], Callable[[str], Any]], ...] = (
    (sa.SmallInteger, _integer(15)),
    (sa.BigInteger, _integer(63)),
    (sa.Integer, _integer(31)),
    (sa.Uuid, uuid.UUID),
    (sa.DateTime, temporal.parse_timestamp),
    (sa.Date, temporal.parse_date),
)


def constant(value: Any, type_: sa.types.TypeEngine[Any], dialect: dialects.Dialect) -> Part:
    """A value of the declaration: enums and booleans as literals, the rest as parameters.

    Literals let the planner use partial indexes and know about skew.
    """
    convert = converter(type_, dialect)
    raw = value if convert is None or value is None else convert(value)
    if raw is None:
        return "null"
    if isinstance(type_, sa.Enum | sa.Boolean) and isinstance(raw, str | bool | int):
        return dialects.literal(raw)
    return plan.Source("const", const=tuple(raw) if isinstance(raw, list) else raw)


def converter(
    type_: sa.types.TypeEngine[Any] | None, dialect: dialects.Dialect
) -> plan.Convert | None:
    """From a Python value to what the driver takes for that column type."""
    if type_ is None:
        return None
    implementation = type_.dialect_impl(dialect.sqlalchemy)
    processor: plan.Convert | None = implementation.bind_processor(dialect.sqlalchemy)
    if processor is None and isinstance(type_, sa.DateTime) and not type_.timezone:
        # Wire moments are aware; the driver takes none with an offset for such a column.
        return _naive
    return processor


def _naive(value: Any) -> Any:
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC).replace(tzinfo=None)
    return value


def _merge(parts: list[Part]) -> list[Part]:
    """Neighbouring texts joined."""
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return merged
