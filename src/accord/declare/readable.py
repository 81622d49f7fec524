"""Room: declare. A condition as text for reviewers: `orders.user_id = caller.id`."""

from __future__ import annotations

import enum
import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import default
from sqlalchemy.ext import compiler as extension
from sqlalchemy.sql import compiler

from accord.binding import elements


class _Compiler(compiler.SQLCompiler):
    def visit_bindparam(self, bindparam: Any, *_: Any, **__: Any) -> str:
        value = bindparam.value if bindparam.callable is None else bindparam.callable()
        if isinstance(value, list | tuple | set | frozenset):
            return f"({', '.join(_literal(bindparam.type, item) for item in value)})"
        return _literal(bindparam.type, value)


class _Dialect(default.DefaultDialect):
    name = "readable"
    supports_native_boolean = True
    supports_statement_cache = False
    statement_compiler = _Compiler


_DIALECT = _Dialect()


def condition(table: sa.Table, expression: sa.ColumnElement[Any]) -> str:
    """The expression as one line, values in place and facts of the caller by their names."""
    # Within a SELECT from the table, subqueries are correlated as they will be when they run.
    whole: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(table).where(expression)
    text = re.sub(r"\s+", " ", str(whole.compile(dialect=_DIALECT)))
    return text.partition(" WHERE ")[2].strip()


def _literal(type_: sa.types.TypeEngine[Any], value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, enum.Enum) and isinstance(type_, sa.Enum):
        value = type_.enums[list(type(value)).index(value)]
    elif isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


@extension.compiles(elements.CallerFact, "readable")
def _fact(element: elements.CallerFact, _sql: Any, **_: Any) -> str:
    return repr(element)


@extension.compiles(elements.CallerValue, "readable")
def _caller(element: elements.CallerValue, _sql: Any, **_: Any) -> str:
    return repr(element)


@extension.compiles(elements.CallValue, "readable")
def _value(element: elements.CallValue, _sql: Any, **_: Any) -> str:
    return repr(element)
