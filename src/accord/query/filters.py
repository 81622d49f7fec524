"""Room: query. Filter trees to SQL conditions, each carrying the policy of what it touches."""

from __future__ import annotations

import json
from typing import Any

from accord.binding import binding
from accord.query import build, dialects, joins, plan, selection

_SYMBOLS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def condition(
    making: build.Build,
    resource: binding.ResourceBinding,
    node: selection.Filter,
    alias: str,
    under_or: bool = False,
) -> str:
    """The filter as a condition on the row of that alias.

    A field whose reading depends on the row compares only where it may be read, and a path
    through a relation sees only rows its own policy shows: else a filter were an oracle.
    """
    match node:
        case selection.And():
            return _joined(making, resource, node.items, alias, " and ", under_or)
        case selection.Or():
            return _joined(making, resource, node.items, alias, " or ", under_or=True)
        case selection.Not():
            return f"({condition(making, resource, node.item, alias, under_or=True)}) is not true"
        case selection.Through():
            return _through(making, resource, node, alias, under_or)
        case selection.Named():
            return _named(making, resource, node, alias)
        case selection.Search():
            return _search(making, resource, node, alias)
        case selection.Compare():
            inner = _compare(making, resource, node, alias)
        case selection.Literally():
            inner = _literally(making, resource, node, alias)
        case selection.IsNull():
            stored = making.stored(resource, node.field, alias)
            inner = f"{stored} is {'not ' if node.negate else ''}null"
    return _masked(making, resource, node.field, alias, inner)


def _joined(
    making: build.Build,
    resource: binding.ResourceBinding,
    items: tuple[selection.Filter, ...],
    alias: str,
    word: str,
    under_or: bool,
) -> str:
    if not items:
        return "true" if word == " and " else "false"
    inside = word.join(condition(making, resource, each, alias, under_or) for each in items)
    return f"({inside})"


def _masked(
    making: build.Build, resource: binding.ResourceBinding, name: str, alias: str, inner: str
) -> str:
    decided = making.catalog.mask(resource, "list", name, making.variant)
    mask = making.condition(decided, alias)
    return inner if mask is None else f"({mask} and {inner})"


def _named(
    making: build.Build, resource: binding.ResourceBinding, node: selection.Named, alias: str
) -> str:
    """A named condition, where the fields it compares may be read."""
    made = making.fragment(
        making.catalog.param(resource, node.param, node.choice), alias, node.slot
    )
    if node.slot is not None and ("<" in made or ">" in made):
        making.ranges(None)
    compared = making.catalog.param_columns(resource, node.param, node.choice)
    for name, field in resource.fields.items():
        if field.column is not None and field.column.name in compared:
            made = _masked(making, resource, name, alias, made)
    return made


def _compare(
    making: build.Build, resource: binding.ResourceBinding, node: selection.Compare, alias: str
) -> str:
    stored = making.stored(resource, node.field, alias)
    field = resource.fields[node.field]
    convert = making.converter(field)
    match node.operator:
        case "in":
            parameter = making.value(node.slot, many(convert, making.dialect))
            if field.spec.type.kind == "bytes":
                stored = making.dialect.binary(stored)
            return making.dialect.in_list(stored, parameter)
        case "like":
            parameter = making.value(node.slot, pattern(making.dialect))
            return making.dialect.contains(stored, parameter)
        case "ne":
            return making.dialect.distinct(stored, making.value(node.slot, convert))
    if node.operator != "eq":
        making.ranges(node.field)
    return f"{stored} {_SYMBOLS[node.operator]} {making.value(node.slot, convert)}"


_MANY: dict[Any, plan.Convert] = {}


def many(convert: plan.Convert | None, dialect: dialects.Dialect) -> plan.Convert:
    """A list of values as one parameter: an array, or JSON text for SQLite."""
    key = (convert, dialect.name)
    known = _MANY.get(key)
    if known is None:
        each = convert or (lambda value: value)
        known = (
            (lambda values: [each(value) for value in values])
            if dialect.name == "postgresql"
            else (lambda values: json.dumps([each(value) for value in values], default=_hex))
        )
        _MANY[key] = known
    return known


def _hex(value: bytes) -> str:
    return bytes(value).hex().upper()


def _itself(text: str) -> str:
    return text


def _contains_pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def pattern(dialect: dialects.Dialect) -> plan.Convert:
    """What `contains` compares with: an ILIKE pattern; SQLite lowers the text by itself."""
    return _contains_pattern if dialect.name == "postgresql" else _itself


def _literally(
    making: build.Build, resource: binding.ResourceBinding, node: selection.Literally, alias: str
) -> str:
    stored = making.stored(resource, node.field, alias)
    convert = making.converter(resource.fields[node.field])
    values = [
        each if convert is None or isinstance(each, bool) else convert(each) for each in node.values
    ]
    if len(values) == 1 and isinstance(values[0], bool) and not node.negate:
        return stored if values[0] else f"not {stored}"
    texts = [dialects.literal(each) for each in values]
    if len(texts) == 1:
        return (
            f"{stored} is distinct from {texts[0]}"
            if node.negate and (making.dialect.name == "postgresql")
            else f"{stored} {'is not' if node.negate else '='} {texts[0]}"
        )
    inside = f"{stored} in ({', '.join(texts)})"
    return f"({inside}) is not true" if node.negate else inside


def _search(
    making: build.Build, resource: binding.ResourceBinding, node: selection.Search, alias: str
) -> str:
    parameter = making.value(node.slot, pattern(making.dialect))
    found = [
        _masked(
            making,
            resource,
            name,
            alias,
            making.dialect.contains(making.stored(resource, name, alias), parameter),
        )
        for name in resource.spec.search
    ]
    return f"({' or '.join(found) or 'false'})"


def _through(
    making: build.Build,
    resource: binding.ResourceBinding,
    node: selection.Through,
    alias: str,
    under_or: bool,
) -> str:
    relation = resource.relations[node.relation]
    target = making.catalog.resource(relation.target)
    inner = making.alias()
    wanted = [condition(making, target, node.item, inner)]
    policy = making.condition(making.catalog.rows(target, "list", making.variant), inner)
    hidden = hidden_rows(making, target, inner)
    wanted += [each for each in (policy, hidden) if each is not None]
    if under_or and len(relation.pairs) == 1:
        operand, query = joins.member(making, relation, target, alias, inner, wanted)
        shown = joins.readable(making, resource, joins.locals_of(relation), alias)
        inside = str(making.dialect.in_query(operand, query))
        return f"({' and '.join([*shown, inside])})" if shown else inside
    source, tie = joins.related(making, resource, relation, target, alias, inner)
    return f"exists (select 1 from {source} where {' and '.join([tie, *wanted])})"


def hidden_rows(making: build.Build, resource: binding.ResourceBinding, alias: str) -> str | None:
    """What keeps soft-deleted rows out, None for resources without them."""
    if resource.deleted is None:
        return None
    return f"{making.column(alias, resource.deleted)} is null"
