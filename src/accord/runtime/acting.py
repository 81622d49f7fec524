"""Room: runtime. Actions, hooks and session writes: the user's Python inside one transaction."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext import asyncio as sa_asyncio

from accord.binding import binding, wire
from accord.kernel import clock, problem
from accord.query import catalog, plan, policy, read, write
from accord.runtime import call, filling, judging, prepared
from accord.store import driving, port


class Context:
    """What an action or a hook gets as `self`'s surroundings."""

    __slots__ = ("caller", "events", "now", "session")

    def __init__(
        self, session: sa_asyncio.AsyncSession, caller: call.Caller, now: datetime.datetime
    ):
        self.session = session
        self.caller = caller
        self.now = now
        self.events: list[tuple[str, Any]] = []

    def emit(self, event: str, payload: Any = None) -> None:
        """Note that something happened; it is told only if the transaction commits."""
        self.events.append((event, payload))


class Flows(Protocol):
    """What the actor needs of the writer of generated writes."""

    def prepare(
        self, made: call.Call, variant: policy.Variant, *, alone: bool
    ) -> tuple[write.WritePlan, port.Flow[call.Outcome]]: ...

    def along(self, made: call.Call, variant: policy.Variant, key: Any) -> port.Flow[None]: ...

    def planned(self, shape: write.Write, variant: policy.Variant) -> write.WritePlan: ...

    def filled(self, made: call.Call) -> filling.Filling: ...


class Actor:
    """Runs what needs a session; the rules are judged by the same statements as elsewhere."""

    def __init__(
        self, flows: Flows, known: catalog.Catalog, database: port.Database, timer: clock.Clock
    ):
        self._flows = flows
        self._catalog = known
        self._database = database
        self._clock = timer

    def needs_session(self, resource: binding.ResourceBinding, made: call.Call) -> bool:
        """Whether a generated write runs user code: hooks, or listeners of the model."""
        if resource.session_writes:
            return True
        operation, change = _operation(made), made.change
        if any(hook.wants(operation, _named(change)) for hook in resource.hooks):
            return True
        return change is not None and any(
            hook.wants("create", child.named())
            for name, children in change.children.items()
            for hook in self._catalog.resource(resource.relations[name].target).hooks
            for child in children
        )

    async def change(self, made: call.Call, variant: policy.Variant) -> call.Outcome:
        """A generated write in a session: hooks first, then the flow or the model itself."""
        resource = self._catalog.resource(made.operation.spec.resource)
        async with self._database.session() as session:
            context = Context(session.orm, made.caller, self._clock.now())
            await self._hooks(made, resource, context)
            if resource.session_writes:
                return await self._through_model(made, resource, variant, session)
            _, flow = self._flows.prepare(made, variant, alone=False)
            outcome: call.Outcome = await drive(session, flow)
            return outcome

    async def _hooks(
        self, made: call.Call, resource: binding.ResourceBinding, context: Context
    ) -> None:
        """Run the hooks of the row, then those of its nested rows."""
        change = made.change = made.change or call.Change()
        await _run_hooks(resource, _operation(made), change, context)
        for name, children in change.children.items():
            target = self._catalog.resource(resource.relations[name].target)
            for child in children:
                await _run_hooks(target, "create", child, context)

    async def act(self, made: call.Call, variant: policy.Variant) -> call.Outcome:
        """A hand-written action or query.

        The row is loaded under a lock if the caller may act on it; after the action the rule
        is judged again on the new row, and the answer is read anew with the caller's view.
        """
        operation = made.operation
        resource = self._catalog.resource(operation.spec.resource)
        run = operation.run
        if run is None:
            raise TypeError(f"{operation.spec.id} has no callable")
        async with self._database.session() as session:
            context = Context(session.orm, made.caller, self._clock.now())
            rows = []
            if operation.spec.item:
                await self._judge(made, resource, variant, session)
                rows = [await self._load(made, resource, session.orm)]
            result = await run(context, *rows, **made.arguments)
            await session.orm.flush()
            if operation.spec.item and operation.spec.kind == "action":
                await self._judge_again(made, resource, variant, session)
            return await self._answer(made, result, variant, session)

    async def _judge(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
    ) -> None:
        check, flags, values = self._check(made, resource, variant)
        rows = await session.fetch(check.sql, check.bind(values, made.caller))
        facts = dict(zip(check.columns, rows[0], strict=True))
        judging.judge(made, resource, flags, facts)

    def _check(
        self, made: call.Call, resource: binding.ResourceBinding, variant: policy.Variant
    ) -> tuple[plan.Plan, tuple[str, ...], list[Any]]:
        match = made.conditions.match
        kind = made.operation.spec.kind
        generated = kind in ("replace", "update", "delete")
        touched = frozenset[str]()
        if made.change is not None and generated:
            touched = made.change.given()
        shape = write.Write(
            kind="delete" if kind == "delete" else "update",
            permission=made.operation.spec.permission,
            resource=resource.spec.name,
            touched=touched,
            match=match is not None and match != ("*",),
            alone=False,
        )
        compiled = self._flows.planned(shape, variant)
        if compiled.check is None:
            raise TypeError("a change of a row is always checked")
        # The new row is judged after the user's code has made it.
        flags = tuple(flag for flag in compiled.flags if flag != "accord_new")
        return compiled.check, flags, [made.key, match or ()]

    async def _judge_again(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
    ) -> None:
        """The rule on the row as the user's code left it; a deleted row has none to break."""
        shape = write.Write(
            kind="create",
            permission=made.operation.spec.permission,
            resource=resource.spec.name,
            touched=made.change.given() if made.change else frozenset(),
            alone=False,
            after=True,
        )
        verify = self._flows.planned(shape, variant).verify
        if verify is None:
            return
        rows = await session.fetch(verify.sql, verify.bind([made.key], made.caller))
        if rows:
            judging.judge(made, resource, ("accord_new",), {"accord_new": rows[0][0]})

    async def _load(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        orm: sa_asyncio.AsyncSession,
    ) -> Any:
        return await orm.get(
            resource.model, made.key, options=made.operation.loads, populate_existing=True
        )

    # Answers

    async def _answer(
        self, made: call.Call, result: Any, variant: policy.Variant, session: port.Session
    ) -> call.Outcome:
        match made.operation.spec.output:
            case "none":
                return call.Outcome()
            case "value":
                return call.Outcome(data=msgspec.json.encode(wire.to_wire(result)))
            case "list":
                parts = [await self._shown(made, each, variant, session) for each in result]
                data = b"[" + b",".join(part.data for part in parts if part.data) + b"]"
                return call.Outcome(data=data)
        if result is None:
            return call.Outcome(data=b"null")
        return await self._shown(made, result, variant, session)

    async def _shown(
        self, made: call.Call, row: Any, variant: policy.Variant, session: port.Session
    ) -> call.Outcome:
        """A model's row read with the caller's view, null when it may not be read."""
        key = sa.inspect(row).identity[0]
        view = made.view
        if view is None or view.selection.key is None:
            return call.Outcome(key=str(key))
        compiled = read.compile_read(
            self._catalog, view.selection, view.shape, variant, permission="get"
        )
        values = list(view.values)
        values[view.selection.key] = key
        rows = await session.fetch(compiled.sql, compiled.bind(values, made.caller))
        if not rows:
            return call.Outcome(data=b"null", key=str(key))
        facts = dict(zip(compiled.columns, rows[0], strict=True))
        resource = self._catalog.resource(view.selection.resource)
        outcome = prepared.item_outcome(compiled, facts, prepared.is_flat(resource, view.shape))
        outcome.key = str(key)
        return outcome

    # Models with listeners or validators

    async def _through_model(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
    ) -> call.Outcome:
        kind = made.operation.spec.kind
        if kind == "create":
            row = resource.model()
            self._assign(row, resource, self._flows.filled(made).columns)
            session.orm.add(row)
        else:
            await self._judge(made, resource, variant, session)
            row = await self._load(made, resource, session.orm)
            if kind == "delete" and resource.deleted is None:
                await session.orm.delete(row)
            else:
                self._assign(row, resource, self._flows.filled(made).columns)
        await session.orm.flush()
        if kind == "delete":
            return call.Outcome(key=str(made.key))
        made.key = sa.inspect(row).identity[0]
        await self._judge_again(made, resource, variant, session)
        await drive(session, self._flows.along(made, resource, variant, made.key))
        outcome = await self._shown(made, row, variant, session)
        if outcome.data == b"null":
            outcome.data = None
        outcome.created = kind == "create"
        return outcome

    def _assign(
        self, row: Any, resource: binding.ResourceBinding, columns: Mapping[str, Any]
    ) -> None:
        mapper: Any = sa.inspect(resource.model)
        version = None if resource.version is None else resource.version.name
        for name, value in columns.items():
            if name == version:
                continue  # the mapper counts it
            column = resource.table.c[name]
            setattr(row, mapper.get_property_by_column(column).key, self._member(column, value))

    def _member(self, column: sa.Column[Any], value: Any) -> Any:
        """An enum's wire name as the member that listeners expect."""
        kind = column.type
        if not isinstance(kind, sa.Enum) or kind.enum_class is None or not isinstance(value, str):
            return value
        for each in self._catalog.binding.contract.enums:
            names = [item.name for item in each.values]
            if value in names and len(names) == len(kind.enums):
                return list(kind.enum_class)[names.index(value)]
        return value


def _operation(made: call.Call) -> str:
    """The operation as hooks name it: PUT and PATCH are both updates."""
    kind = made.operation.spec.kind
    return "update" if kind == "replace" else kind


def _named(change: call.Change | None) -> frozenset[str]:
    return frozenset() if change is None else change.named()


async def _run_hooks(
    resource: binding.ResourceBinding, operation: str, change: call.Change, context: Context
) -> None:
    wanted = [hook for hook in resource.hooks if hook.wants(operation, change.named())]
    if change.touched is None:
        change.touched = frozenset(change.values)
    nested = {name: [each.values for each in rows] for name, rows in change.children.items()}
    for hook in wanted:
        change.values.update(nested)
        pending = hook.run(change.values, context)
        if inspect.isawaitable(pending):
            await pending
        for name in nested:
            change.values.pop(name, None)


async def drive(session: port.Session, flow: port.Flow[Any]) -> Any:
    """Run a flow inside a session's transaction."""
    run = driving.Drive(flow)
    while run.statement is not None:
        try:
            rows: Sequence[port.Row] = await session.fetch(run.statement.sql, run.statement.params)
        except problem.Problem:
            raise
        except Exception as error:
            raise run.fail(error) from error  # type: ignore[arg-type]
        run.send(rows)
    return run.result
