"""Room: runtime. One invocation of one operation by one caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from accord.binding import binding
from accord.query import selection, shape


class Caller(msgspec.Struct, frozen=True):
    """Who is calling, and how that is known.

    `id` is None for anonymous callers. `method` says how the caller proved it.
    """

    id: str | None = None
    roles: frozenset[str] = frozenset()
    tenant: str | None = None
    claims: Mapping[str, Any] = msgspec.field(default_factory=dict)
    method: Literal["anonymous", "key"] = "anonymous"
    name: str | None = None


ANONYMOUS = Caller()


class Change(msgspec.Struct):
    """A validated write: Python values by field, ids by link relation, children by relation.

    `pointers` map a field or relation to its JSON pointer in the request's document, so that
    a violation found by the database is reported where the caller wrote it. `merges` are
    merge patches of structured fields, applied to what is stored. `touched` are the fields the caller set where hooks have since set others; None means all of `values`.
    """

    values: dict[str, Any] = msgspec.field(default_factory=dict)
    links: dict[str, list[str]] = msgspec.field(default_factory=dict)
    children: dict[str, list[Change]] = msgspec.field(default_factory=dict)
    pointers: dict[str, str] = msgspec.field(default_factory=dict)
    merges: dict[str, Any] = msgspec.field(default_factory=dict)
    touched: frozenset[str] | None = None

    def given(self) -> frozenset[str]:
        """What the caller set, which access rules judge: fields and links."""
        fields = frozenset(self.values) if self.touched is None else self.touched
        return fields | frozenset(self.links) | frozenset(self.merges)

    def named(self) -> frozenset[str]:
        """Every field and relation the change speaks of."""
        return self.given() | frozenset(self.children)


class Conditions(msgspec.Struct, frozen=True):
    """Preconditions of RFC 9110 section 13 in terms of row versions.

    `match`: acceptable versions, `("*",)` any, None not given;
    `none_match`: `("*",)` on a create by PUT, None not given.
    """

    match: tuple[str, ...] | None = None
    none_match: tuple[str, ...] | None = None


class PageInfo(msgspec.Struct, frozen=True):
    """What a page says of itself; `first` and `last` are JSON arrays of sort values.

    `more` tells of rows beyond the page in its own direction. `capped` marks a total that
    stands for "at least".
    """

    count: int
    more: bool
    first: bytes | None = None
    last: bytes | None = None
    total: int | None = None
    capped: bool = False


class Outcome(msgspec.Struct):
    """What an operation gives back: JSON bytes and facts about them, of no protocol.

    `data` is None when there is nothing to show (`b"null"` is a shown null).
    `version` is the row's version as text; `flat` says that the version alone determines
    the body, so that no hash of the body is needed in its ETag.
    """

    data: bytes | None = None
    page: PageInfo | None = None
    version: str | None = None
    modified: str | None = None
    key: str | None = None
    created: bool = False
    flat: bool = False


class Event(msgspec.Struct, frozen=True):
    """Something that a hand-written operation says has happened."""

    name: str
    payload: Any = None


class View(msgspec.Struct, frozen=True):
    """How the row is to be shown after a write: a Selection, its layout and its values.

    The Selection's `key` slot is filled in by the service; `values` has a place for it.
    """

    selection: selection.Selection
    shape: shape.Obj
    values: tuple[Any, ...] = ()


class Call(msgspec.Struct):
    """One write or action: what the adapter understood of a request.

    `view` None means that nothing is to be shown (`Prefer: return=minimal`, 204). `events` are
    what the operation emitted: companions see them before the commit, others only after it.
    """

    operation: binding.OperationBinding
    caller: Caller
    request_id: str
    key: Any = None
    change: Change | None = None
    conditions: Conditions = Conditions()
    arguments: dict[str, Any] = msgspec.field(default_factory=dict)
    view: View | None = None
    events: tuple[Event, ...] = ()
