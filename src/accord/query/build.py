"""Room: query. The state of one statement being made: aliases and parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from accord.binding import binding
from accord.query import catalog, dialects, formats, fragments, plan, policy


class Build:
    """Hands out aliases and placeholders, and writes a resource's columns and fragments.

    Placeholders are numbered when first used and shared by equal sources, so text can be
    joined in any order.
    """

    def __init__(self, known: catalog.Catalog, variant: policy.Variant):
        self.catalog = known
        self.dialect: dialects.Dialect = known.dialect
        self.variant = variant
        self.sources: list[plan.Source] = []
        self._ranges: list[str | None] = []
        self._numbers: dict[Any, int] = {}
        self._aliases = 0

    def alias(self) -> str:
        """A fresh alias: t0, then t1 and so on."""
        self._aliases += 1
        return f"t{self._aliases - 1}"

    def param(self, source: plan.Source) -> str:
        """The placeholder of a source."""
        key: tuple[Any, ...] = (source.kind, source.key, id(source.const), source.convert)
        if source.kind == "const":
            key = ("const", repr(source.const), type(source.const), source.convert)
        number = self._numbers.get(key)
        if number is None:
            self.sources.append(source)
            number = self._numbers[key] = len(self.sources)
        return self.dialect.placeholder(number)

    def ranges(self, name: str | None) -> None:
        """Note a comparison by size with a bound value; None for a column unknown."""
        self._ranges.append(name)

    @property
    def replan(self) -> bool:
        """Whether the statement is to be planned for its values, not once for all.

        PostgreSQL takes two unknown bounds on one column for a range of half a percent, and
        then rather sorts what the ordered index would have given: 17 ms instead of 0.1 ms.
        """
        known = [name for name in self._ranges if name is not None]
        unknown = len(self._ranges) - len(known)
        return any(known.count(name) + unknown > 1 for name in known) or unknown > 1

    def value(self, slot: int, convert: plan.Convert | None = None) -> str:
        """The placeholder of a value of the call."""
        return self.param(plan.Source("value", slot, convert=convert))

    def fragment(self, fragment: fragments.Fragment, alias: str, slot: int | None = None) -> str:
        """A fragment with its alias, and its value's slot, put in."""
        parts: list[str] = []
        for part in fragment.parts:
            if isinstance(part, str):
                parts.append(part)
            elif isinstance(part, plan.Source):
                bound = part
                if part.kind == "value" and slot is not None:
                    bound = replace(part, key=slot)
                parts.append(self.param(bound))
            else:
                parts.append(alias)
        return "".join(parts)

    def condition(self, decided: fragments.Fragment | bool, alias: str) -> str | None:
        """A folded policy as text: None when it is true, `false` when it is."""
        if decided is True:
            return None
        if decided is False:
            return "false"
        return self.fragment(decided, alias)

    def column(self, alias: str, column: sa.Column[Any]) -> str:
        """A column of an alias, quoted."""
        return f"{alias}.{dialects.quote(column.name)}"

    def stored(self, resource: binding.ResourceBinding, name: str, alias: str) -> str:
        """A field's value as the database compares it."""
        field = resource.fields[name]
        if field.column is not None:
            return self.column(alias, field.column)
        return self.fragment(self.catalog.computed(resource, name), alias)

    def written(self, resource: binding.ResourceBinding, name: str, alias: str) -> formats.Output:
        """A field's value as the wire spells it, without regard to who may read it."""
        field = resource.fields[name]
        return formats.output(
            field.spec.type,
            field.sql_type,
            self.stored(resource, name, alias),
            self.dialect,
            self.catalog.enum_names(field),
        )

    def keyed(self, resource: binding.ResourceBinding, name: str, alias: str) -> str:
        """A sort value as cursors carry it, which reads back exactly."""
        field = resource.fields[name]
        return formats.key(
            field.spec.type,
            field.sql_type,
            self.stored(resource, name, alias),
            self.dialect,
            self.catalog.enum_names(field),
        )

    def converter(self, field: binding.FieldBinding) -> plan.Convert | None:
        """From a codec's Python value to what the driver takes for that field."""
        sql_type = field.sql_type
        stored, wire = self.catalog.enum_pairs(field.spec.type, sql_type)
        if stored:
            return None if stored == wire else dict(zip(wire, stored, strict=True)).get
        return fragments.converter(sql_type, self.dialect)


def table_name(table: sa.Table) -> str:
    """The table's quoted name with its schema."""
    name = dialects.quote(table.name)
    return f"{dialects.quote(table.schema)}.{name}" if table.schema else name
