"""Room: declare. The database's constraint names, each with the fields it speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import visitors

from accord.declare import draft as drafts

_PREPARER = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]
# PostgreSQL's own names for constraints that have none (src/backend/commands/indexcmds.c).
_SUFFIX = {sa.UniqueConstraint: "key", sa.ForeignKeyConstraint: "fkey", sa.CheckConstraint: "check"}
_LONGEST = 63


def compile_constraints(draft: drafts.Draft) -> None:
    """Fill the draft's map: by constraint name, and by column list as SQLite tells it."""
    for constraint in sorted(draft.table.constraints, key=str):
        _note(draft, constraint)
    for column in draft.table.columns:
        for constraint in sorted(column.constraints, key=str):
            _note_check(draft, constraint, [column])
    for index in draft.table.indexes:
        if index.unique and index.name:
            _put(draft, str(index.name), _named(draft, index.columns))
            _put_columns(draft, index.columns)
    for bound in draft.relations.values():
        if bound.secondary is not None:
            for constraint in bound.secondary.foreign_key_constraints:
                _put(
                    draft,
                    _name(bound.secondary, constraint, constraint.columns),
                    (bound.spec.name,),
                )


def _note(draft: drafts.Draft, constraint: sa.Constraint) -> None:
    if isinstance(constraint, sa.PrimaryKeyConstraint):
        name = str(constraint.name) if constraint.name else f"{draft.table.name}_pkey"
        _put(draft, name, (draft.key,))
        _put_columns(draft, constraint.columns)
    elif isinstance(constraint, sa.CheckConstraint):
        columns = list(constraint.columns) or _mentioned(draft, constraint.sqltext)
        _note_check(draft, constraint, columns)
    elif isinstance(constraint, sa.UniqueConstraint | sa.ForeignKeyConstraint):
        _put(
            draft,
            _name(draft.table, constraint, constraint.columns),
            _named(draft, constraint.columns),
        )
        if isinstance(constraint, sa.UniqueConstraint):
            _put_columns(draft, constraint.columns)


def _note_check(
    draft: drafts.Draft, constraint: sa.Constraint, columns: list[sa.Column[Any]]
) -> None:
    _put(draft, _name(draft.table, constraint, columns), _named(draft, columns))
    if constraint.name is None and isinstance(constraint, sa.CheckConstraint):
        _put(draft, _text(constraint), _named(draft, columns))


def _name(owner: sa.Table, constraint: sa.Constraint, columns: Iterable[sa.Column[Any]]) -> str:
    unnamed = constraint.name is None
    given = None if unnamed else _PREPARER.format_constraint(constraint)
    if given:
        return str(given).strip('"')
    suffix = _SUFFIX.get(type(constraint), "check")
    named = [column.name for column in columns]
    if isinstance(constraint, sa.CheckConstraint) and len(named) != 1:
        named = []  # a check of several columns goes by its table alone
    return "_".join([owner.name, *named, suffix])[:_LONGEST]


def _text(constraint: sa.CheckConstraint) -> str:
    """The expression, which is how SQLite tells of a check without a name."""
    compiled = constraint.sqltext.compile(
        dialect=sqlite.dialect(),
        compile_kwargs={"literal_binds": True, "include_table": False},
    )
    return str(compiled)


def _mentioned(draft: drafts.Draft, text: sa.ColumnElement[Any]) -> list[sa.Column[Any]]:
    """The columns of a check: of its expression, or of the words of its text."""
    found = [each for each in visitors.iterate(text) if isinstance(each, sa.Column)]
    if found:
        return list(dict.fromkeys(found))
    words = set(str(text).replace("(", " ").replace(")", " ").replace(",", " ").split())
    return [column for column in draft.table.columns if column.name in words]


def _named(draft: drafts.Draft, columns: Iterable[sa.Column[Any]]) -> tuple[str, ...]:
    return tuple(draft.names[column] for column in columns if column in draft.names)


def _put_columns(draft: drafts.Draft, columns: Iterable[sa.Column[Any]]) -> None:
    listed = list(columns)
    text = ", ".join(f"{draft.table.name}.{column.name}" for column in listed)
    _put(draft, text, _named(draft, listed))


def _put(draft: drafts.Draft, name: str, fields: tuple[str, ...]) -> None:
    if name and fields:
        draft.constraints.setdefault(name, fields)
