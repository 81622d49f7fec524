"""Room: store. A constraint's refusal, told in one form for all databases."""

from __future__ import annotations

from typing import Literal

ViolationKind = Literal["unique", "foreign_key", "referenced", "check", "not_null", "exclusion"]


class Violation(Exception):
    """The database refused a change.

    `referenced` is a foreign key seen from its target: the row is still referred to.
    `columns` are column names when the database tells them; SQLite names no foreign key,
    so there both `constraint` and `columns` may be empty.
    """

    def __init__(
        self,
        kind: ViolationKind,
        *,
        table: str | None = None,
        columns: tuple[str, ...] = (),
        constraint: str | None = None,
        message: str = "",
    ):
        super().__init__(message or f"{kind} violation")
        self.kind = kind
        self.table = table
        self.columns = columns
        self.constraint = constraint
