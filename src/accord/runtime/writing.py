"""Room: runtime. Generated writes: filled, judged and shown, as flows the store runs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeAlias

from accord.binding import binding
from accord.kernel import clock, problem
from accord.query import catalog, links, plan, policy, write
from accord.runtime import access, acting, call, filling, judging, prepared, violations
from accord.store import port, violation

Companions: TypeAlias = Callable[[call.Call], Sequence[tuple[write.Companion, Sequence[Any]]]]
Steps: TypeAlias = Generator[port.Statement, Sequence[port.Row], Any]

# Serialization failures and deadlocks: how often a generated write is run anew.
RETRIES = 5


def no_companions(_made: call.Call) -> Sequence[tuple[write.Companion, Sequence[Any]]]:
    """The default of the companion port: nothing is written along."""
    return ()


class Writer:
    """Runs generated writes; hands actions and session writes to their runner.

    `companions` is the port by which `serve` lets rows (events, audit, idempotency) be written
    along: for each, its shape and its values.
    """

    def __init__(
        self,
        known: catalog.Catalog,
        database: port.Database,
        judge: access.Access,
        timer: clock.Clock,
        companions: Companions = no_companions,
    ):
        self.catalog = known
        self.database = database
        self.access = judge
        self.clock = timer
        self.companions = companions
        self.reveal = known.binding.contract.style.reveal_forbidden
        self.actor = acting.Actor(self, known, database, timer)
        self._plans: OrderedDict[Any, write.WritePlan] = OrderedDict()
        self._recipes = {
            name: filling.recipe(each) for name, each in known.binding.resources.items()
        }

    async def execute(self, made: call.Call, variant: policy.Variant) -> call.Outcome:
        """One write or action.

        Raises:
            Problem: of access, conditions, checks and constraints, or the action's own.
        """
        spec = made.operation.spec
        resource = self.catalog.resource(spec.resource)
        self.access.demand(spec.resource, spec.permission, variant)
        if made.view is not None:
            self.access.demand_selection(made.view.selection, variant)
        try:
            if spec.kind in ("action", "query"):
                return await self.actor.act(made, variant)
            if self.actor.needs_session(resource, made):
                return await self.actor.change(made, variant)
            return await self._run(made, variant)
        except violation.Violation as refused:
            pointers = made.change.pointers if made.change else {}
            raise violations.translate(refused, resource, pointers) from refused

    async def _run(self, made: call.Call, variant: policy.Variant) -> call.Outcome:
        compiled, _ = self.prepare(made, variant, alone=True)
        outcome: call.Outcome = await self.database.run(
            lambda: self.prepare(made, variant, alone=True)[1],
            transaction=compiled.single is None,
            retries=RETRIES,
        )
        return outcome

    def recipe(self, name: str) -> filling.Recipe:
        """How rows of a resource are filled."""
        return self._recipes[name]

    def planned(self, shape: write.Write, variant: policy.Variant) -> write.WritePlan:
        """A write compiled, or found among those compiled before."""
        key = (shape, variant)
        found = self._plans.get(key)
        if found is None:
            found = write.compile_write(
                self.catalog, shape, variant, reveal=self.reveal, tables=self._tables()
            )
            self._plans[key] = found
            if len(self._plans) > 1000:
                self._plans.popitem(last=False)
        return found

    def _tables(self) -> dict[str, Any]:
        return {
            table.name: table
            for metadata in self.catalog.binding.metadata
            for table in metadata.tables.values()
        }

    # From a call to the shape and the values of its statements

    def prepare(
        self, made: call.Call, variant: policy.Variant, *, alone: bool
    ) -> tuple[write.WritePlan, Steps]:
        """A write's statements and its flow; `alone` allows the one statement."""
        resource = self.catalog.resource(made.operation.spec.resource)
        shape, values = self._shape(made, resource, alone and self._fits_one(made, resource))
        compiled = self.planned(shape, variant)
        if compiled.single is not None:
            return compiled, self._single(made, resource, compiled, values)
        return compiled, self._steps(made, resource, variant, shape, compiled, values)

    def _fits_one(self, made: call.Call, resource: binding.ResourceBinding) -> bool:
        """Whether nothing but the row and its companions is written or compared."""
        change = made.change
        takes_more = change is not None and bool(change.links or change.children)
        compares_state = made.conditions.match is not None and resource.version is None
        return not takes_more and not compares_state

    def _shape(
        self, made: call.Call, resource: binding.ResourceBinding, alone: bool
    ) -> tuple[write.Write, list[Any]]:
        filled = self.filled(made)
        view = made.view
        shown = list(view.values) if view is not None else []
        match = made.conditions.match
        key = made.key
        if made.operation.spec.kind == "create":
            key = filled.columns.get(resource.key.name)
        start = len(shown) + 2 + len(filled.columns)
        companions, carried = _placed(self.companions(made), start)
        shape = write.Write(
            kind=_kind(made.operation.spec.kind),
            permission=made.operation.spec.permission,
            resource=resource.spec.name,
            columns=tuple(filled.columns),
            touched=filled.touched,
            references=_references(resource, filled.touched),
            match=match is not None and match != ("*",),
            alone=alone,
            view=None if view is None else (view.selection, view.shape),
            view_values=len(shown),
            companions=companions,
        )
        if view is not None and view.selection.key is not None:
            shown[view.selection.key] = key
        return shape, [*shown, key, match or (), *filled.columns.values(), *carried]

    def filled(self, made: call.Call) -> filling.Filling:
        """The columns a write sets, checked across fields."""
        resource = self.catalog.resource(made.operation.spec.resource)
        kind, known = made.operation.spec.kind, self._recipes[resource.spec.name]
        change = made.change or call.Change()
        if kind == "delete":
            if resource.deleted is None:
                return filling.Filling()
            return filling.Filling({resource.deleted.name: self.clock.now()})
        if kind == "create":
            filled = filling.create(known, change, made.caller)
        else:
            filled = filling.update(known, change)
        filling.check(resource, known, filled, change)
        return filled

    # Flows

    def _single(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        compiled: write.WritePlan,
        values: list[Any],
    ) -> Steps:
        single = compiled.single
        if single is None:
            raise TypeError("not a write of one statement")
        rows = yield port.Statement(single.sql, single.bind(values, made.caller))
        facts = dict(zip(single.columns, rows[0], strict=True))
        judging.judge(made, resource, compiled.flags, facts)
        return self._outcome(made, single, facts, facts["key"])

    def _steps(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        shape: write.Write,
        compiled: write.WritePlan,
        values: list[Any],
    ) -> Steps:
        if compiled.check is not None:
            facts = yield from _first(compiled.check, values, made.caller)
            judging.judge(made, resource, compiled.flags, facts or {})
        key_slot = write.key_slot(shape)
        before = compiled.companions if shape.kind == "delete" else ()
        for companion in before:
            yield _bound(companion, values, made.caller)
        if shape.kind == "delete" and not shape.columns:
            yield from self._unlink(resource, values[key_slot])
        if compiled.change is not None:
            rows = yield _bound(compiled.change, values, made.caller)
            if shape.kind == "create":
                values[key_slot] = rows[0][0]
                if made.view is not None and made.view.selection.key is not None:
                    values[made.view.selection.key] = rows[0][0]
        if compiled.verify is not None:
            facts = yield from _first(compiled.verify, values, made.caller)
            judging.judge(made, resource, ("accord_new",), facts or {})
        yield from self.along(made, resource, variant, values[key_slot])
        for companion in () if before else compiled.companions:
            yield _bound(companion, values, made.caller)
        if compiled.document is None:
            return call.Outcome(key=str(values[key_slot]), created=shape.kind == "create")
        facts = yield from _first(compiled.document, values, made.caller)
        return self._outcome(made, compiled.document, facts or {"data": None}, values[key_slot])

    def along(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        key: Any,
    ) -> Steps:
        """Nested children and links, in the order the caller wrote them."""
        change = made.change
        if change is None:
            return
        for name, children in change.children.items():
            relation = resource.relations[name]
            target = self.catalog.resource(relation.target)
            for child in children:
                yield from self._child(made, relation, target, variant, child, key)
        for name, ids in change.links.items():
            yield from self._link(made, resource, name, variant, ids, key)

    def _child(
        self,
        made: call.Call,
        relation: binding.RelationBinding,
        target: binding.ResourceBinding,
        variant: policy.Variant,
        child: call.Change,
        key: Any,
    ) -> Steps:
        self.access.demand(target.spec.name, "create", variant)
        known = self._recipes[target.spec.name]
        filled = filling.create(known, child, made.caller)
        column, parent = filling.parent_key(relation, target.table, key)
        filled.columns[column] = parent
        filling.check(target, known, filled, child)
        shape = write.Write(
            kind="create",
            permission="create",
            resource=target.spec.name,
            columns=tuple(filled.columns),
            touched=filled.touched,
            references=_references(target, filled.touched),
            alone=False,
        )
        compiled = self.planned(shape, variant)
        values = [filled.columns.get(target.key.name), (), *filled.columns.values()]
        nested = call.Call(made.operation, made.caller, made.request_id, change=child)
        try:
            yield from self._steps(nested, target, variant, shape, compiled, values)
        except violation.Violation as refused:
            raise violations.translate(refused, target, child.pointers) from refused

    def _link(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        name: str,
        variant: policy.Variant,
        ids: Sequence[str],
        key: Any,
    ) -> Steps:
        """Set the rows of a link table to exactly those ids, each readable by the caller."""
        statements = links.Links(self.catalog, resource, name, variant)
        values = [key, list(ids)]
        yield _bound(statements.clear(), values, made.caller)
        yield _bound(statements.add(), values, made.caller)
        facts = yield from _first(statements.count(), values, made.caller)
        if facts is None or facts["found"] < len(set(ids)):
            pointer = made.change.pointers.get(name) if made.change else None
            detail = problem.Detail(
                "NOT_FOUND_REFERENCE",
                "Some of these rows do not exist.",
                field=name,
                pointer=pointer,
            )
            raise problem.Problem("REFERENCE_NOT_FOUND", details=[detail])

    def _unlink(self, resource: binding.ResourceBinding, key: Any) -> Steps:
        for each in links.unlinks(self.catalog, resource):
            yield _bound(each, [key], None)

    def _outcome(
        self, made: call.Call, compiled: plan.Plan, facts: dict[str, Any], key: Any
    ) -> call.Outcome:
        created = made.operation.spec.kind == "create"
        if facts.get("data") is None:
            return call.Outcome(key=str(key), created=created)
        resource = self.catalog.resource(made.operation.spec.resource)
        shown = made.view is not None and prepared.is_flat(resource, made.view.shape)
        outcome = prepared.item_outcome(compiled, facts, shown)
        outcome.key, outcome.created = str(key), created
        return outcome


def _kind(kind: str) -> Any:
    return "update" if kind == "replace" else kind


def _references(resource: binding.ResourceBinding, touched: frozenset[str]) -> tuple[str, ...]:
    """To-one relations whose foreign key the caller set."""
    return tuple(
        name
        for name, each in resource.relations.items()
        if each.spec.kind == "to_one" and each.spec.field in touched
    )


def _placed(
    extra: Sequence[tuple[write.Companion, Sequence[Any]]], start: int
) -> tuple[tuple[write.Companion, ...], list[Any]]:
    """Companions with their slots moved behind the write's own values."""
    placed: list[write.Companion] = []
    carried: list[Any] = []
    for each, values in extra:
        offset = start + len(carried)
        columns = tuple(
            (name, origin + offset if isinstance(origin, int) else origin)
            for name, origin in each.columns
        )
        placed.append(write.Companion(each.table, columns, each.document))
        carried += values
    return tuple(placed), carried


def _bound(compiled: plan.Plan, values: Sequence[Any], caller: Any) -> port.Statement:
    return port.Statement(compiled.sql, compiled.bind(values, caller))


def _first(
    compiled: plan.Plan, values: Sequence[Any], caller: Any
) -> Generator[port.Statement, Sequence[port.Row], dict[str, Any] | None]:
    rows = yield _bound(compiled, values, caller)
    return dict(zip(compiled.columns, rows[0], strict=True)) if rows else None
