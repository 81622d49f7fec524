"""Room: contract. Names the wire keeps for itself, in query strings and paths."""

from __future__ import annotations

PARAMETERS = {
    "page": "pages",
    "size": "pages",
    "limit": "pages",
    "offset": "pages",
    "cursor": "pages",
    "count": "pages",
    "sort": "sorting",
    "sort_by": "sorting",
    "order": "sorting",
    "fields": "sparse fields",
    "include": "related resources",
    "filter": "filters",
    "search": "search",
}
"""Query parameters of lists, with what they are for; no filter or param may have their names."""

PARAMETER_PREFIXES = ("page[", "fields[", "filter[", "after_", "before_")
"""Beginnings of query parameters; `after_<field>` and `before_<field>` are keyset pages."""

SEGMENTS = frozenset({"bulk", "batch", "aggregate", "relationships"})
"""Path segments below a resource that belong to generated operations, now or later."""


def purpose(name: str) -> str:
    """What a reserved parameter is for."""
    return PARAMETERS.get(name, "pages by key")
