"""Room: query. Link tables: setting, counting and clearing what a many-to-many relation ties.

The values of these statements are two: the row's key, and the wanted ids of the other side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accord.binding import binding
from accord.query import (
    build,
    catalog,
    dialects,
    filters,
    fragments,
    plan,
    policy,
    rowset,
    selection,
    values,
)

KEY, IDS = 0, 1


class Links:
    """The statements of one relation; the far side is limited to rows the caller may read."""

    def __init__(
        self,
        known: catalog.Catalog,
        resource: binding.ResourceBinding,
        relation: str,
        variant: policy.Variant,
    ):
        self._catalog = known
        self._resource = resource
        self._relation: binding.RelationBinding = resource.relations[relation]
        self._target = known.resource(self._relation.target)
        self._variant = variant
        if self._relation.secondary is None:
            raise TypeError(f"{resource.spec.name}.{relation} has no link table")
        self._link = build.table_name(self._relation.secondary)
        self._near = self._relation.pairs[0][1]
        self._far, self._remote = self._relation.secondary_pairs[0]

    def clear(self) -> plan.Plan:
        """Delete the links to rows that are not wanted, and that the caller can know of."""
        making = self._build()
        far = making.column("l", self._far)
        wanted = making.dialect.in_list(far, self._ids(making))
        nothing = selection.Selection(self._target.spec.name)
        known = rowset.conditions(making, self._target, nothing, "t", "get")
        sql = (
            f"delete from {self._link} as l where {making.column('l', self._near)} = "
            f"{self._key(making)} and ({wanted}) is not true"
        )
        if known:
            source = f"{build.table_name(self._target.table)} t"
            tie = f"{making.column('t', self._remote)} = {far}"
            sql += f" and exists (select 1 from {source} where {' and '.join([tie, *known])})"
        return plan.Plan(sql, tuple(making.sources), ())

    def add(self) -> plan.Plan:
        """Insert the links that are wanted and missing; further columns get their defaults."""
        making = self._build()
        key = self._key(making)
        names, made = self._others(making)
        names = [dialects.quote(self._near.name), dialects.quote(self._far.name), *names]
        remote = making.column("t", self._remote)
        there = (
            f"select 1 from {self._link} l where {making.column('l', self._near)} = {key} "
            f"and {making.column('l', self._far)} = {remote}"
        )
        source, wanted = self._wanted(making)
        sql = (
            f"insert into {self._link} ({', '.join(names)}) "
            f"select {', '.join([key, remote, *made])} from {source} "
            f"where {wanted} and not exists ({there})"
        )
        return plan.Plan(sql, tuple(making.sources), ())

    def _others(self, making: build.Build) -> tuple[list[str], list[str]]:
        """Columns of the link table that have a default outside the database, and the values."""
        names, made = [], []
        for column in self._relation.secondary.c if self._relation.secondary is not None else ():
            if column is self._near or column is self._far:
                continue
            expression = values.sql_default(column, making.dialect)
            maker = values.python_default(column)
            if expression is None and maker is not None:
                convert = fragments.converter(column.type, making.dialect)
                made_now = _made(maker, convert)
                placeholder = making.value(KEY, made_now)
                expression = values.cast(placeholder, column.type, making.dialect)
            if expression is not None:
                names.append(dialects.quote(column.name))
                made.append(expression)
        return names, made

    def count(self) -> plan.Plan:
        """How many of the wanted rows there are, as far as the caller may see."""
        making = self._build()
        source, wanted = self._wanted(making)
        sql = f"select count(*) as found from {source} where {wanted}"
        return plan.Plan(sql, tuple(making.sources), ("found",))

    def _build(self) -> build.Build:
        return build.Build(self._catalog, self._variant)

    def _key(self, making: build.Build) -> str:
        # Its two uses, in a comparison and in a list of columns, would suggest two types.
        field = self._resource.fields[self._resource.spec.key]
        key = making.value(KEY, making.converter(field))
        return values.cast(key, self._resource.key.type, making.dialect)

    def _ids(self, making: build.Build) -> str:
        field = self._target.fields[self._target.spec.key]
        return making.value(IDS, filters.many(making.converter(field), making.dialect))

    def _wanted(self, making: build.Build) -> tuple[str, str]:
        nothing = selection.Selection(self._target.spec.name)
        conditions = [
            making.dialect.in_list(making.column("t", self._remote), self._ids(making)),
            *rowset.conditions(making, self._target, nothing, "t", "get"),
        ]
        return f"{build.table_name(self._target.table)} t", " and ".join(conditions)


def _made(maker: values.Maker, convert: plan.Convert | None) -> plan.Convert:
    """A converter that makes a default anew, whatever it is given."""

    def make(_key: Any) -> Any:
        value = maker({})
        return value if convert is None or value is None else convert(value)

    return make


def unlinks(known: catalog.Catalog, resource: binding.ResourceBinding) -> Iterator[plan.Plan]:
    """Delete all links of a row, whose key is the only value: they carry nothing but the tie."""
    for relation in resource.relations.values():
        if relation.secondary is None:
            continue
        making: Any = build.Build(known, frozenset())
        key = making.value(KEY, making.converter(resource.fields[resource.spec.key]))
        near = dialects.quote(relation.pairs[0][1].name)
        sql = f"delete from {build.table_name(relation.secondary)} where {near} = {key}"
        yield plan.Plan(sql, tuple(making.sources), ())
