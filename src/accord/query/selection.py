"""Room: query. A Selection says what the caller wants, with its values taken out.

Values live in a list beside the Selection; nodes name them by slot, so that two requests
which differ only in values share one Selection, one plan and one statement.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

CountMode = Literal["none", "exact", "capped"]


class Compare(msgspec.Struct, frozen=True, tag=True):
    """`field operator value`; `in` takes a list, `like` is case-insensitive contains."""

    field: str
    operator: Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "like"]
    slot: int


class Literally(msgspec.Struct, frozen=True, tag=True):
    """Equality with one of the given enum or boolean values, inlined for partial indexes."""

    field: str
    values: tuple[str | bool, ...]
    negate: bool = False


class IsNull(msgspec.Struct, frozen=True, tag=True):
    """`field is null`, or is not."""

    field: str
    negate: bool = False


class Through(msgspec.Struct, frozen=True, tag=True):
    """Some related row the caller may read satisfies the inner condition."""

    relation: str
    item: Filter


class Named(msgspec.Struct, frozen=True, tag=True):
    """A declared param, by name; a slot for its value or a choice."""

    param: str
    slot: int | None = None
    choice: str | None = None


class Search(msgspec.Struct, frozen=True, tag=True):
    """The text occurs, case-insensitively, in one of the declared search fields."""

    slot: int


class And(msgspec.Struct, frozen=True, tag=True):
    """All of the items."""

    items: tuple[Filter, ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    """Any of the items."""

    items: tuple[Filter, ...]


class Not(msgspec.Struct, frozen=True, tag=True):
    """Not the item; unknown (null) counts as not satisfied before the negation."""

    item: Filter


Filter: TypeAlias = Compare | Literally | IsNull | Through | Named | Search | And | Or | Not


class Order(msgspec.Struct, frozen=True):
    """One sort key. Nulls are largest: last ascending, first descending."""

    field: str
    descending: bool = False


class Keyset(msgspec.Struct, frozen=True):
    """Where a page starts: after the row with these sort values (the key field's last).

    `slots` are parallel to the Selection's order; None marks a null, which is part of the
    shape. `backward` asks for the page that ends before that row.
    """

    slots: tuple[int | None, ...]
    backward: bool = False


class Page(msgspec.Struct, frozen=True):
    """How much: `limit` rows (inlined), from an offset slot or a keyset.

    `count` asks for the total; `more` for whether another row follows;
    `cursors` for the first and last rows' keys.
    """

    limit: int
    offset: int | None = None
    keyset: Keyset | None = None
    count: CountMode = "none"
    more: bool = True
    cursors: bool = True


class Related(msgspec.Struct, frozen=True):
    """One use of a relation under an alias; the same relation may appear several times."""

    alias: str
    relation: str
    selection: Selection


class Parent(msgspec.Struct, frozen=True):
    """The rows hang off one row of another resource, read under its policy: nested lists."""

    resource: str
    relation: str
    slot: int


class Selection(msgspec.Struct, frozen=True, cache_hash=True):
    """What the caller wants of one resource.

    The order always ends with the key field (the parser adds it). Exactly one of `key`
    (the slot of one row's id) and `page` is set at the root; a to-one relation has neither.
    `deleted` asks also for soft-deleted rows.
    """

    resource: str
    fields: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    filter: Filter | None = None
    order: tuple[Order, ...] = ()
    page: Page | None = None
    key: int | None = None
    parent: Parent | None = None
    deleted: bool = False
