"""Room: query. Fragments of one binding for one dialect, each compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from accord.binding import binding
from accord.contract import types
from accord.query import dialects, fragments, plan, policy

T = TypeVar("T")

# Variants come from role sets, shapes from the declaration; both are few. The bound is there
# for callers with many odd combinations of roles.
MOST_FRAGMENTS = 20_000


class Catalog:
    """What statements are joined from: fragments of policies, params and computed fields."""

    def __init__(self, bound: binding.Binding, dialect: plan.Dialect):
        self.binding = bound
        self.dialect: dialects.Dialect = dialects.of(dialect)
        self._fragments: dict[Any, Any] = {}
        self._enums = {each.name: each for each in bound.contract.enums}

    def resource(self, name: str) -> binding.ResourceBinding:
        """The resource of that wire name."""
        return self.binding.resources[name]

    def rows(
        self, resource: binding.ResourceBinding, permission: str, variant: policy.Variant
    ) -> fragments.Fragment | bool:
        """The policy on rows, folded for the variant."""
        return self._once(
            ("rows", resource.spec.name, permission, variant),
            lambda: self._policy(resource, policy.rows(resource, permission, variant)),
        )

    def mask(
        self,
        resource: binding.ResourceBinding,
        permission: str,
        name: str,
        variant: policy.Variant,
    ) -> fragments.Fragment | bool:
        """What a field asks beyond the row's policy, folded for the variant."""
        return self._once(
            ("mask", resource.spec.name, permission, name, variant),
            lambda: self._policy(resource, policy.mask(resource, permission, name, variant)),
        )

    def writes(
        self,
        resource: binding.ResourceBinding,
        permission: str,
        names: frozenset[str],
        variant: policy.Variant,
    ) -> fragments.Fragment | bool:
        """The policy on rows for a write of those fields, folded for the variant."""
        return self._once(
            ("writes", resource.spec.name, permission, names, variant),
            lambda: self._policy(resource, policy.fields(resource, permission, names, variant)),
        )

    def param(
        self, resource: binding.ResourceBinding, name: str, choice: str | None
    ) -> fragments.Fragment:
        """A named condition; its value's source has slot -1 until a statement sets it."""
        chosen = self._chosen(resource, name, choice)
        return self._once(
            ("param", resource.spec.name, name, choice),
            lambda: self._condition(resource, chosen),
        )

    def param_columns(
        self, resource: binding.ResourceBinding, name: str, choice: str | None
    ) -> frozenset[str]:
        """The names of the resource's own columns that a named condition mentions."""
        chosen = self._chosen(resource, name, choice)
        return self._once(
            ("param columns", resource.spec.name, name, choice),
            lambda: policy.reads(chosen, resource.table),
        )

    @staticmethod
    def _chosen(
        resource: binding.ResourceBinding, name: str, choice: str | None
    ) -> binding.Condition:
        bound = resource.params[name]
        chosen = bound.condition if choice is None else bound.choices[choice]
        if chosen is None:
            raise TypeError(f"{resource.spec.name}: param {name} needs a choice")
        return chosen

    def computed(self, resource: binding.ResourceBinding, name: str) -> fragments.Fragment:
        """A field computed in SQL."""
        expression = resource.fields[name].expression
        if expression is None:
            raise TypeError(f"{resource.spec.name}: {name} is not computed in SQL")
        return self._once(
            ("computed", resource.spec.name, name),
            lambda: fragments.scalar(expression, resource.table, self.dialect),
        )

    def enum_names(self, field: binding.FieldBinding) -> Mapping[str, str]:
        """Stored names to wire names, empty when they are equal."""
        stored, wire = self.enum_pairs(field.spec.type, field.sql_type)
        return {} if stored == wire else dict(zip(stored, wire, strict=True))

    def enum_pairs(
        self, type_: types.Type, sql_type: sa.types.TypeEngine[Any] | None
    ) -> tuple[list[str], list[str]]:
        """Stored and wire names of an enum, in parallel."""
        if type_.kind != "enum" or not isinstance(sql_type, sa.Enum):
            return [], []
        wire = [value.name for value in self._enums[str(type_.ref)].values]
        return list(sql_type.enums), wire

    def _policy(
        self, resource: binding.ResourceBinding, folded: policy.Folded
    ) -> fragments.Fragment | bool:
        return folded if isinstance(folded, bool) else self._condition(resource, folded)

    def _condition(
        self, resource: binding.ResourceBinding, condition: sa.ColumnElement[Any]
    ) -> fragments.Fragment:
        lowered = policy.set_based(condition, resource.table, self.dialect.name)
        return fragments.condition(lowered, resource.table, self.dialect)

    def _once(self, key: Any, make: Callable[[], T]) -> T:
        found: T | None = self._fragments.get(key)
        if found is None:
            if len(self._fragments) >= MOST_FRAGMENTS:
                self._fragments.clear()
            found = self._fragments[key] = make()
        return found
