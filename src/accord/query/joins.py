"""Room: query. Relations to joins: the rows that hang off a row of another alias."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from accord.binding import binding
from accord.query import build


def readable(
    making: build.Build,
    resource: binding.ResourceBinding,
    columns: Iterable[sa.Column[Any]],
    alias: str,
) -> list[str]:
    """Where the fields of those columns may be read: a tie tells what its columns hold.

    The key is always told; columns outside the contract are the relation's own affair.
    """
    wanted = set(columns) - {resource.key}
    found = []
    for name, field in resource.fields.items():
        if field.column in wanted:
            decided = making.catalog.mask(resource, "list", name, making.variant)
            mask = making.condition(decided, alias)
            found += [] if mask is None else [mask]
    return found


def related(
    making: build.Build,
    owner: binding.ResourceBinding,
    relation: binding.RelationBinding,
    target: binding.ResourceBinding,
    outer: str,
    inner: str,
) -> tuple[str, str]:
    """(from-clause, condition) of the rows `inner` related to the row `outer`."""
    table = f"{build.table_name(target.table)} {inner}"
    shown = [
        *readable(making, owner, locals_of(relation), outer),
        *readable(making, target, remotes_of(relation), inner),
    ]
    if relation.secondary is None:
        ties = [
            f"{making.column(inner, remote)} = {making.column(outer, local)}"
            for local, remote in relation.pairs
        ]
        return table, " and ".join([*ties, *shown])
    link = making.alias()
    on = " and ".join(
        f"{making.column(link, own)} = {making.column(inner, remote)}"
        for own, remote in relation.secondary_pairs
    )
    ties = [
        f"{making.column(link, own)} = {making.column(outer, local)}"
        for local, own in relation.pairs
    ]
    source = f"{build.table_name(relation.secondary)} {link} join {table} on {on}"
    return source, " and ".join([*ties, *shown])


def locals_of(relation: binding.RelationBinding) -> list[sa.Column[Any]]:
    """The columns of the relation's owner that tie it."""
    return [local for local, _ in relation.pairs]


def remotes_of(relation: binding.RelationBinding) -> list[sa.Column[Any]]:
    """The columns of the relation's target that tie it."""
    pairs = relation.pairs if relation.secondary is None else relation.secondary_pairs
    return [remote for _, remote in pairs]


def member(
    making: build.Build,
    relation: binding.RelationBinding,
    target: binding.ResourceBinding,
    outer: str,
    inner: str,
    wanted: list[str],
) -> tuple[str, str]:
    """(operand, uncorrelated query) such that `operand in (query)` ties the rows.

    Whether the operand may be read is the caller's to ask.
    """
    local, remote = relation.pairs[0]
    wanted = [*wanted, *readable(making, target, remotes_of(relation), inner)]
    table = f"{build.table_name(target.table)} {inner}"
    if relation.secondary is None:
        query = f"select {making.column(inner, remote)} from {table} where {' and '.join(wanted)}"
        return making.column(outer, local), query
    link = making.alias()
    on = " and ".join(
        f"{making.column(link, own)} = {making.column(inner, far)}"
        for own, far in relation.secondary_pairs
    )
    source = f"{build.table_name(relation.secondary)} {link} join {table} on {on}"
    query = f"select {making.column(link, remote)} from {source} where {' and '.join(wanted)}"
    return making.column(outer, local), query


def of_parent(
    making: build.Build,
    parent: binding.ResourceBinding,
    relation: binding.RelationBinding,
    slot: int,
    inner: str,
) -> str:
    """The condition that ties rows `inner` to the parent whose id is in the slot."""
    target = making.catalog.resource(relation.target)
    shown = readable(making, target, remotes_of(relation), inner)
    return " and ".join([_of_parent(making, parent, relation, slot, inner), *shown])


def _of_parent(
    making: build.Build,
    parent: binding.ResourceBinding,
    relation: binding.RelationBinding,
    slot: int,
    inner: str,
) -> str:
    key = making.value(slot, making.converter(parent.fields[parent.spec.key]))
    if relation.secondary is None and _from_key(parent, relation):
        return f"{making.column(inner, relation.pairs[0][1])} = {key}"
    if relation.secondary is not None and _from_key(parent, relation):
        link = making.alias()
        own, remote = relation.secondary_pairs[0]
        near = relation.pairs[0][1]
        return (
            f"{making.column(inner, remote)} in (select {making.column(link, own)} "
            f"from {build.table_name(relation.secondary)} {link} "
            f"where {making.column(link, near)} = {key})"
        )
    outer = making.alias()
    source = f"{build.table_name(parent.table)} {outer}"
    wanted = [
        f"{making.column(outer, parent.key)} = {key}",
        *readable(making, parent, locals_of(relation), outer),
    ]
    if relation.secondary is None:
        given = ", ".join(making.column(outer, local) for local, _ in relation.pairs)
        pairs = relation.pairs
    else:
        link = making.alias()
        on = " and ".join(
            f"{making.column(link, near)} = {making.column(outer, local)}"
            for local, near in relation.pairs
        )
        source += f" join {build.table_name(relation.secondary)} {link} on {on}"
        given = ", ".join(making.column(link, own) for own, _ in relation.secondary_pairs)
        pairs = relation.secondary_pairs
    remotes = ", ".join(making.column(inner, remote) for _, remote in pairs)
    query = f"select {given} from {source} where {' and '.join(wanted)}"
    if len(pairs) == 1 and relation.secondary is None:
        return f"{remotes} = ({query})"
    return f"({remotes}) in ({query})"


def _from_key(parent: binding.ResourceBinding, relation: binding.RelationBinding) -> bool:
    """Whether the relation starts at the parent's key and at nothing else."""
    return len(relation.pairs) == 1 and relation.pairs[0][0].name == parent.key.name
