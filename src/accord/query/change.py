"""Room: query. The shape of one write, and the statements it becomes."""

from __future__ import annotations

from typing import Literal

import msgspec

from accord.query import plan, selection, shape


class Companion(msgspec.Struct, frozen=True):
    """A row that must be written with a change: a table and where its columns come from.

    `columns` are (column, source): a value's slot beyond the write's own, or a field of the
    row, in its wire format. `document` names a column that takes all fields as JSON.
    """

    table: str
    columns: tuple[tuple[str, int | str], ...]
    document: str | None = None

    @property
    def of_row(self) -> bool:
        """Whether it says anything of the row, so that there must be one."""
        return self.document is not None or any(isinstance(each, str) for _, each in self.columns)


class Write(msgspec.Struct, frozen=True):
    """The shape of one write; its values come in slots, see `key_slot` and `first_slot`.

    `permission` is the operation that rules speak of; `columns` are set by the statement;
    `touched` the fields the caller set, which access rules judge; `references` the to-one
    relations among them; `probes` other foreign keys that are looked up before, where the
    database does not name the one that fails. `rows` of a create take their columns' values
    one after another. `match` says whether versions are compared, `stored` whether the row as
    it is must be told, `lock` whether it is kept from others, `alone` whether nothing else is
    written with it; `after` asks for nothing but the judgement of a stored row.
    """

    kind: Literal["create", "update", "delete"]
    resource: str
    permission: str
    columns: tuple[str, ...] = ()
    touched: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    rows: int = 1
    match: bool = False
    stored: bool = False
    lock: bool = True
    alone: bool = True
    after: bool = False
    view: tuple[selection.Selection, shape.Obj] | None = None
    view_values: int = 0
    companions: tuple[Companion, ...] = ()


class WritePlan(msgspec.Struct, frozen=True):
    """`single` does it all; else `check`, `change`, `companions` and `document` in turn.

    For a delete that removes the row companions come before the change. `verify` is a check
    after the change, for rules that read what only the database knows. `flags` name the columns
    that judge.
    """

    flags: tuple[str, ...]
    single: plan.Plan | None = None
    check: plan.Plan | None = None
    change: plan.Plan | None = None
    verify: plan.Plan | None = None
    companions: tuple[plan.Plan, ...] = ()
    document: plan.Plan | None = None


def key_slot(write: Write) -> int:
    """Where the row's key stands in the values; the versions to match follow it."""
    return write.view_values


def first_slot(write: Write) -> int:
    """Where the columns' values start, in the order of `columns`."""
    return write.view_values + 2
