"""Room: runtime. Generated writes that run user code: hooks, listeners and validators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import attributes

from accord.binding import binding
from accord.kernel import clock
from accord.query import flags, policy, values
from accord.runtime import call, context, flows, hooks, plans, sessions, violations
from accord.store import port, violation


@dataclass(slots=True)
class _Place:
    """Whose row is being written, so that a violation can name the caller's fields."""

    resource: binding.ResourceBinding
    pointers: Mapping[str, str]


class Modeller:
    """Runs generated writes in sessions, by their flows or, where needed, by the mapper."""

    def __init__(
        self,
        known: plans.Plans,
        made: flows.Flows,
        database: port.Database,
        timer: clock.Clock,
    ):
        self._plans = known
        self._catalog = known.catalog
        self._flows = made
        self._hooks = hooks.Hooks(known.catalog)
        self._rows = sessions.Rows(known, made)
        self._database = database
        self._clock = timer

    def needs_session(self, resource: binding.ResourceBinding, made: call.Call) -> bool:
        """Whether a generated write runs user code: hooks, or listeners of a model."""
        return self._through(resource, made.change) or self._hooks.wanted(
            resource, _operation(made), made.change
        )

    def _through(self, resource: binding.ResourceBinding, change: call.Change | None) -> bool:
        """Whether a row, or a row nested in it, goes through its mapped model."""
        if resource.session_writes:
            return True
        return change is not None and any(
            self._through(self._catalog.resource(resource.relations[name].target), child)
            for name, rows in change.children.items()
            for child in rows
        )

    async def write(self, made: call.Call, variant: policy.Variant) -> call.Outcome:
        """A generated write in a session: hooks first, then the flow or the model itself.

        Raises:
            Problem: as every write, or a hook's own.
        """
        resource = self._catalog.resource(made.operation.spec.resource)
        change = made.change = made.change or call.Change()
        place = _Place(resource, change.pointers)
        try:
            async with self._database.session() as session, sessions.conflicts():
                if self._hooks.wanted(resource, _operation(made), change):
                    await self._hooked(made, resource, variant, session)
                if self._through(resource, change):
                    return await self._by_model(made, resource, variant, session, place)
                return await self._by_flow(made, variant, session)
        except violation.Violation as refused:
            made.events = ()
            raise violations.translate(refused, place.resource, place.pointers) from refused
        except BaseException:
            made.events = ()
            raise

    async def _hooked(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
    ) -> None:
        """Run the hooks, for no row that the caller may not change."""
        if made.operation.spec.kind != "create":
            await self._rows.judge(made, resource, variant, session)
        surroundings = context.Context(session.orm, made.caller, self._clock.now())
        change = made.change or call.Change()
        await self._hooks.run(resource, _operation(made), change, surroundings)
        made.events = tuple(surroundings.events)
        await session.orm.flush()

    async def _by_flow(
        self, made: call.Call, variant: policy.Variant, session: port.Session
    ) -> call.Outcome:
        ready = self._flows.ready(made, variant, alone=False)
        several = made.change is not None and any(
            len(rows) > 1 for rows in made.change.children.values()
        )
        outcome: call.Outcome
        if not several:
            outcome = await sessions.drive(session, self._flows.run(ready, made, variant))
            return outcome
        try:
            async with session.orm.begin_nested():
                outcome = await sessions.drive(session, self._flows.run(ready, made, variant))
        except flows.Apart:
            apart = self._flows.run(ready, made, variant, apart=True)
            outcome = await sessions.drive(session, apart)
        return outcome

    # Models with listeners or validators

    async def _by_model(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
        place: _Place,
    ) -> call.Outcome:
        kind = made.operation.spec.kind
        ready = self._flows.ready(made, variant, alone=False)
        await self._judged(ready, made, session)
        if kind == "create":
            row = await self._created(ready, made, variant, session, place)
            made.key = sessions.identity(row)
        elif kind == "delete" and resource.deleted is None:
            await self._rows.accompany(made, resource, variant, session, made.key)
            await session.orm.delete(await sessions.loaded(resource, made, session))
            await session.orm.flush()
            return call.Outcome(key=str(made.key))
        else:
            row = await self._updated(ready, made, session)
            await session.orm.flush()
            if kind != "delete":
                await self._rows.judge_again(made, resource, variant, session, made.key)
                await self._along(made, resource, variant, session, place, made.key)
        await self._rows.accompany(made, resource, variant, session, made.key)
        if kind == "delete":
            return call.Outcome(key=str(made.key))
        outcome = await self._rows.shown(made, row, variant, session)
        if outcome.data == b"null":
            outcome.data = None
        outcome.created = kind == "create"
        return outcome

    async def _judged(self, ready: flows.Ready, made: call.Call, session: port.Session) -> None:
        """The check before the change; the new row is judged when the model has made it."""
        check = ready.compiled.check
        if check is None:
            return
        rows = await sessions.fetch(session, check, ready.values, made.caller)
        names = [name for name in ready.compiled.flags if name != flags.NEW]
        self._flows.judge(ready, made, names, rows[0])

    async def _created(
        self,
        ready: flows.Ready,
        made: call.Call,
        variant: policy.Variant,
        session: port.Session,
        place: _Place,
    ) -> Any:
        """A new row and what is nested in it."""
        place.resource = ready.resource
        place.pointers = made.change.pointers if made.change else {}
        row = ready.resource.model()
        self._assign(row, ready.resource, ready.filled.columns)
        session.orm.add(row)
        await session.orm.flush()
        key = sessions.identity(row)
        await self._rows.judge_again(made, ready.resource, variant, session, key)
        await self._along(made, ready.resource, variant, session, place, key)
        return row

    async def _updated(self, ready: flows.Ready, made: call.Call, session: port.Session) -> Any:
        row = await sessions.loaded(ready.resource, made, session)
        self._assign(row, ready.resource, ready.filled.columns)
        version = ready.resource.version
        mapper: Any = sa.inspect(ready.resource.model)
        if version is None:
            return row
        key = mapper.get_property_by_column(version).key
        if mapper.version_id_col is version:
            # The mapper counts only what it writes, and a change of links alone counts too.
            attributes.flag_modified(row, _plain_attribute(mapper))
        else:
            setattr(row, key, getattr(row, key) + 1)
        return row

    async def _along(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
        place: _Place,
        key: Any,
    ) -> None:
        """Nested rows, by their models where these run code, and links."""
        change = made.change or call.Change()
        for name, rows in change.children.items():
            relation = resource.relations[name]
            target = self._catalog.resource(relation.target)
            for child in rows:
                ready, nested = self._flows.child(made, relation, variant, child, key)
                if self._through(target, child):
                    await self._judged(ready, nested, session)
                    await self._created(ready, nested, variant, session, place)
                else:
                    flow = self._flows.one(ready, nested, variant)
                    await sessions.drive(session, flow)
        place.resource, place.pointers = resource, change.pointers
        for name in change.links:
            flow = self._flows.link(made, resource, name, variant, key)
            await sessions.drive(session, flow)

    def _assign(
        self, row: Any, resource: binding.ResourceBinding, columns: Mapping[str, Any]
    ) -> None:
        mapper: Any = sa.inspect(resource.model)
        for name, value in columns.items():
            column = values.named(resource.table, name)
            if column is mapper.version_id_col:
                continue  # the mapper counts it
            held = values.member(self._catalog, resource, column, value)
            setattr(row, mapper.get_property_by_column(column).key, held)


def _plain_attribute(mapper: Any) -> str:
    """Some attribute whose column is neither key nor version."""
    for prop in mapper.column_attrs:
        column = prop.columns[0]
        special = column is mapper.version_id_col or column in mapper.primary_key
        if isinstance(column, sa.Column) and not special:
            return str(prop.key)
    raise TypeError(f"{mapper.class_.__name__} has nothing but a key and a version")


def _operation(made: call.Call) -> str:
    """The operation as hooks name it: PUT and PATCH are both updates."""
    kind = made.operation.spec.kind
    return "update" if kind == "replace" else kind
