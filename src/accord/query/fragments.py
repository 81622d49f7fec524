"""Room: query. SQLAlchemy expressions made into text once, with holes for alias and values.

SQLAlchemy's compiler takes 1-2 ms a statement; the statements are therefore joined from
fragments it compiled once per expression, dialect and policy variant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import util as sql_util

from accord.binding import elements
from accord.query import dialects, plan

# Stands for the alias of the resource's own table until a statement gives it one.
SELF = "zz_self"
_TOKEN = re.compile(rf"%\((\w+)\)s|%%|\b{SELF}\b|'(?:[^']|'')*'")


class _Alias:
    """The hole for the alias."""


ALIAS = _Alias()
Part = str | plan.Source | _Alias


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """SQL text in parts: text, holes for the alias and sources of parameters."""

    parts: tuple[Part, ...]


def condition(expression: sa.ColumnElement[Any], table: sa.Table, dialect: Any) -> Fragment:
    """A boolean expression over the table's row as a fragment.

    It is compiled inside a whole statement, so that subqueries correlate with the row.
    """
    alias = table.alias(SELF)
    adapted = sql_util.ClauseAdapter(alias).traverse(expression)
    statement: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(alias).where(adapted)
    return _compile(statement, "\nWHERE ", dialect)


def scalar(expression: sa.ColumnElement[Any], table: sa.Table, dialect: Any) -> Fragment:
    """A value computed from the table's row as a fragment, in parentheses."""
    alias = table.alias(SELF)
    adapted = sql_util.ClauseAdapter(alias).traverse(expression)
    # An equality with itself keeps the statement's form while the value is not boolean.
    statement: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(alias).order_by(adapted)
    return _compile(statement, " ORDER BY ", dialect)


def _compile(statement: sa.Select[Any], after: str, dialect: Any) -> Fragment:
    compiled = statement.compile(
        dialect=dialect.sqlalchemy, compile_kwargs={"render_postcompile": True}
    )
    text = str(compiled)
    text = text[text.index(after) + len(after) :]
    params = compiled.construct_params()
    parts: list[Part] = ["("]
    end = 0
    for match in _TOKEN.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        parts.append(_part(match, compiled, params, dialect))
    parts.append(text[end:] + ")")
    return Fragment(tuple(_merge(parts)))


def _part(match: re.Match[str], compiled: Any, params: Mapping[str, Any], dialect: Any) -> Part:
    text = match.group(0)
    if text == "%%":
        return "%"
    if text == SELF:
        return ALIAS
    if text.startswith("'"):
        return text.replace("%%", "%")
    name = match.group(1)
    bind = compiled.binds.get(name)
    if bind is None:  # one element of an expanded IN list
        bind = compiled.binds[name.rsplit("_", 1)[0]]
    convert = converter(bind.type, dialect)
    if name.startswith(elements.CALLER_PREFIX):
        key = name.removeprefix(elements.CALLER_PREFIX)
        return plan.Source("caller", key, convert=convert)
    if name == elements.VALUE_NAME:
        return plan.Source("value", -1, convert=convert)
    return constant(params[name], bind.type, dialect)


def constant(value: Any, type_: sa.types.TypeEngine[Any], dialect: Any) -> Part:
    """A value of the declaration: enums and booleans as literals, the rest as parameters.

    Literals let the planner use partial indexes and know about skew.
    """
    convert = converter(type_, dialect)
    raw = value if convert is None or value is None else convert(value)
    if raw is None:
        return "null"
    if isinstance(type_, sa.Enum | sa.Boolean) and isinstance(raw, str | bool | int):
        return dialects.literal(raw)
    return plan.Source("const", const=_Constant.of(raw))


class _Constant:
    """Keeps unhashable constants comparable by identity."""

    @staticmethod
    def of(value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


def converter(type_: sa.types.TypeEngine[Any] | None, dialect: Any) -> plan.Convert | None:
    """From a Python value to what the driver takes for that column type."""
    if type_ is None:
        return None
    implementation = type_.dialect_impl(dialect.sqlalchemy)
    processor: plan.Convert | None = implementation.bind_processor(dialect.sqlalchemy)
    return processor


def _merge(parts: list[Part]) -> list[Part]:
    """Neighbouring texts joined."""
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return merged
