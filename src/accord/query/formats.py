"""Room: query. Stored values to wire values in SQL, the same on both databases.

The formats are the matrix of the wire: instants `2024-01-15T10:30:00.000000Z`, decimals and
durations as strings, bytes in base64. What a database cannot write itself is finished in
Python by the function that comes with the expression.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from accord.contract import types
from accord.kernel import temporal
from accord.query import dialects, plan


class Output(NamedTuple):
    """An SQL expression of the wire value, and what Python still has to do."""

    sql: str
    finish: plan.Convert | None = None


def output(
    type_: types.Type,
    sql_type: sa.types.TypeEngine[Any] | None,
    expression: str,
    dialect: dialects.Dialect,
    names: Mapping[str, str],
) -> Output:
    """How a stored value of that type is written to JSON.

    `names` map stored enum names to wire names, empty when they are equal.
    """
    if names:
        return Output(_renamed(expression, names))
    if type_.kind == "array" and type_.items is not None and dialect.name == "postgresql":
        return _array(type_.items, expression)
    table = _POSTGRESQL if dialect.name == "postgresql" else _SQLITE
    make = table.get(type_.kind)
    return Output(expression) if make is None else make(expression, type_, sql_type)


def key(
    type_: types.Type,
    sql_type: sa.types.TypeEngine[Any] | None,
    expression: str,
    dialect: dialects.Dialect,
    names: Mapping[str, str],
) -> str:
    """How a sort value is written in a cursor: it reads back as exactly what is stored."""
    if type_.kind == "duration":
        micros = output(type_, sql_type, expression, dialect, names).sql
        return str(dialect.duration(micros))
    if type_.kind == "decimal" and dialect.name == "sqlite":
        # More digits than the wire shows: sums and products are not round in binary.
        return f"iif({expression} is null, null, printf('%!.17g', {expression}))"
    return output(type_, sql_type, expression, dialect, names).sql


def _renamed(expression: str, names: Mapping[str, str]) -> str:
    cases = " ".join(
        f"when {dialects.literal(stored)} then {dialects.literal(wire)}"
        for stored, wire in names.items()
    )
    return f"case {expression} {cases} end"


def _array(items: types.Type, expression: str) -> Output:
    """Elements that JSON writes differently are finished one by one in Python."""
    if items.kind in ("decimal", "uuid", "enum"):
        return Output(f"({expression})::text[]")
    if items.kind == "datetime":
        return Output(f"({expression})::timestamptz[]", _instants)
    return Output(expression)


def _instants(values: Any) -> Any:
    return [
        None if each is None else temporal.format_timestamp(datetime.datetime.fromisoformat(each))
        for each in values
    ]


def _duration(microseconds: Any) -> Any:
    """Whole microseconds to ISO 8601."""
    return temporal.format_duration(datetime.timedelta(microseconds=int(microseconds)))


def _pg_datetime(sql: str, _type: types.Type, sql_type: Any) -> Output:
    zoned = getattr(sql_type, "timezone", True)
    instant = f"{sql} at time zone 'UTC'" if zoned else sql
    written = f'to_char({instant}, \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')'
    # What the wire cannot say, such as infinity and years before the first, reads as null.
    return Output(f"case when {sql} >= '0001-01-01' and {sql} < '10000-01-01' then {written} end")


def _pg_date(sql: str, *_: Any) -> Output:
    return Output(f"case when {sql} between '0001-01-01' and '9999-12-31' then {sql} end")


def _pg_decimal(sql: str, type_: types.Type, _sql_type: Any) -> Output:
    written = f"nullif(({sql})::text, 'NaN')"
    if type_.precision is None:  # only then may it be infinite
        written = f"nullif(nullif({written}, 'Infinity'), '-Infinity')"
    return Output(written)


def _pg_float(sql: str, *_: Any) -> Output:
    # JSON has no NaN and no infinity; a stored one reads as null.
    return Output(f"case when {sql} not in ('NaN', 'Infinity', '-Infinity') then {sql} end")


_POSTGRESQL: Mapping[str, Any] = {
    "decimal": _pg_decimal,
    "datetime": _pg_datetime,
    "date": _pg_date,
    "time": lambda sql, *_: Output(f"to_char({sql}, 'HH24:MI:SS.US')"),
    "float": _pg_float,
    "enum": lambda sql, *_: Output(f"({sql})::text"),
    "uuid": lambda sql, *_: Output(f"({sql})::text"),
    "bytes": lambda sql, *_: Output(f"translate(encode({sql}, 'base64'), E'\\n', '')"),
    "duration": lambda sql, *_: Output(f"(extract(epoch from {sql}) * 1000000)::bigint", _duration),
}


def _lite_decimal(sql: str, type_: types.Type, _sql_type: Any) -> Output:
    form = f"%.{type_.scale}f" if type_.scale is not None else "%!.15g"
    return Output(f"iif({sql} is null, null, printf('{form}', {sql}))")


def _lite_uuid(sql: str, _type: types.Type, sql_type: Any) -> Output:
    if not isinstance(sql_type, sa.Uuid):
        return Output(sql)
    spans = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return Output(" || '-' || ".join(f"substr({sql}, {start}, {size})" for start, size in spans))


_SQLITE: Mapping[str, Any] = {
    "decimal": _lite_decimal,
    "datetime": lambda sql, *_: Output(f"replace({sql}, ' ', 'T') || 'Z'"),
    # 17 digits: the shortest form SQLite offers loses the last ones (0.1 + 0.2 reads 0.3).
    "float": lambda sql, *_: Output(
        f"json(iif({sql} is null or abs({sql}) > 1.7976931348623157e308, null, "
        f"printf('%!.17g', {sql})))"
    ),
    "boolean": lambda sql, *_: Output(
        f"json(case when {sql} then 'true' when {sql} is not null then 'false' end)"
    ),
    "uuid": _lite_uuid,
    "json": lambda sql, *_: Output(f"json({sql})"),
    "object": lambda sql, *_: Output(f"json({sql})"),
    "array": lambda sql, *_: Output(f"json({sql})"),
    "bytes": lambda sql, *_: Output(
        f"replace(replace(accord_b64({sql}), '-', '+'), '_', '/') "
        f"|| substr('==', 1, (3 - length({sql}) % 3) % 3)"
    ),
    "duration": lambda sql, *_: Output(
        f"strftime('%s', {sql}) * 1000000 + substr({sql}, 21, 6)", _duration
    ),
}
