"""Room: query. Rows written along with a change, and the link rows a delete takes along."""

from __future__ import annotations

import sqlalchemy as sa

from accord.binding import binding
from accord.query import build, change, dialects, fragments, values


def insert(
    making: build.Build,
    resource: binding.ResourceBinding,
    table: sa.Table,
    companion: change.Companion,
    source: str,
) -> str:
    """The INSERT of a companion, made from the row `p` of `source` if it says anything of it."""
    names, made = [], []
    for name, origin in companion.columns:
        column = values.named(table, name)
        names.append(dialects.quote(name))
        if isinstance(origin, int):
            convert = fragments.converter(column.type, making.dialect)
            made.append(values.cast(making.value(origin, convert), column.type, making.dialect))
        else:
            made.append(making.written(resource, origin, "p").sql)
    if companion.document is not None:
        names.append(dialects.quote(companion.document))
        made.append(_document(making, resource))
    listed, picked = ", ".join(names), ", ".join(made)
    origin_ = f" from {source}" if source else ""
    return f"insert into {build.table_name(table)} ({listed}) select {picked}{origin_}"


def _document(making: build.Build, resource: binding.ResourceBinding) -> str:
    pairs = [
        (name, making.written(resource, name, "p").sql)
        for name, field in resource.fields.items()
        if field.column is not None and not field.spec.sensitive
    ]
    return making.dialect.json_object(pairs)


def unlinks(making: build.Build, resource: binding.ResourceBinding, holds: str) -> list[str]:
    """Parts of a statement that delete the link rows of the row `f`."""
    parts = []
    for name, relation in resource.relations.items():
        if relation.secondary is None:
            continue
        ties = " and ".join(
            f"{making.column('l', own)} = {making.column('f', local)}"
            for local, own in relation.pairs
        )
        link = build.table_name(relation.secondary)
        alias = dialects.quote(f"u_{name}")
        parts.append(f"{alias} as (delete from {link} l using f where {ties} and {holds})")
    return parts
