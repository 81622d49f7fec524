"""Room: protocols/rest. The one table of query-string names: what each spelling means."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from accord.binding import codec
from accord.contract import resource, types
from accord.kernel import problem

Meaning = Literal[
    "filter",
    "param",
    "search",
    "expression",
    "sort",
    "sort_by",
    "order",
    "fields",
    "include",
    "limit",
    "number",
    "offset",
    "cursor",
    "after",
    "before",
    "keyset",
    "count",
    "argument",
]

# How a name's value takes part in a template: written into it, taken out as a bound value,
# or taken apart first because only some of it is bound.
STRUCTURAL, BOUND, CURSOR, EXPRESSION = range(4)

# Spelling → (meaning, canonical spelling). Links are written in canonical spellings only.
PAGES: Mapping[str, tuple[Meaning, str]] = {
    "page[limit]": ("limit", "page[limit]"),
    "page[size]": ("limit", "page[limit]"),
    "limit": ("limit", "page[limit]"),
    "size": ("limit", "page[limit]"),
    "page[cursor]": ("cursor", "page[cursor]"),
    "cursor": ("cursor", "page[cursor]"),
    "page[after]": ("after", "page[cursor]"),
    "page[before]": ("before", "page[cursor]"),
    "page[number]": ("number", "page[number]"),
    "page": ("number", "page[number]"),
    "page[offset]": ("offset", "page[offset]"),
    "offset": ("offset", "page[offset]"),
    "count": ("count", "count"),
}
SORTS: Mapping[str, tuple[Meaning, str]] = {
    "sort": ("sort", "sort"),
    "sort_by": ("sort_by", "sort"),
    "order": ("order", "order"),
}
VIEWS: Mapping[str, tuple[Meaning, str]] = {
    "fields": ("fields", "fields"),
    "include": ("include", "include"),
}
FILTERS: Mapping[str, tuple[Meaning, str]] = {
    "search": ("search", "search"),
    "filter": ("expression", "filter"),
}
_HOW: Mapping[str, int] = {
    "search": BOUND,
    "offset": BOUND,
    "number": BOUND,
    "keyset": BOUND,
    "argument": BOUND,
    "cursor": CURSOR,
    "after": CURSOR,
    "before": CURSOR,
    "expression": EXPRESSION,
}


class Name(msgspec.Struct, frozen=True):
    """What one spelling means; `canonical` is equal for spellings of one thing.

    `field` is the resource of `fields[…]`, the field of a keyset or the argument's name.
    """

    meaning: Meaning
    how: int
    canonical: str
    filter: resource.Filter | None = None
    operator: str = "eq"
    param: resource.Param | None = None
    field: str = ""


class Names:
    """The spellings one endpoint knows.

    `table` holds them as they are written and as browsers escape them. `filters` and
    `fields` (the resource's) serve messages only.
    """

    def __init__(self, spellings: Mapping[str, Name], spec: resource.Resource | None = None):
        self.plain = dict(spellings)
        self.spec = spec
        self.table = dict(self.plain)
        for spelling, name in self.plain.items():
            for escaped in _escaped(spelling):
                self.table.setdefault(escaped, name)
        # Fields whose comparisons are written into the statement, for expressions.
        self.inline = frozenset(
            name.filter.name
            for name in self.plain.values()
            if name.filter is not None and name.how == STRUCTURAL and name.operator == "eq"
        )

    def unknown(self, spelling: str) -> problem.Problem:
        """The refusal of a spelling, naming what is allowed."""
        if spelling.startswith("filter[") or self._like_a_filter(spelling):
            filters = sorted(
                spelling
                for spelling, name in self.plain.items()
                if name.meaning in {"filter", "param"} and not spelling.startswith("filter[")
            )
            bare = spelling.removeprefix("filter[").replace("][", "_").rstrip("]")
            return refuse(
                "UNKNOWN_FILTER", f"There is no filter {spelling!r}", spelling, bare, filters
            )
        if spelling.startswith("fields["):
            types_ = sorted(name for name in self.plain if name.startswith("fields["))
            return refuse(
                "UNKNOWN_FIELD", f"{spelling!r} names no resource", spelling, spelling, types_
            )
        known = sorted(name for name in self.plain if "[" not in name or name.startswith("page["))
        return refuse(
            "UNKNOWN_PARAMETER", f"There is no parameter {spelling!r}", spelling, spelling, known
        )

    def _like_a_filter(self, spelling: str) -> bool:
        if self.spec is None or "search" not in self.plain:
            return False
        base, _, suffix = spelling.rpartition("_")
        fields = {field.name for field in self.spec.fields}
        return spelling in fields or (base in fields and suffix in resource.OPERATORS)


def refuse(
    code: str, message: str, parameter: str, name: str, allowed: Iterable[str]
) -> problem.Problem:
    """A Problem about one parameter that suggests the nearest name and lists all."""
    names = sorted(set(allowed))
    advice = problem.suggest(name, names)
    listed = f"allowed: {', '.join(names)}" if names else "nothing is allowed here"
    text = f"{message}; {advice}" + ("" if advice == listed else f" {listed.capitalize()}")
    detail = problem.Detail(
        code="NOT_ALLOWED_VALUE", message=listed, parameter=parameter, value=name
    )
    return problem.Problem(code, f"{text}.", details=(detail,))


def _escaped(spelling: str) -> set[str]:
    upper = urllib.parse.quote(spelling, safe="")
    return {upper, upper.replace("%5B", "%5b").replace("%5D", "%5d")} - {spelling}


def _static(table: Mapping[str, tuple[Meaning, str]]) -> dict[str, Name]:
    return {
        spelling: Name(meaning, _HOW.get(meaning, STRUCTURAL), canonical)
        for spelling, (meaning, canonical) in table.items()
    }


def of_item(reachable: Iterable[str], spec: resource.Resource | None = None) -> Names:
    """The names of an endpoint that shows one row: fields and includes."""
    return Names(_views(reachable), spec)


def of_list(spec: resource.Resource, reachable: Iterable[str], codecs: codec.Codecs) -> Names:
    """The names of an endpoint that shows pages of a resource."""
    spellings: dict[str, Name] = {**_keysets(spec)}
    for param in spec.params:
        how = STRUCTURAL if param.choices or _closed(param.type, codecs) else BOUND
        name = Name("param", how, param.name, param=param)
        spellings |= {param.name: name, f"filter[{param.name}]": name}
    for each in spec.filters:
        spellings |= _filters(each, codecs)
    return Names(
        {
            **spellings,
            **_views(reachable),
            **_static(PAGES),
            **_static(SORTS),
            **_static(FILTERS),
        },
        spec,
    )


def of_arguments(arguments: Iterable[str], views: Names) -> Names:
    """The names of a query by GET: its arguments beside what chooses the view."""
    own = {name: Name("argument", BOUND, name, field=name) for name in arguments}
    return Names({**views.plain, **own}, views.spec)


def _views(reachable: Iterable[str]) -> dict[str, Name]:
    spellings = _static(VIEWS)
    for name in reachable:
        spelling = f"fields[{name}]"
        spellings[spelling] = Name("fields", STRUCTURAL, spelling, field=name)
    return spellings


def _keysets(spec: resource.Resource) -> dict[str, Name]:
    fields = dict.fromkeys((*spec.sorts, *(each.field for each in spec.order), spec.key))
    return {
        f"after_{field}": Name("keyset", BOUND, f"after_{field}", field=field) for field in fields
    }


def _filters(each: resource.Filter, codecs: codec.Codecs) -> dict[str, Name]:
    closed = _closed(each.type, codecs)
    spellings = {}
    for operator in each.operators:
        inline = operator == "null" or (closed and operator in {"eq", "ne", "in"})
        canonical = each.name if operator == "eq" else f"{each.name}_{operator}"
        name = Name("filter", STRUCTURAL if inline else BOUND, canonical, each, operator)
        spellings[canonical] = name
        spellings[f"filter[{each.name}][{operator}]"] = name
        if operator == "eq":
            spellings[f"filter[{each.name}]"] = name
    return spellings


def _closed(type_: types.Type, codecs: codec.Codecs) -> bool:
    return bool(codecs.loose(type_).choices)
