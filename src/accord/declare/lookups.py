"""Room: declare. Filters, params, sorts, search fields and the default order."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators

from accord.binding import binding
from accord.contract import resource, types
from accord.declare import access, conditions, naming, paths, relations, shapes
from accord.declare import draft as drafts
from accord.kernel import problem

_EQUAL = ("eq", "ne", "in")
_ORDERED = ("eq", "ne", "gt", "gte", "lt", "lte", "in")
_OPERATORS: dict[types.Kind, tuple[str, ...]] = {
    "id": _EQUAL,
    "string": (*_ORDERED, "like"),
    "boolean": ("eq", "ne"),
    "uuid": _EQUAL,
    "bytes": _EQUAL,
    "enum": _EQUAL,
    "json": (),
    "object": (),
    "array": (),
}
UNSORTABLE = frozenset({"json", "object", "array"})


def compile_lookups(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """Fill the draft's filters, params, sorts, search and order."""
    draft.filters = _filters(desk, draft)
    _params(desk, draft)
    draft.sorts = tuple(sorted({*_sorts(desk, draft), draft.key}))
    draft.search = _search(desk, draft)
    draft.order = _order(desk, draft)


def operators_of(field: resource.Field) -> tuple[str, ...]:
    """The operators that fit a field's type."""
    fitting = _OPERATORS.get(field.type.kind, _ORDERED)
    return (*fitting, "null") if field.nullable else fitting


def _filters(desk: drafts.Desk, draft: drafts.Draft) -> tuple[resource.Filter, ...]:
    found: dict[str, resource.Filter] = {}
    for given in drafts.items_of(desk, draft, "filters"):
        made = _filter(desk, draft, given)
        if made is not None:
            found[made.name] = made
    return tuple(found[name] for name in sorted(found))


def _filter(desk: drafts.Desk, draft: drafts.Draft, given: Any) -> resource.Filter | None:
    wanted: tuple[str, ...] | None = None
    if isinstance(given, paths.Only):
        wanted, given = given.operators, given.what
    if isinstance(given, str) and "." in given:
        given = paths.Via(tuple(given.split(".")))
    path, field = (
        _via(desk, draft, given) if isinstance(given, paths.Via) else _own(desk, draft, given)
    )
    if field is None:
        return None
    name = ".".join(path)
    if field.computed == "python":
        desk.wrong(
            draft,
            "filters",
            f"{name} is made in Python, which the database cannot compare",
            "compute it by an SQL expression, or take it out of filters",
        )
        return None
    fitting = operators_of(field)
    for operator in wanted or ():
        if operator not in fitting:
            desk.wrong(
                draft,
                "filters",
                f"{name} ({field.type.kind}) has no operator {operator!r}",
                problem.suggest(operator, fitting),
            )
    chosen = tuple(each for each in fitting if wanted is None or each in wanted)
    if wanted is None and not chosen:
        desk.wrong(
            draft,
            "filters",
            f"{name} ({field.type.kind}) cannot be compared",
            "declare a named condition in params instead",
        )
    return resource.Filter(name, path, field.type, chosen)


def _own(
    desk: drafts.Desk, draft: drafts.Draft, given: Any
) -> tuple[tuple[str, ...], resource.Field | None]:
    name = drafts.field_of(desk, draft, "filters", given)
    if name is None or name not in draft.fields:
        return (), None
    return (name,), _readable(desk, draft, "filters", draft, name)


def _via(
    desk: drafts.Desk, draft: drafts.Draft, given: paths.Via
) -> tuple[tuple[str, ...], resource.Field | None]:
    start = len(desk.mistakes.found)
    found = _walked(desk, draft, given)
    desk.mistakes.moved(start, draft.where("filters"))
    return found


def _walked(
    desk: drafts.Desk, draft: drafts.Draft, given: paths.Via
) -> tuple[tuple[str, ...], resource.Field | None]:
    at = draft
    path: list[str] = []
    if len(given.steps) < 2:
        desk.wrong(
            draft,
            "filters",
            "via takes relations and then a field",
            "write via(Order.user, User.name)",
        )
        return (), None
    for step in given.steps[:-1]:
        bound = relations.relation_of(desk, at, "filters", step)
        target = desk.named(bound.target) if bound else None
        if bound is None or target is None:
            return (), None
        path.append(bound.spec.name)
        at = target
    name = drafts.field_of(desk, at, "filters", given.steps[-1])
    if name is None or name not in at.fields:
        return (), None
    return (*path, name), _readable(desk, draft, "filters", at, name)


def _readable(
    desk: drafts.Desk, draft: drafts.Draft, attribute: str, owner: drafts.Draft, name: str
) -> resource.Field | None:
    field = owner.fields[name].spec
    if not field.read:
        desk.wrong(
            draft,
            attribute,
            f"{name} is write-only: comparing it would tell what it is",
            f"take it out of {attribute}",
        )
        return None
    return field


def _sorts(desk: drafts.Desk, draft: drafts.Draft) -> list[str]:
    names = drafts.fields_of(desk, draft, "sorts")
    return [name for name in names if _sortable(desk, draft, "sorts", name)]


def _sortable(desk: drafts.Desk, draft: drafts.Draft, attribute: str, name: str) -> bool:
    bound = draft.fields.get(name)
    if bound is None or _readable(desk, draft, attribute, draft, name) is None:
        return False
    if bound.spec.computed == "python" or bound.spec.type.kind in UNSORTABLE:
        why = "is made in Python" if bound.spec.computed else f"is {bound.spec.type.kind}"
        desk.wrong(
            draft,
            attribute,
            f"{name} {why}, which the database cannot sort by",
            f"take it out of {attribute}",
        )
        return False
    return True


def _search(desk: drafts.Desk, draft: drafts.Draft) -> tuple[str, ...]:
    found = []
    for name in drafts.fields_of(desk, draft, "search"):
        bound = draft.fields.get(name)
        if bound is None or _readable(desk, draft, "search", draft, name) is None:
            continue
        if bound.spec.type.kind not in ("string", "id") or bound.spec.computed == "python":
            desk.wrong(
                draft,
                "search",
                f"{name} ({bound.spec.type.kind}) is no text",
                "search looks into text columns; use filters for the rest",
            )
            continue
        found.append(name)
    return drafts.unique(found)


def _order(desk: drafts.Desk, draft: drafts.Draft) -> tuple[resource.Order, ...]:
    found = []
    for given in drafts.items_of(desk, draft, "order"):
        descending = False
        reference = given
        if isinstance(given, sa.UnaryExpression) and given.modifier in (
            operators.desc_op,
            operators.asc_op,
        ):
            descending = given.modifier is operators.desc_op
            reference = _attribute(draft, given.element)
        elif isinstance(given, str):
            descending, reference = given.startswith("-"), given.lstrip("-")
        name = drafts.field_of(desk, draft, "order", reference)
        if name is not None and _sortable(desk, draft, "order", name):
            found.append(resource.Order(name, descending))
    return tuple(found)


def _attribute(draft: drafts.Draft, element: Any) -> Any:
    """The mapped attribute behind a column in an expression."""
    owner = element._annotations.get("parententity")
    key = element._annotations.get("proxy_key")
    if owner is not None and key is not None:
        return getattr(owner.class_, key)
    return draft.names.get(element, element)


def _params(desk: drafts.Desk, draft: drafts.Draft) -> None:
    given = drafts.mapping_of(desk, draft, "params")
    for name in sorted(given):
        condition = given[name]
        if isinstance(condition, access.Choices):
            made = _choices(desk, draft, name, condition)
        else:
            made = _valued(desk, draft, name, condition)
        if made is not None:
            draft.params[name] = made


def _choices(
    desk: drafts.Desk, draft: drafts.Draft, name: str, given: access.Choices
) -> binding.ParamBinding | None:
    if not given.conditions:
        desk.wrong(draft, "params", f"{name} has no choices", "write choices(active=…, inactive=…)")
        return None
    found: dict[str, Any] = {}
    for choice, written in given.conditions.items():
        condition = conditions.element_of(written)
        label = f"the condition of {name}={choice}"
        if not conditions.settle(desk, draft, "params", label, condition):
            continue
        if conditions.values_in(condition):
            desk.wrong(
                draft,
                "params",
                f"{label} uses value()",
                "a choice is a condition by itself; leave value() to params without choices",
            )
        found[choice] = condition
    spec = resource.Param(name, types.Type("string"), tuple(found))
    return binding.ParamBinding(spec, choices=found)


def _valued(
    desk: drafts.Desk, draft: drafts.Draft, name: str, condition: Any
) -> binding.ParamBinding | None:
    condition = conditions.element_of(condition)
    if not conditions.settle(desk, draft, "params", f"the condition of {name}", condition):
        return None
    kinds = {each.python_type for each in conditions.values_in(condition)}
    if len(kinds) != 1:
        what = "gives nothing to compare with" if not kinds else "takes values of several types"
        desk.wrong(
            draft,
            "params",
            f"the condition of {name} {what}",
            "name one value: Order.created_at >= value(datetime)",
        )
        return None
    try:
        reading = desk.shapes.read(kinds.pop(), draft.type_name + naming.pascal(name))
    except shapes.Unreadable as error:
        desk.wrong(draft, "params", f"{name}: {error}", "give value() a type with a wire form")
        return None
    return binding.ParamBinding(resource.Param(name, reading.type), condition=condition)
