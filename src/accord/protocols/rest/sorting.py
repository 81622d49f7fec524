"""Room: protocols/rest. Reads sorts: `-created_at,name`, `created_at:desc`, `sort_by` + `order`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.contract import resource
from accord.kernel import problem
from accord.protocols.rest import names, querystring, slots
from accord.query import selection

_DIRECTIONS = {"asc": False, "desc": True}


def build(
    groups: Mapping[str, Sequence[querystring.Entry]], spec: resource.Resource
) -> tuple[selection.Order, ...]:
    """The order of a page, ending with the key field."""
    given = groups.get("sort")
    if given is None:
        if "order" in groups:
            raise problem.Problem(
                "INVALID_PARAMETER", "order says a direction; say by which field with sort_by."
            )
        keys = [selection.Order(each.field, each.descending) for each in spec.order]
    else:
        keys = _parsed(querystring.once(list(given)), groups, spec)
    return closed(keys, spec.key)


def closed(keys: Sequence[selection.Order], key: str) -> tuple[selection.Order, ...]:
    """The order made total: the key field comes last, and nothing after it.

    It runs in the direction of the key before it, so that one index serves both ways.
    """
    out: list[selection.Order] = []
    for each in keys:
        out.append(each)
        if each.field == key:
            return tuple(out)
    descending = out[-1].descending if out else False
    return (*out, selection.Order(key, descending))


def text(order: Sequence[selection.Order]) -> str:
    """An order in its canonical spelling: `-created_at`, without what `closed` adds again."""
    if len(order) > 1 and order[-1] == closed(order[:-1], order[-1].field)[-1]:
        order = order[:-1]
    return ",".join(f"{'-' if each.descending else ''}{each.field}" for each in order)


def _parsed(
    entry: querystring.Entry,
    groups: Mapping[str, Sequence[querystring.Entry]],
    spec: resource.Resource,
) -> list[selection.Order]:
    words = [word.strip() for word in entry.text.split(",")]
    direction = groups.get("order")
    if direction is not None:
        other = querystring.once(list(direction))
        if entry.name.meaning != "sort_by":
            raise querystring.conflict(entry.spelling, other.spelling, "both say a direction")
        found = _DIRECTIONS.get(other.text.lower())
        if found is None:
            raise _direction(other.text, other.spelling)
        words = [f"-{word}" for word in words] if found else words
    allowed = dict.fromkeys((*spec.sorts, spec.key))
    out: list[selection.Order] = []
    for word in words:
        order = _order(word, entry.spelling)
        if order.field not in allowed:
            raise names.refuse(
                "UNKNOWN_SORT",
                f"{spec.name} cannot be sorted by {order.field!r}",
                entry.spelling,
                order.field,
                allowed,
            )
        if any(order.field == each.field for each in out):
            raise problem.Problem(
                "CONFLICTING_PARAMETERS", f"{entry.spelling} names {order.field} twice; keep one."
            )
        out.append(order)
    return out


def _order(word: str, spelling: str) -> selection.Order:
    field, colon, direction = word.partition(":")
    if colon:
        found = _DIRECTIONS.get(direction.lower())
        if found is None:
            raise _direction(direction, spelling)
        return selection.Order(field, found)
    if word.startswith("-"):
        return selection.Order(word[1:], descending=True)
    return selection.Order(word.removeprefix("+"))


def _direction(text_: str, spelling: str) -> problem.Problem:
    detail = problem.Detail(
        code="NOT_ALLOWED_VALUE",
        message=f"{spelling} goes asc or desc",
        parameter=spelling,
        value=text_[:40],
    )
    return slots.refused([detail])
