"""Room: query. Relations to joins: the rows that hang off a row of another alias."""

from __future__ import annotations

from accord.binding import binding
from accord.query import build


def related(
    making: build.Build,
    relation: binding.RelationBinding,
    target: binding.ResourceBinding,
    outer: str,
    inner: str,
) -> tuple[str, str]:
    """(from-clause, condition) of the rows `inner` related to the row `outer`."""
    table = f"{build.table_name(target.table)} {inner}"
    if relation.secondary is None:
        ties = [
            f"{making.column(inner, remote)} = {making.column(outer, local)}"
            for local, remote in relation.pairs
        ]
        return table, " and ".join(ties)
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
    return source, " and ".join(ties)


def member(
    making: build.Build,
    relation: binding.RelationBinding,
    target: binding.ResourceBinding,
    outer: str,
    inner: str,
    wanted: list[str],
) -> tuple[str, str]:
    """(operand, uncorrelated query) such that `operand in (query)` ties the rows."""
    local, remote = relation.pairs[0]
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
    key = making.value(slot, making.converter(parent.fields[parent.spec.key]))
    if relation.secondary is not None and _from_key(parent, relation):
        link = making.alias()
        own, remote = relation.secondary_pairs[0]
        near = relation.pairs[0][1]
        return (
            f"{making.column(inner, remote)} in (select {making.column(link, own)} "
            f"from {build.table_name(relation.secondary)} {link} "
            f"where {making.column(link, near)} = {key})"
        )
    if _from_key(parent, relation):
        return f"{making.column(inner, relation.pairs[0][1])} = {key}"
    outer = making.alias()
    locals_ = ", ".join(making.column(outer, local) for local, _ in relation.pairs)
    remotes = ", ".join(making.column(inner, remote) for _, remote in relation.pairs)
    query = (
        f"select {locals_} from {build.table_name(parent.table)} {outer} "
        f"where {making.column(outer, parent.key)} = {key}"
    )
    return f"({remotes}) in ({query})" if len(relation.pairs) > 1 else f"{remotes} = ({query})"


def _from_key(parent: binding.ResourceBinding, relation: binding.RelationBinding) -> bool:
    """Whether the relation starts at the parent's key and at nothing else."""
    return len(relation.pairs) == 1 and relation.pairs[0][0].name == parent.key.name
