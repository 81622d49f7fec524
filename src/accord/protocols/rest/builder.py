"""Room: protocols/rest. Thinks about one form of a query: from its parameters to a template."""

from __future__ import annotations

import hashlib
import urllib.parse
from collections.abc import Mapping, Sequence

import msgspec

from accord.binding import binding
from accord.kernel import settings
from accord.protocols.rest import (
    filters,
    names,
    page,
    projection,
    querystring,
    slots,
    sorting,
    template,
)
from accord.query import selection

_FILTERS = frozenset({"filter", "param", "search", "expression"})
_VIEWS = frozenset({"fields", "include", "count"})
_TEXT = (names.BOUND, names.EXPRESSION)


class Tools(msgspec.Struct, frozen=True):
    """What the builders of one API share, by resource."""

    projections: projection.Projections
    filters: Mapping[str, filters.Filters]
    pages: Mapping[str, page.Pages]
    limits: settings.Limits


class Builder:
    """Makes the templates of one endpoint; made at start-up.

    `key` reads the id in the path; `parent` is the (resource, relation) a nested endpoint
    hangs off; `paged` says that it answers pages.
    """

    def __init__(
        self,
        target: binding.ResourceBinding,
        known: names.Names,
        tools: Tools,
        *,
        key: slots.Read | None = None,
        parent: tuple[str, str] | None = None,
        paged: bool = False,
    ) -> None:
        self.spec = target.spec
        self.known = known
        self._tools = tools
        self._key = key
        self._parent = parent
        self._paged = paged
        self.start = 0 if key is None else 1

    def build(self, query: str, include: str = "") -> template.Template:
        """The template of a query; `include` is what is shown unless the query says."""
        most = self._tools.limits.query_parameters
        found = querystring.entries(query, self.known, self.start, most)
        groups = querystring.grouped(found)
        places = slots.Slots()
        chosen = selection.Selection(self.spec.name)
        if self._key is not None:
            slot = places.one(0, self._key, "id")
            if self._parent is None:
                # A deleted row is told apart from one that never was.
                chosen = msgspec.structs.replace(chosen, key=slot, deleted=True)
            else:
                parent = selection.Parent(*self._parent, slot)
                chosen = msgspec.structs.replace(chosen, parent=parent)
        node = self._tools.projections.build(self.spec.name, groups, include)
        pieces = _pieces(found, _FILTERS)
        if not self._paged:
            told = template.Told((*pieces, *_pieces(found, _VIEWS)))
            return template.Template(node, chosen, places, None, told)
        condition = self._tools.filters[self.spec.name].build(groups, places)
        order = sorting.build(groups, self.spec)
        wanted = self._tools.pages[self.spec.name].build(groups, order, places)
        chosen = msgspec.structs.replace(chosen, filter=condition, order=order, page=wanted.page)
        if "sort" in groups:
            pieces.append((f"sort={urllib.parse.quote(sorting.text(order), safe=',')}", None))
        told = template.Told(
            (*pieces, *_pieces(found, _VIEWS)), _told_filters(found), self._scope(found, order)
        )
        return template.Template(node, chosen, places, wanted, told)

    def _scope(self, found: Sequence[querystring.Entry], order: Sequence[selection.Order]) -> bytes:
        """What a cursor is bound to beside values: resource, relation, sort, filter's form."""
        forms = sorted(
            entry.name.canonical + ("" if entry.name.how in _TEXT else f"={entry.text}")
            for entry in found
            if entry.name.meaning in _FILTERS
        )
        content = msgspec.json.encode((self.spec.name, self._parent, order, forms))
        return hashlib.blake2b(content, digest_size=16).hexdigest().encode()


def _sorted(
    found: Sequence[querystring.Entry], meanings: frozenset[str]
) -> list[querystring.Entry]:
    wanted = [entry for entry in found if entry.name.meaning in meanings]
    return sorted(wanted, key=lambda entry: entry.name.canonical)


def _pieces(found: Sequence[querystring.Entry], meanings: frozenset[str]) -> list[template.Piece]:
    out: list[template.Piece] = []
    for entry in _sorted(found, meanings):
        name = urllib.parse.quote(entry.name.canonical, safe="~.,:")
        if entry.name.how in _TEXT:
            out.append((name, entry.index))
        else:
            out.append((f"{name}={template.escaped(entry.text)}", None))
    return out


def _told_filters(found: Sequence[querystring.Entry]) -> tuple[tuple[str, int | str], ...]:
    return tuple(
        (entry.name.canonical, entry.index if entry.name.how in _TEXT else entry.text)
        for entry in _sorted(found, _FILTERS)
    )
