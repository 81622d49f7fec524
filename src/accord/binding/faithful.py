"""Room: binding. What a database cannot hold faithfully is a mistake at start-up."""

from __future__ import annotations

import re
from typing import Any, Literal

import sqlalchemy as sa

from accord.binding import binding
from accord.kernel import problem

# SQLite keeps a Numeric as a float of 64 bits, which holds 15 decimal digits exactly.
_DIGITS = 15
# What statements call rows and parts of theirs: p, t0, t1, … and single letters.
_ROWS = re.compile("[a-z]|t[0-9]+", re.IGNORECASE)


def unfaithful(
    bound: binding.Binding, dialect: Literal["sqlite", "postgresql"]
) -> list[problem.DeclarationError]:
    """The columns that the database would not give back as they went in, each with a fix.

    PostgreSQL keeps everything faithfully; SQLite has no exact decimals, no time zones, no arrays.
    Tables whose names statements give to rows are found for both.
    """
    found = _ambiguous(bound)
    if dialect != "sqlite":
        return found
    for resource in bound.resources.values():
        for field in resource.fields.values():
            if field.column is not None:
                found += _column(resource, field.column)
    return found


def _ambiguous(bound: binding.Binding) -> list[problem.DeclarationError]:
    """In a rule's subquery such a table would stand for the row that is judged."""
    names = {name.rpartition(".")[2] for metadata in bound.metadata for name in metadata.tables}
    return [
        problem.DeclarationError(
            f"table {name}",
            "Accord's statements name rows so, and a rule on the table would mean another row",
            "give the table a longer name",
        )
        for name in sorted(names)
        if _ROWS.fullmatch(name)
    ]


def _column(
    resource: binding.ResourceBinding, column: sa.Column[Any]
) -> list[problem.DeclarationError]:
    where = f"model {resource.model.__name__}, column {column.name}"
    kind = column.type
    if isinstance(kind, sa.types.TypeDecorator):
        # A decorator converts on its own account; UtcDateTime is one.
        return []
    if isinstance(kind, sa.DateTime) and kind.timezone:
        return [
            problem.DeclarationError(
                where,
                "SQLite drops the offset of a DateTime(timezone=True)",
                "use accord.UtcDateTime, which keeps moments in UTC on every database",
            )
        ]
    if isinstance(kind, sa.Time) and kind.timezone:
        return [
            problem.DeclarationError(
                where, "SQLite drops the offset of a Time(timezone=True)", "keep a UtcDateTime"
            )
        ]
    if isinstance(kind, sa.Numeric) and kind.asdecimal:
        return _numeric(where, kind)
    if isinstance(kind, sa.ARRAY):
        return [problem.DeclarationError(where, "SQLite has no arrays", "use JSON")]
    return []


def _numeric(where: str, kind: sa.Numeric[Any]) -> list[problem.DeclarationError]:
    if kind.precision is not None and kind.precision <= _DIGITS:
        return []
    digits = "any number" if kind.precision is None else str(kind.precision)
    return [
        problem.DeclarationError(
            where,
            f"SQLite holds {_DIGITS} decimal digits exactly, the column asks for {digits}",
            f"use Numeric({_DIGITS}, …) or fewer, or keep whole cents in a BigInteger",
        )
    ]
