"""Room: runtime. How many rows a Selection may bring, told before anything is read."""

from __future__ import annotations

from accord.binding import binding
from accord.kernel import problem
from accord.query import selection


def demand(bound: binding.Binding, chosen: selection.Selection, most: int) -> None:
    """Refuse a Selection whose lists within lists multiply beyond a limit.

    Raises:
        Problem: TOO_MANY_ROWS.
    """
    found = rows(bound, chosen)
    if chosen.related and found > most:
        raise problem.Problem(
            "TOO_MANY_ROWS",
            f"The page with its includes may bring {found:,} rows; at most {most:,} are allowed.",
        )


def rows(bound: binding.Binding, chosen: selection.Selection) -> int:
    """The most rows a Selection can bring, its related rows counted in.

    A page of 20 whose rows include a page of 20 each may bring 20 + 20 * 20 = 420.
    """
    resource = bound.resources[chosen.resource]
    each = 1
    for related in chosen.related:
        inner = rows(bound, related.selection)
        one = resource.relations[related.relation].spec.kind == "to_one"
        each += inner if related.selection.page is not None or one else 0
    page = chosen.page
    return each if page is None else page.limit * each
