"""Room: query. The rows a Selection picks: policy, filter, order, page; no layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from accord.binding import binding
from accord.query import build, filters, keyset, plan, selection

# (from-clause, condition) for an inner alias; the root has no tie.
Tie = Callable[[str], tuple[str, str]]


def conditions(
    making: build.Build,
    resource: binding.ResourceBinding,
    chosen: selection.Selection,
    alias: str,
    permission: str = "list",
) -> list[str]:
    """Everything a row must satisfy but its place in the page."""
    found = []
    if chosen.filter is not None:
        items = (
            chosen.filter.items if isinstance(chosen.filter, selection.And) else (chosen.filter,)
        )
        found += [filters.condition(making, resource, item, alias) for item in items]
    decided = making.catalog.rows(resource, permission, making.variant)
    policy = making.condition(decided, alias)
    hidden = None if chosen.deleted else filters.hidden_rows(making, resource, alias)
    return [*found, *(each for each in (policy, hidden) if each is not None)]


def one(
    making: build.Build,
    resource: binding.ResourceBinding,
    chosen: selection.Selection,
    alias: str,
    tie: Tie,
) -> str:
    """The from-clause of at most one related row."""
    source, condition = tie(alias)
    wanted = [condition, *conditions(making, resource, chosen, alias)]
    return f"{source} where {' and '.join(wanted)}"


def many(
    making: build.Build,
    resource: binding.ResourceBinding,
    chosen: selection.Selection,
    alias: str,
    tie: Tie | None = None,
    extra: int = 1,
    added: Sequence[str] = (),
) -> str:
    """A subquery of the page's rows, all columns, in the order of the fetch.

    `extra` rows beyond the limit tell whether more follow. A backward page is fetched in
    reverse; the caller turns it round.
    """
    source, ties = f"{build.table_name(resource.table)} {alias}", list(added)
    if tie is not None:
        source, condition = tie(alias)
        ties.append(condition)
    wanted = [*ties, *conditions(making, resource, chosen, alias)]
    order = ordering(making, resource, chosen.order, alias, is_backward(chosen))
    page = chosen.page
    if page is None:
        return f"(select {alias}.* from {source}{_where(wanted)} order by {order})"
    limit = f"limit {page.limit + extra}"
    if page.offset is not None:
        limit += f" offset {making.value(page.offset)}"
    starts = _starts(making, resource, chosen, alias)
    if len(starts) <= 1:
        text = f"select {alias}.* from {source}{_where([*wanted, *starts])}"
        return f"({text} order by {order} {limit})"
    return _union(making, resource, chosen, alias, source, wanted, starts, limit)


def _union(
    making: build.Build,
    resource: binding.ResourceBinding,
    chosen: selection.Selection,
    alias: str,
    source: str,
    wanted: list[str],
    starts: tuple[str, ...],
    limit: str,
) -> str:
    """One arm per region, each with its own limit, merged and cut once more."""
    order = ordering(making, resource, chosen.order, alias, is_backward(chosen))
    arms = " union all ".join(
        f"select * from (select {alias}.* from {source}{_where([*wanted, start])} "
        f"order by {order} {limit}) {alias}"
        for start in starts
    )
    merged = making.alias()
    outer = ordering(making, resource, chosen.order, merged, is_backward(chosen))
    return f"(select {merged}.* from ({arms}) {merged} order by {outer} {limit})"


def numbered(
    making: build.Build,
    resource: binding.ResourceBinding,
    chosen: selection.Selection,
    alias: str,
    tie: Tie | None = None,
    added: Sequence[str] = (),
) -> str:
    """The page's rows with `accord_n`, their place, and `accord_of`, how many were fetched."""
    rows = many(making, resource, chosen, alias, tie, 1, added)
    inner = making.alias()
    order = ordering(making, resource, chosen.order, inner, is_backward(chosen))
    return (
        f"(select {inner}.*, row_number() over (order by {order}) as accord_n, "
        f"count(*) over () as accord_of from {rows} {inner})"
    )


def _where(wanted: list[str]) -> str:
    return f" where {' and '.join(wanted)}" if wanted else ""


def _starts(
    making: build.Build,
    resource: binding.ResourceBinding,
    chosen: selection.Selection,
    alias: str,
) -> tuple[str, ...]:
    """The keyset conditions of the page, none for a first page."""
    if chosen.page is None or chosen.page.keyset is None:
        return ()
    start = chosen.page.keyset
    found = []
    for order, slot in zip(chosen.order, start.slots, strict=True):
        field = resource.fields[order.field]
        convert = making.converter(field)
        found.append(
            keyset.Key(
                making.stored(resource, order.field, alias),
                order.descending is not start.backward,
                field.spec.nullable,
                None if slot is None else making.value(slot, convert),
            )
        )
    return keyset.arms(tuple(found))


def is_backward(chosen: selection.Selection) -> bool:
    """Whether the page is the one before its keyset."""
    page = chosen.page
    return page is not None and page.keyset is not None and page.keyset.backward


def ordering(
    making: build.Build,
    resource: binding.ResourceBinding,
    order: Sequence[selection.Order],
    alias: str,
    backward: bool = False,
) -> str:
    """The ORDER BY list; nulls are largest, which needs words on SQLite only."""
    found = []
    for each in order:
        descending = each.descending is not backward
        stored = making.stored(resource, each.field, alias)
        nulls = ""
        if resource.fields[each.field].spec.nullable:
            nulls = making.dialect.nulls(descending)
        found.append(f"{stored}{' desc' if descending else ''}{nulls}")
    return ", ".join(found)


def keys(
    making: build.Build,
    resource: binding.ResourceBinding,
    order: Sequence[selection.Order],
    alias: str,
) -> str:
    """The sort values of a row as a JSON array, in wire formats: they decode exactly."""
    items = [making.keyed(resource, each.field, alias) for each in order]
    return making.dialect.json_array(items)


def cursor(making: build.Build, key: str) -> str:
    """A row's cursor for nested pages: the call's binding and the encoded key."""
    from_call = making.param(_CURSOR)
    return making.dialect.cursor(from_call, key)


_CURSOR = plan.Source("cursor")
