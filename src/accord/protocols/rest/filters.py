"""Room: protocols/rest. Builds the filter of a Selection from query parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.binding import codec
from accord.contract import resource, types
from accord.kernel import problem, settings
from accord.protocols.rest import expression, names, querystring, slots
from accord.query import selection

Entries = Sequence[querystring.Entry]

_STRING, _BOOLEAN = types.Type("string"), types.Type("boolean")
_MEANINGS = frozenset({"filter", "param", "search", "expression"})


class Filters:
    """Builds filters over one resource; made at start-up."""

    def __init__(
        self, spec: resource.Resource, codecs: codec.Codecs, limits: settings.Limits
    ) -> None:
        self._spec = spec
        self._codecs = codecs
        self._limits = limits
        self._by_name = {each.name: each for each in spec.filters}
        self._text = codecs.loose(_STRING).from_text
        self._flag = codecs.loose(_BOOLEAN).from_text

    def build(self, groups: Mapping[str, Entries], places: slots.Slots) -> selection.Filter | None:
        """The condition of all filter parameters; slots are taken in order of their names."""
        items = [
            self._condition(groups[canonical], places)
            for canonical in sorted(groups)
            if groups[canonical][0].name.meaning in _MEANINGS
        ]
        if len(items) > 1:
            return selection.And(tuple(items))
        return items[0] if items else None

    def _condition(self, group: Entries, places: slots.Slots) -> selection.Filter:
        name = group[0].name
        if name.filter is not None:
            inner = self._filter(name.filter, name.operator, group, places)
            return _through(name.filter, inner)
        if name.param is not None:
            return _any([self._param(name.param, entry, places) for entry in group])
        if name.meaning == "search":
            self._searchable(group[0].spelling)
            return _any(
                [
                    selection.Search(places.one(entry.index, self._text, entry.spelling))
                    for entry in group
                ]
            )
        return _all([self._tree(entry, places) for entry in group])

    def _searchable(self, spelling: str) -> None:
        if not self._spec.search:
            raise problem.Problem(
                "UNKNOWN_FILTER", f"{spelling}: {self._spec.name} has no fields to search in."
            )

    def _filter(
        self, each: resource.Filter, operator: str, group: Entries, places: slots.Slots
    ) -> selection.Filter:
        field, found = each.path[-1], self._codecs.loose(each.type)
        spelling = group[0].spelling
        if operator == "null":
            flag = slots.read(querystring.once(list(group)).text, self._flag, spelling)
            return selection.IsNull(field, negate=not flag)
        if found.choices and operator in {"eq", "ne", "in"}:
            texts = [
                word
                for entry in group
                for word in (entry.text.split(",") if operator == "in" else (entry.text,))
            ]
            values = [slots.read(text, found.from_text, spelling) for text in texts]
            return selection.Literally(field, _sorted(values), negate=operator == "ne")
        indices = [entry.index for entry in group]
        if operator == "in" or (operator == "eq" and len(group) > 1):
            slot = places.several(indices, found.from_text, spelling, split=operator == "in")
            return selection.Compare(field, "in", slot)
        read = self._text if operator == "like" else found.from_text
        items = [
            selection.Compare(field, operator, places.one(index, read, spelling))  # type: ignore[arg-type]
            for index in indices
        ]
        # "not this, not that" is what several ne mean; of the others any may hold.
        return _all(items) if operator == "ne" else _any(items)

    def _param(
        self, param: resource.Param, entry: querystring.Entry, places: slots.Slots
    ) -> selection.Filter:
        if param.choices:
            if entry.text not in param.choices:
                fault = codec.Invalid(
                    "NOT_ALLOWED_VALUE", f"must be one of: {', '.join(param.choices)}"
                )
                raise slots.refused([slots.detail(entry.spelling, fault, entry.text)])
            return selection.Named(param.name, choice=entry.text)
        read = self._codecs.strict(param.type).from_text
        if entry.name.how == names.BOUND:
            return selection.Named(param.name, places.one(entry.index, read, entry.spelling))
        # A closed type written into the template: its value is a constant of the slot.
        value = slots.read(entry.text, read, entry.spelling)
        return selection.Named(param.name, places.constant(value, entry.spelling))

    def _tree(self, entry: querystring.Entry, places: slots.Slots) -> selection.Filter:
        if entry.tree is None:
            raise TypeError("an expression has its tree")
        conditions, depth = expression.size(entry.tree)
        limits = self._limits
        if conditions > limits.filter_conditions or depth > limits.filter_depth:
            raise problem.Problem(
                "FILTER_TOO_COMPLEX",
                f"The filter has {conditions} conditions on {depth} levels; allowed are "
                f"{limits.filter_conditions} on {limits.filter_depth}.",
            )
        return _Tree(self, entry, places).build(entry.tree)

    def known(self, node: expression.Comparison, spelling: str) -> resource.Filter:
        """The declared filter of a comparison; Problem UNKNOWN_FILTER."""
        each = self._by_name.get(node.field)
        if each is None:
            raise names.refuse(
                "UNKNOWN_FILTER",
                f"At character {node.position}: there is no filter {node.field!r}",
                spelling,
                node.field,
                self._by_name,
            )
        if node.operator not in each.operators and not _plain_null(node, each):
            raise names.refuse(
                "UNKNOWN_FILTER",
                f"At character {node.position}: {node.field} cannot be compared by "
                f"{node.operator!r}",
                spelling,
                node.operator,
                each.operators,
            )
        return each

    def codec(self, each: resource.Filter, operator: str) -> codec.Codec:
        """How values of a comparison are read."""
        return self._codecs.loose(_STRING if operator == "like" else each.type)

    def flag(self, literal: expression.Literal, spelling: str) -> bool:
        """The value of null(field, true)."""
        return bool(slots.read(literal.text, self._flag, spelling))


class _Tree:
    """One expression being built; its literals follow its own text among the texts."""

    def __init__(self, filters: Filters, entry: querystring.Entry, places: slots.Slots) -> None:
        self.filters = filters
        self.spelling = entry.spelling
        self.next = entry.index + 1
        self.places = places

    def build(self, node: expression.Node) -> selection.Filter:
        if isinstance(node, expression.Comparison):
            return self._comparison(node)
        items = [self.build(item) for item in node.items]
        if node.operator == "not":
            return selection.Not(items[0])
        return _all(items) if node.operator == "and" else _any(items)

    def _comparison(self, node: expression.Comparison) -> selection.Filter:
        each = self.filters.known(node, self.spelling)
        return _through(each, self._inner(node, each))

    def _inner(self, node: expression.Comparison, each: resource.Filter) -> selection.Filter:
        field, operator, spelling = each.path[-1], node.operator, self.spelling
        if operator == "null":
            flag = self.filters.flag(node.values[0], spelling) if node.values else True
            return selection.IsNull(field, negate=not flag)
        if any(value.null for value in node.values):
            if operator not in {"eq", "ne"}:
                raise expression.wrong(
                    f"{operator}(…) compares with values; null({node.field}) finds nulls",
                    node.position,
                )
            return selection.IsNull(field, negate=operator == "ne")
        found = self.filters.codec(each, operator)
        if found.choices and operator in {"eq", "ne", "in"}:
            values = [slots.read(v.text, found.from_text, spelling) for v in node.values]
            return selection.Literally(field, _sorted(values), negate=operator == "ne")
        start, self.next = self.next, self.next + len(node.values)
        if operator == "in":
            indices = range(start, self.next)
            slot = self.places.several(indices, found.from_text, spelling, split=False)
        else:
            slot = self.places.one(start, found.from_text, spelling)
        return selection.Compare(field, operator, slot)  # type: ignore[arg-type]


def _plain_null(node: expression.Comparison, each: resource.Filter) -> bool:
    """eq(field,null) is another way to write null(field)."""
    return (
        node.operator in {"eq", "ne"}
        and "null" in each.operators
        and any(value.null for value in node.values)
    )


def _through(each: resource.Filter, inner: selection.Filter) -> selection.Filter:
    for relation in reversed(each.path[:-1]):
        inner = selection.Through(relation, inner)
    return inner


def _sorted(values: Sequence[str | bool]) -> tuple[str | bool, ...]:
    return tuple(sorted(dict.fromkeys(values), key=str))


def _any(items: Sequence[selection.Filter]) -> selection.Filter:
    return items[0] if len(items) == 1 else selection.Or(tuple(items))


def _all(items: Sequence[selection.Filter]) -> selection.Filter:
    return items[0] if len(items) == 1 else selection.And(tuple(items))
