"""Room: protocols/rest. What was thought about one form of a query, kept for all its values.

A request's query is a key and texts (see querystring). The template of a key knows the
Selection, the way of each text to a Python value, and per variant of callers the prepared
read with everything of its answer that does not vary.
"""

from __future__ import annotations

import re
import urllib.parse
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

import msgspec

from accord.binding import codec
from accord.protocols.rest import cursor, page, projection, slots
from accord.query import selection, shape
from accord.runtime import prepared

_SAFE = re.compile(r"[A-Za-z0-9._~:@,-]*")
_VARIANTS = 64

# A parameter of a link: a constant, or a name and the place of its value among the texts.
Piece = tuple[str, int | None]


class Ready(msgspec.Struct, frozen=True):
    """A template made ready for one variant of callers.

    `read` is None where the view follows a write; `constant` is the representation part of
    ETags; `compound` says that related rows are in it.
    """

    selection: selection.Selection
    shape: shape.Obj
    read: prepared.Prepared | None
    constant: str
    compound: bool


class Told(msgspec.Struct, frozen=True):
    """What a template's answers tell of the request.

    `pieces` are the parameters of links without those of pages; `filters` name what took
    part, with a constant or the place of its text; `scope` is what cursors are bound to.
    """

    pieces: tuple[Piece, ...] = ()
    filters: tuple[tuple[str, int | str], ...] = ()
    scope: bytes = b""


class Template:
    """One form of a query at one endpoint."""

    __slots__ = ("_bound", "_fixed", "_places", "_told", "node", "ready", "selection", "wanted")

    def __init__(
        self,
        node: projection.Node,
        chosen: selection.Selection,
        places: slots.Slots,
        wanted: page.Wanted | None,
        told: Told,
    ) -> None:
        self.node = node
        self.selection = chosen
        self.wanted = wanted
        self.ready: dict[Hashable, Ready] = {}
        self._places = places
        self._told = told
        bound = [place for _, place in told.filters if isinstance(place, int)]
        # A cursor of one parent's list must not open another's: its id is bound as well.
        self._bound = [0, *bound] if chosen.parent is not None else bound
        varying = any(index is not None for _, index in told.pieces)
        self._fixed = None if varying else "&".join(text for text, _ in told.pieces)

    def values(self, texts: Sequence[Any]) -> list[Any]:
        """The values of the Selection's slots; Problem INVALID_PARAMETER for all that fail."""
        try:
            return [make(texts) for make in self._places.makers]
        except codec.Invalid:
            raise self._places.explain(texts) from None

    def address(self, path: str, texts: Sequence[Any]) -> str:
        """The request's address in canonical names, without the page's parameters."""
        query = self._fixed
        if query is None:
            query = "&".join(
                text if index is None else f"{text}={escaped(texts[index])}"
                for text, index in self._told.pieces
            )
        return f"{path}?{query}" if query else path

    def binding(self, secret: bytes, tenant: str | None, texts: Sequence[Any]) -> str:
        """What cursors of this list begin with."""
        bound = [texts[index] for index in self._bound]
        return cursor.bind(secret, self._told.scope, tenant, bound)

    def applied(self, texts: Sequence[Any]) -> bytes:
        """The JSON of the filters that took part: canonical name to text, or texts."""
        if not self._told.filters:
            return b"{}"
        out: dict[str, Any] = {}
        for name, place in self._told.filters:
            value = place if isinstance(place, str) else texts[place]
            if name in out:
                before = out[name]
                out[name] = [*before, value] if isinstance(before, list) else [before, value]
            else:
                out[name] = value
        return msgspec.json.encode(out)

    def keep(self, variant: Hashable, ready: Ready) -> Ready:
        """Remembers what was made for one variant."""
        if len(self.ready) >= _VARIANTS:
            self.ready.clear()
        self.ready[variant] = ready
        return ready


def escaped(text: str) -> str:
    """A value as links write it."""
    return text if _SAFE.fullmatch(text) else urllib.parse.quote(text, safe="~:@,")


class Cache:
    """Templates by key, the least used forgotten first; bounded by entries and bytes.

    A key is admitted when it is seen the second time, so that a stream of keys that never
    come again displaces nothing.
    """

    def __init__(self, entries: int, size: int) -> None:
        self._entries = entries
        self._size = size
        self._held = 0
        self._templates: OrderedDict[Hashable, tuple[Template, int]] = OrderedDict()
        self._seen: set[int] = set()

    def __len__(self) -> int:
        return len(self._templates)

    def get(self, key: Hashable) -> Template | None:
        """The template of a key, if it is kept."""
        found = self._templates.get(key)
        if found is None:
            return None
        self._templates.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, template: Template, size: int) -> None:
        """Offers a template for keeping; `size` is roughly its bytes."""
        mark = hash(key)
        if mark not in self._seen:
            if len(self._seen) >= 8 * self._entries:
                self._seen.clear()
            self._seen.add(mark)
            return
        replaced = self._templates.pop(key, None)
        self._held += size - (replaced[1] if replaced else 0)
        self._templates[key] = (template, size)
        while len(self._templates) > self._entries or self._held > self._size:
            _, (_, freed) = self._templates.popitem(last=False)
            self._held -= freed
