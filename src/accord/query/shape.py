"""Room: query. A Shape says how the answer is laid out; the compiler knows no protocol.

>>> Obj((("id", Field("id")), ("links", Obj((("self", Text(("/v1/users/", Field("id")))),)))))
Obj(entries=(('id', Field(name='id')), ('links', Obj(entries=(('self', ...
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Field(msgspec.Struct, frozen=True, tag=True):
    """A field of the row in its wire format."""

    name: str


class Const(msgspec.Struct, frozen=True, tag=True):
    """A string, number, boolean or null known when the statement is made."""

    value: str | int | bool | None


class Text(msgspec.Struct, frozen=True, tag=True):
    """A string joined of constants and fields, such as a link; null if a field is null."""

    parts: tuple[str | Field, ...]


class RowKey(msgspec.Struct, frozen=True, tag=True):
    """The row's cursor: the binding parameter, a dot, its encoded sort values."""


class Rel(msgspec.Struct, frozen=True, tag=True):
    """Related rows under an alias of the Selection: an object or null, or a list."""

    alias: str
    node: Node


class Count(msgspec.Struct, frozen=True, tag=True):
    """How many related rows the alias selects, before its page."""

    alias: str


class Connection(msgspec.Struct, frozen=True, tag=True):
    """Related rows as a connection; a None key leaves that part out.

    `wrap` are the output names: (edges, node, cursor, page_info, has_next, has_previous,
    start, end, total).
    """

    alias: str
    node: Node
    edges: str | None = "edges"
    nodes: str | None = None
    cursor: bool = False
    page_info: bool = False
    total: bool = False


class Obj(msgspec.Struct, frozen=True, tag=True, cache_hash=True):
    """An object with its keys in order."""

    entries: tuple[tuple[str, Node], ...]


Node: TypeAlias = Field | Const | Text | RowKey | Rel | Count | Connection | Obj
