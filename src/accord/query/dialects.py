"""Room: query. What differs between PostgreSQL's SQL and SQLite's, one method per idea."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite as sa_sqlite
from sqlalchemy.dialects.postgresql import asyncpg as sa_asyncpg

from accord.query import plan

Pair = tuple[str, str]


def quote(name: str) -> str:
    """An identifier, always quoted: keys of answers are case-sensitive."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int | bool | None) -> str:
    """A constant as SQL text; only for values the declaration or a closed list gave."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("'", "''") + "'"


class Dialect(Protocol):
    """The SQL of one database; pure text, no connection."""

    name: plan.Dialect
    sqlalchemy: sa.Dialect

    def placeholder(self, number: int) -> str: ...

    def json_object(self, pairs: Sequence[Pair]) -> str: ...

    def json_here(self, pairs: Sequence[Pair]) -> str:
        """An object of the row at hand, in the cheapest form."""

    def json_array(self, items: Sequence[str]) -> str: ...

    def json_rows(self, pairs: Sequence[Pair], source: str, order: str = "") -> str:
        """A scalar subquery: the rows of `source` as a JSON list of objects."""

    def json_row(self, pairs: Sequence[Pair], source: str) -> str:
        """A scalar subquery: the one row of `source` as a JSON object, or null."""

    def json_each(self, pairs: Sequence[Pair], source: str) -> Pair:
        """(object, from-clause) of each row of `source`, whose alias is `p`."""

    def json_page(self, pairs: Sequence[Pair], source: str, kept: str, order: str) -> Pair:
        """(aggregate, from-clause) of a page over `source`, whose alias is `p`."""

    def json_list(self, item: str, kept: str, order: str) -> str:
        """The aggregate of one JSON expression over the rows kept, in an order."""

    def boolean(self, condition: str) -> str:
        """A condition as a JSON boolean."""

    def text(self, json: str) -> str:
        """JSON as plain text, which can be compared."""

    def as_text(self, value: str) -> str:
        """Any value as text."""

    def turned(self, numbered: str) -> str:
        """A numbered rowset so ordered that aggregates see it backwards."""

    def in_list(self, operand: str, parameter: str) -> str: ...

    def binary(self, operand: str) -> str:
        """Bytes as they stand in the list of `in_list`; JSON cannot hold them."""

    def in_query(self, operand: str, query: str) -> str:
        """Set membership that stays cheap under OR."""

    def contains(self, operand: str, parameter: str) -> str: ...

    def distinct(self, operand: str, parameter: str) -> str: ...

    def cursor(self, binding: str, key: str) -> str: ...

    def nulls(self, descending: bool) -> str:
        """The suffix that makes nulls largest."""

    def least(self, a: str, b: str) -> str: ...

    def duration(self, micros: str) -> str:
        """Whole microseconds as an ISO 8601 duration of seconds: `-PT7200.500000S`."""


class PostgreSQL:
    """PostgreSQL 13 and newer."""

    name: plan.Dialect = "postgresql"
    # Its own paramstyle cannot be told from text; pyformat can, and keeps the bind casts.
    sqlalchemy: sa.Dialect = sa_asyncpg.PGDialect_asyncpg(  # type: ignore[no-untyped-call]
        paramstyle="pyformat"
    )
    # Longer aliases are cut in silence, so such keys must be values (NAMEDATALEN - 1).
    longest_alias = 63
    # A function takes 100 arguments at most (FUNC_MAX_ARGS).
    most_pairs = 50

    def placeholder(self, number: int) -> str:
        return f"${number}"

    def json_object(self, pairs: Sequence[Pair]) -> str:
        if not pairs:
            return "'{}'::json"
        if len(pairs) > self.most_pairs:
            if self._narrow(pairs):
                return self.json_row(pairs, "")
            head = self.json_object(pairs[: self.most_pairs])
            tail = self.json_object(pairs[self.most_pairs :])
            return f"(left(({head})::text, -1) || ',' || substr(({tail})::text, 2))::json"
        inside = ", ".join(f"{literal(key)}, {value}" for key, value in pairs)
        return f"json_build_object({inside})"

    def json_here(self, pairs: Sequence[Pair]) -> str:
        return self.json_row(pairs, "")

    def json_array(self, items: Sequence[str]) -> str:
        return f"json_build_array({', '.join(items)})"

    def _columns(self, pairs: Sequence[Pair]) -> str:
        return ", ".join(f"{value} as {quote(key)}" for key, value in pairs)

    def _narrow(self, pairs: Sequence[Pair]) -> bool:
        """Whether keys can be column aliases: `row_to_json` is a third cheaper."""
        return bool(pairs) and all(len(key.encode()) <= self.longest_alias for key, _ in pairs)

    def json_rows(self, pairs: Sequence[Pair], source: str, order: str = "") -> str:
        ordering = f" order by {order}" if order else ""
        if self._narrow(pairs) and not order:
            return (
                f"(select coalesce(json_agg(row_to_json(x)), '[]') "
                f"from (select {self._columns(pairs)} from {source}) x)"
            )
        item = self.json_object(pairs)
        return f"(select coalesce(json_agg({item}{ordering}), '[]') from {source})"

    def json_row(self, pairs: Sequence[Pair], source: str) -> str:
        origin = f" from {source}" if source else ""
        if self._narrow(pairs):
            return f"(select row_to_json(x) from (select {self._columns(pairs)}{origin}) x)"
        return f"(select {self.json_object(pairs)}{origin})"

    def json_each(self, pairs: Sequence[Pair], source: str) -> Pair:
        if self._narrow(pairs):
            lateral = f"{source} cross join lateral (select {self._columns(pairs)}) x"
            return "row_to_json(x)", lateral
        return self.json_object(pairs), source

    def json_page(self, pairs: Sequence[Pair], source: str, kept: str, order: str) -> Pair:
        ordering = f" order by {order}" if order else ""
        suffix = f" filter (where {kept})" if kept else ""
        if self._narrow(pairs):
            lateral = f"{source} cross join lateral (select {self._columns(pairs)}) x"
            return f"coalesce(json_agg(row_to_json(x){ordering}){suffix}, '[]')", lateral
        item = self.json_object(pairs)
        return f"coalesce(json_agg({item}{ordering}){suffix}, '[]')", source

    def json_list(self, item: str, kept: str, order: str) -> str:
        ordering = f" order by {order}" if order else ""
        return f"coalesce(json_agg({item}{ordering}) filter (where {kept}), '[]')"

    def boolean(self, condition: str) -> str:
        return condition

    def text(self, json: str) -> str:
        return f"({json})::text"

    def as_text(self, value: str) -> str:
        return f"({value})::text"

    def turned(self, numbered: str) -> str:
        return numbered

    def in_list(self, operand: str, parameter: str) -> str:
        return f"{operand} = any({parameter})"

    def binary(self, operand: str) -> str:
        return operand

    def in_query(self, operand: str, query: str) -> str:
        return f"{operand} = any(array({query}))"

    def contains(self, operand: str, parameter: str) -> str:
        return f"{operand} ilike {parameter}"

    def distinct(self, operand: str, parameter: str) -> str:
        return f"{operand} is distinct from {parameter}"

    def cursor(self, binding: str, key: str) -> str:
        encoded = f"encode(convert_to({key}::text, 'UTF8'), 'base64')"
        return f"{binding}::text || '.' || translate({encoded}, E'+/=\\n', '-_')"

    def nulls(self, descending: bool) -> str:
        return ""

    def least(self, a: str, b: str) -> str:
        return f"least({a}, {b})"

    def duration(self, micros: str) -> str:
        sign = f"case when {micros} < 0 then '-PT' else 'PT' end"
        whole = f"(abs({micros}) / 1000000)::text"
        part = f"lpad((abs({micros}) % 1000000)::text, 6, '0')"
        return f"{sign} || {whole} || '.' || {part} || 'S'"


class SQLite:
    """SQLite 3.38 and newer; `accord_lower` and `accord_b64` come with the store."""

    name: plan.Dialect = "sqlite"
    sqlalchemy: sa.Dialect = sa_sqlite.dialect(paramstyle="pyformat")
    # json_object takes 127 arguments at most (SQLITE_MAX_FUNCTION_ARG).
    most_pairs = 63

    def placeholder(self, number: int) -> str:
        return f"?{number}"

    def json_object(self, pairs: Sequence[Pair]) -> str:
        if len(pairs) > self.most_pairs:
            head = self.json_object(pairs[: self.most_pairs])
            tail = self.json_object(pairs[self.most_pairs :])
            joined = "json(substr(h, 1, length(h) - 1) || ',' || substr(t, 2))"
            return f"(select {joined} from (select {head} as h, {tail} as t))"
        inside = ", ".join(f"{literal(key)}, {value}" for key, value in pairs)
        return f"json_object({inside})"

    def json_here(self, pairs: Sequence[Pair]) -> str:
        return self.json_object(pairs)

    def json_array(self, items: Sequence[str]) -> str:
        return f"json_array({', '.join(items)})"

    def json_rows(self, pairs: Sequence[Pair], source: str, order: str = "") -> str:
        ordered = f"(select * from {source} order by {order}) {_alias(source)}" if order else source
        return f"(select json_group_array({self.json_object(pairs)}) from {ordered})"

    def json_row(self, pairs: Sequence[Pair], source: str) -> str:
        return f"(select {self.json_object(pairs)} from {source})"

    def json_each(self, pairs: Sequence[Pair], source: str) -> Pair:
        return self.json_object(pairs), source

    def json_page(self, pairs: Sequence[Pair], source: str, kept: str, order: str) -> Pair:
        suffix = f" filter (where {kept})" if kept else ""
        ordered = f"(select * from {source} order by {order}) p" if order else source
        return f"json_group_array({self.json_object(pairs)}){suffix}", ordered

    def json_list(self, item: str, kept: str, order: str) -> str:
        # SQLite aggregates in the order of its source; a backward page is turned round there.
        return f"json_group_array({item}) filter (where {kept})"

    def text(self, json: str) -> str:
        return json

    def as_text(self, value: str) -> str:
        return f"cast({value} as text)"

    def turned(self, numbered: str) -> str:
        return f"(select * from {numbered} order by accord_n desc)"

    def boolean(self, condition: str) -> str:
        return f"json(iif({condition}, 'true', 'false'))"

    def in_list(self, operand: str, parameter: str) -> str:
        return f"{operand} in (select value from json_each({parameter}))"

    def binary(self, operand: str) -> str:
        # hex() makes the empty text of a null.
        return f"iif({operand} is null, null, hex({operand}))"

    def in_query(self, operand: str, query: str) -> str:
        return f"{operand} in ({query})"

    def contains(self, operand: str, parameter: str) -> str:
        return f"instr(accord_lower({operand}), accord_lower({parameter})) > 0"

    def distinct(self, operand: str, parameter: str) -> str:
        return f"{operand} is not {parameter}"

    def cursor(self, binding: str, key: str) -> str:
        return f"{binding} || '.' || accord_b64({key})"

    def nulls(self, descending: bool) -> str:
        return " nulls first" if descending else " nulls last"

    def least(self, a: str, b: str) -> str:
        return f"min({a}, {b})"

    def duration(self, micros: str) -> str:
        numbers = f"abs({micros}) / 1000000, abs({micros}) % 1000000"
        sign = f"iif({micros} < 0, '-PT', 'PT')"
        return f"iif({micros} is null, null, {sign} || printf('%d.%06dS', {numbers}))"


def _alias(source: str) -> str:
    """The alias at the end of a from-clause."""
    return source.rsplit(" ", 1)[-1]


POSTGRESQL = PostgreSQL()
SQLITE = SQLite()


def of(name: str) -> Dialect:
    """The dialect of that name."""
    return POSTGRESQL if name == "postgresql" else SQLITE
