"""Room: protocols/rest. Reads page parameters: by cursor, by offset, or by hand-written keyset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from accord.binding import codec
from accord.contract import resource, types
from accord.kernel import problem
from accord.protocols.rest import cursor, names, querystring, slots
from accord.query import selection

Groups = Mapping[str, Sequence[querystring.Entry]]
Style = Literal["cursor", "offset"]

_FURTHEST = 2**31 - 1
_COUNTS: Mapping[str, selection.CountMode] = {
    "none": "none",
    "exact": "exact",
    "capped": "capped",
}
_INTEGER = types.Type("integer")


class Wanted(msgspec.Struct, frozen=True):
    """What the page parameters ask for; `offset` is the slot of offset pages."""

    style: Style
    page: selection.Page

    @property
    def offset(self) -> int | None:
        return self.page.offset


class Pages:
    """Reads pages of one resource; made at start-up."""

    def __init__(self, spec: resource.Resource, codecs: codec.Codecs, size: int, most: int) -> None:
        self._spec = spec
        self._codecs = codecs
        self._size = size
        self._most = most
        self._types = {field.name: field.type for field in spec.fields}
        self._nullable = {field.name for field in spec.fields if field.nullable}
        self._number = codecs.loose(_INTEGER).from_text

    def build(
        self, groups: Groups, order: Sequence[selection.Order], places: slots.Slots
    ) -> Wanted:
        """The page asked for; Problem CONFLICTING_PARAMETERS when two ways are mixed."""
        limit = self._limit(groups)
        offset = groups.get("page[number]") or groups.get("page[offset]")
        by_hand = next(
            (group for group in groups.values() if group[0].name.meaning == "keyset"), None
        )
        ways = [way for way in (offset, groups.get("page[cursor]"), by_hand) if way is not None]
        if len(ways) > 1:
            raise querystring.conflict(
                ways[0][0].spelling, ways[1][0].spelling, "are two ways to page"
            )
        if offset is not None:
            page = self._offset(groups, limit, places)
            return Wanted("offset", page)
        keyset = None
        if "page[cursor]" in groups:
            keyset = self._cursor(querystring.once(list(groups["page[cursor]"])), order, places)
        elif by_hand is not None:
            keyset = self._by_hand(groups, order, places)
        count = self._count(groups, "none")
        return Wanted("cursor", selection.Page(limit, keyset=keyset, count=count))

    def _limit(self, groups: Groups) -> int:
        if "page[limit]" not in groups:
            return self._size
        entry = querystring.once(list(groups["page[limit]"]))
        limit = slots.read(entry.text, self._number, entry.spelling)
        if limit < 1:
            raise _small(entry.spelling, 1, entry.text)
        if limit > self._most:
            raise problem.Problem(
                "PAGE_TOO_LARGE",
                f"{entry.spelling} is {limit}; a page of {self._spec.name} has at most "
                f"{self._most} rows.",
            )
        return int(limit)

    def _count(self, groups: Groups, usual: selection.CountMode) -> selection.CountMode:
        if "count" not in groups:
            return usual
        entry = querystring.once(list(groups["count"]))
        found = _COUNTS.get(entry.text)
        if found is None:
            raise names.refuse(
                "INVALID_PARAMETER",
                f"count cannot be {entry.text[:40]!r}",
                entry.spelling,
                entry.text[:40],
                _COUNTS,
            )
        return found

    def _offset(self, groups: Groups, limit: int, places: slots.Slots) -> selection.Page:
        number, offset = groups.get("page[number]"), groups.get("page[offset]")
        if number is not None and offset is not None:
            raise querystring.conflict(
                number[0].spelling, offset[0].spelling, "both say where the page starts"
            )
        entry = querystring.once(list(number or offset or ()))
        read = self._start(limit) if number is not None else self._start(None)
        slot = places.one(entry.index, read, entry.spelling)
        count = self._count(groups, "exact")
        return selection.Page(limit, offset=slot, count=count, cursors=False)

    def _start(self, size: int | None) -> slots.Read:
        """From a page number (with a size) or an offset to the number of rows left out."""
        least = 0 if size is None else 1

        def read(text: str) -> int:
            value = self._number(text)
            if value < least:
                raise codec.Invalid("TOO_SMALL", f"must be at least {least}")
            start = value if size is None else (value - 1) * size
            if start > _FURTHEST:
                raise codec.Invalid("TOO_LARGE", "is too far; page by cursor")
            return int(start)

        return read

    def _cursor(
        self,
        entry: querystring.Entry,
        order: Sequence[selection.Order],
        places: slots.Slots,
    ) -> selection.Keyset:
        found = entry.cursor
        if found is None or len(found.values) != len(order) or found.values[-1] is None:
            raise cursor.invalid("it belongs to another sort")
        index = entry.index
        keys: list[int | None] = []
        for each, value in zip(order, found.values, strict=True):
            if value is None and each.field not in self._nullable:
                raise cursor.invalid("it was cut or changed")
            if value is None:
                keys.append(None)
                continue
            read = _sealed(self._codecs.loose(self._types[each.field]).from_json)
            keys.append(places.one(index, read, entry.spelling))
            index += 1
        backward = found.direction == "b"
        if entry.name.meaning != "cursor":
            backward = entry.name.meaning == "before"
        return selection.Keyset(tuple(keys), backward)

    def _by_hand(
        self, groups: Groups, order: Sequence[selection.Order], places: slots.Slots
    ) -> selection.Keyset:
        needed = [f"after_{each.field}" for each in order]
        given = [name for name, group in groups.items() if group[0].name.meaning == "keyset"]
        if set(needed) != set(given):
            raise problem.Problem(
                "INVALID_PARAMETER",
                f"A page after a row needs its values for the whole sort: {', '.join(needed)}. "
                f"Given: {', '.join(given)}.",
            )
        keys = []
        for name, each in zip(needed, order, strict=True):
            entry = querystring.once(list(groups[name]))
            read = self._codecs.loose(self._types[each.field]).from_text
            keys.append(places.one(entry.index, read, name))
        return selection.Keyset(tuple(keys))


def _sealed(read: slots.Read) -> slots.Read:
    """Reads a value of a cursor; one that cannot be read was not written by us."""

    def run(value: Any) -> Any:
        try:
            return read(value)
        except codec.Invalid:
            raise cursor.invalid("it was cut or changed") from None

    return run


def _small(spelling: str, least: int, text: str) -> problem.Problem:
    fault = codec.Invalid("TOO_SMALL", f"must be at least {least}")
    return slots.refused([slots.detail(spelling, fault, text)])
