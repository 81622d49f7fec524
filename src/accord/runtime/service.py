"""Room: runtime. One pipeline for all protocols: a call in, an Outcome out."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from accord.binding import binding
from accord.kernel import clock, observations, settings
from accord.query import catalog, plan, policy, read, selection, shape
from accord.runtime import access, call, cost, prepared, writing
from accord.store import port


class Service:
    """Executes the operations of one binding on one database.

    Everything that can be known before a request is made here or remembered per shape;
    a repeated read costs a bind, a round trip and an Outcome.
    """

    def __init__(
        self,
        bound: binding.Binding,
        database: port.Database,
        configured: settings.Settings,
        timer: clock.Clock,
        observe: observations.Observer,
    ):
        self.binding = bound
        self.database = database
        self.settings = configured
        self.clock = timer
        self.observe = observe
        self.access = access.Access(bound)
        self.catalog = catalog.Catalog(bound, database.dialect)
        self.writer = writing.Writer(self.catalog, database, self.access, timer)
        self._reveal = bound.contract.style.reveal_forbidden
        self._prepared: OrderedDict[Any, prepared.Prepared] = OrderedDict()
        self._prepared_bytes = 0

    def variant(self, caller: call.Caller) -> policy.Variant:
        """The policy variant of a caller: callers who share it share plans."""
        return self.access.variant(caller.roles, caller.id is not None)

    def readable(self, resource: str, variant: policy.Variant) -> frozenset[str]:
        """Fields of a resource that the variant may read in some row."""
        return self.access.readable(resource, variant)

    def prepare(
        self,
        operation: binding.OperationBinding,
        chosen: selection.Selection,
        node: shape.Obj,
        variant: policy.Variant,
    ) -> prepared.Prepared:
        """A read compiled, or found among those compiled before.

        Raises:
            Problem: UNAUTHENTICATED, FORBIDDEN or FIELD_FORBIDDEN.
        """
        key = (operation.spec.id, chosen, node, variant)
        found = self._prepared.get(key)
        if found is not None:
            self._prepared.move_to_end(key)
            return found
        found = self._compile(operation, chosen, node, variant)
        self._prepared[key] = found
        self._prepared_bytes += len(found.plan.sql)
        self._evict()
        return found

    def _evict(self) -> None:
        """Forget the plans used least recently until the cache is within both its bounds."""
        limits = self.settings.limits
        while len(self._prepared) > 1 and (
            len(self._prepared) > limits.plan_cache_entries
            or self._prepared_bytes > limits.plan_cache_bytes
        ):
            _, gone = self._prepared.popitem(last=False)
            self._prepared_bytes -= len(gone.plan.sql)
            spec = gone.operation.spec
            self.observe(
                observations.PlanEvicted(
                    resource=spec.resource or gone.selection.resource,
                    operation=spec.id,
                    entries=len(self._prepared),
                    bytes=self._prepared_bytes,
                )
            )

    def _compile(
        self,
        operation: binding.OperationBinding,
        chosen: selection.Selection,
        node: shape.Obj,
        variant: policy.Variant,
    ) -> prepared.Prepared:
        permission = "get" if chosen.page is None else "list"
        if chosen.parent is not None:
            self.access.demand(chosen.parent.resource, "get", variant)
        self.access.demand(chosen.resource, permission, variant)
        self.access.demand_selection(chosen, variant)
        cost.demand(self.binding, chosen, self.settings.limits.included_rows)
        started = time.perf_counter()
        compiled = read.compile_read(
            self.catalog, chosen, node, variant, permission=permission, reveal=self._reveal
        )
        self._observe_plan(operation, compiled, time.perf_counter() - started)
        resource = self.binding.resources[chosen.resource]
        flat = prepared.is_flat(resource, node) and self._unmasked(chosen, variant)
        return prepared.Prepared(operation, chosen, compiled, flat)

    def _unmasked(self, chosen: selection.Selection, variant: policy.Variant) -> bool:
        resource = self.binding.resources[chosen.resource]
        return all(
            isinstance(policy.mask(resource, "get", name, variant), bool) for name in chosen.fields
        )

    def _observe_plan(
        self, operation: binding.OperationBinding, compiled: plan.Plan, seconds: float
    ) -> None:
        self.observe(
            observations.PlanCompiled(
                resource=operation.spec.resource,
                operation=operation.spec.id,
                dialect=self.database.dialect,
                duration_ms=seconds * 1000,
                sql_bytes=len(compiled.sql),
            )
        )

    async def read(
        self,
        ready: prepared.Prepared,
        values: Sequence[Any],
        caller: call.Caller,
        cursor: str | None = None,
    ) -> call.Outcome:
        """Run a prepared read: one statement, one Outcome.

        Raises:
            Problem: NOT_FOUND, FORBIDDEN, GONE, TIMEOUT, UNAVAILABLE or DATABASE_BUSY.
        """
        compiled = ready.plan
        params = compiled.bind(values, caller, cursor)
        if compiled.replan:
            rows = await self.database.fetch(compiled.sql, params, replan=True)
        else:
            rows = await self.database.fetch(compiled.sql, params)
        return ready.outcome(rows)

    async def write(self, made: call.Call) -> call.Outcome:
        """Run a create, replace, update, delete, action or query.

        Raises:
            Problem: of access, conditions, validation and constraints, or the action's own.
        """
        return await self.writer.execute(made, self.variant(made.caller))
