"""Room: runtime. Writes and actions: refused early, run by flow or session, faults translated."""

from __future__ import annotations

from accord.kernel import clock
from accord.query import catalog, policy
from accord.runtime import (
    access,
    acting,
    call,
    checking,
    filling,
    flows,
    modelling,
    plans,
    violations,
)
from accord.store import port, violation

# Serialization failures and deadlocks: how often a generated write is run anew.
RETRIES = 5


class Writer:
    """Runs generated writes by their flows; hands actions, hooks and models to their runners.

    `companions` is the port by which rows are written along, see `flows.Flows`.
    """

    def __init__(
        self,
        known: catalog.Catalog,
        database: port.Database,
        judge: access.Access,
        timer: clock.Clock,
        companions: flows.Companions = lambda _made: (),
    ):
        self.catalog = known
        self.database = database
        self.access = judge
        self.clock = timer
        self._plans = plans.Plans(known)
        checks = checking.Checks(known.binding)
        self._flows = flows.Flows(self._plans, checks, timer, companions)
        self._modeller = modelling.Modeller(self._plans, self._flows, database, timer)
        self._actor = acting.Actor(self._plans, self._flows, database, timer)

    async def execute(self, made: call.Call, variant: policy.Variant) -> call.Outcome:
        """One write or action.

        Raises:
            Problem: of access, conditions, checks and constraints, or the action's own.
        """
        spec = made.operation.spec
        resource = self.catalog.resource(spec.resource)
        if spec.kind == "replace" and made.change is not None:
            made.change = filling.replaced(
                self._plans.recipes[spec.resource], made.change, made.caller
            )
        self.access.demand_change(spec.resource, spec.permission, variant, made.change)
        if made.view is not None:
            self.access.demand_selection(made.view.selection, variant)
        try:
            if spec.kind in ("action", "query"):
                return await self._actor.act(made, variant)
            if self._modeller.needs_session(resource, made):
                return await self._modeller.write(made, variant)
            return await self._run(made, variant)
        except violation.Violation as refused:
            pointers = made.change.pointers if made.change else {}
            raise violations.translate(refused, resource, pointers) from refused

    async def _run(self, made: call.Call, variant: policy.Variant) -> call.Outcome:
        ready = self._flows.ready(made, variant, alone=True)
        transaction = ready.compiled.single is None
        try:
            outcome: call.Outcome = await self.database.run(
                lambda: self._flows.run(ready, made, variant),
                transaction=transaction,
                retries=RETRIES,
            )
        except flows.Apart:
            outcome = await self.database.run(
                lambda: self._flows.run(ready, made, variant, apart=True), retries=RETRIES
            )
        return outcome
