"""Room: runtime. Compiled writes and what is shown after them, remembered per shape."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import msgspec

from accord.binding import binding
from accord.query import catalog, change, links, plan, policy, read, selection, write
from accord.runtime import call, filling, prepared

T = TypeVar("T")

MOST_PLANS = 1000


class Plans:
    """Compiles writes and re-reads, or finds them among those compiled before."""

    def __init__(self, known: catalog.Catalog):
        self.catalog = known
        self.recipes = {
            name: filling.recipe(each) for name, each in known.binding.resources.items()
        }
        self._reveal = known.binding.contract.style.reveal_forbidden
        self._known: OrderedDict[Hashable, Any] = OrderedDict()
        self._tables = {
            table.name: table
            for metadata in known.binding.metadata
            for table in metadata.tables.values()
        }

    def write(self, shape: change.Write, variant: policy.Variant) -> change.WritePlan:
        """The statements of a write."""

        def make() -> change.WritePlan:
            return write.compile_write(
                self.catalog, shape, variant, reveal=self._reveal, tables=self._tables
            )

        return self._once((shape, variant), make)

    def rows(self, view: call.View, variant: policy.Variant, limit: int) -> plan.Plan:
        """The read of up to `limit` rows by their keys, a list of which is in the key's slot."""
        own = view.selection
        resource = self.catalog.resource(own.resource)
        if own.key is None:
            raise TypeError("a view of rows needs a slot for their keys")
        chosen = msgspec.structs.replace(
            own,
            key=None,
            page=selection.Page(limit, more=False, cursors=False),
            order=(selection.Order(resource.spec.key),),
            filter=selection.Compare(resource.spec.key, "in", own.key),
        )

        def make() -> plan.Plan:
            return read.compile_read(self.catalog, chosen, view.shape, variant)

        return self._once(("rows", chosen, view.shape, variant), make)

    def row(self, view: call.View, variant: policy.Variant) -> plan.Plan:
        """The read of one row, whose key is in the view's slot."""

        def make() -> plan.Plan:
            return read.compile_read(
                self.catalog, view.selection, view.shape, variant, permission="get"
            )

        return self._once(("row", view.selection, view.shape, variant), make)

    def links(
        self, resource: binding.ResourceBinding, relation: str, variant: policy.Variant
    ) -> tuple[plan.Plan, plan.Plan, plan.Plan]:
        """The statements that count, clear and add the links of a relation."""

        def make() -> tuple[plan.Plan, plan.Plan, plan.Plan]:
            made = links.Links(self.catalog, resource, relation, variant)
            return made.count(), made.clear(), made.add()

        return self._once(("links", resource.spec.name, relation, variant), make)

    def unlinks(self, resource: binding.ResourceBinding) -> tuple[plan.Plan, ...]:
        """The statements that delete all links of a row."""
        return self._once(
            ("unlinks", resource.spec.name), lambda: tuple(links.unlinks(self.catalog, resource))
        )

    def is_flat(self, view: call.View, variant: policy.Variant) -> bool:
        """Whether the row's version alone determines what the view shows."""

        def make() -> bool:
            resource = self.catalog.resource(view.selection.resource)
            return prepared.is_flat(resource, view.shape) and all(
                isinstance(policy.mask(resource, "get", name, variant), bool)
                for name in view.selection.fields
            )

        return self._once(("flat", view.selection, view.shape, variant), make)

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        found: T | None = self._known.get(key)
        if found is None:
            found = self._known[key] = make()
            if len(self._known) > MOST_PLANS:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return found


def references(resource: binding.ResourceBinding, touched: frozenset[str]) -> tuple[str, ...]:
    """To-one relations whose foreign key the caller set."""
    return tuple(
        name
        for name, each in resource.relations.items()
        if each.spec.kind == "to_one" and each.spec.field in touched
    )
