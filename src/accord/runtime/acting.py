"""Room: runtime. Hand-written actions and queries: the user's Python inside one transaction."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec

from accord.binding import binding, wire
from accord.contract import types
from accord.kernel import clock
from accord.query import policy
from accord.runtime import call, context, flows, plans, sessions
from accord.store import port


class Actor:
    """Runs actions and queries; the rules are judged by the same statements as elsewhere."""

    def __init__(
        self,
        known: plans.Plans,
        along: flows.Flows,
        database: port.Database,
        timer: clock.Clock,
    ):
        self._catalog = known.catalog
        self._rows = sessions.Rows(known, along)
        self._database = database
        self._clock = timer
        self._enums = {
            each.name: {value.name for value in each.values}
            for each in known.catalog.binding.contract.enums
        }

    async def act(self, made: call.Call, variant: policy.Variant) -> call.Outcome:
        """A hand-written action or query.

        The row is loaded under a lock if the caller may act on it; after the action the rule
        is judged again on the new row, and the answer is read anew with the caller's view.

        Raises:
            Problem: of access and conditions, or the operation's own.
            RuntimeError: a query changed something.
        """
        resource = self._catalog.resource(made.operation.spec.resource)
        run = made.operation.run
        if run is None:
            raise TypeError(f"{made.operation.spec.id} has no callable")
        made.events = ()
        if made.operation.spec.kind == "query":
            async with self._database.session() as session, self._unchanged(made, session):
                result = await self._called(made, resource, variant, session, run)
                return await self._answer(made, result, variant, session)
        try:
            async with self._database.session() as session, sessions.conflicts():
                result = await self._called(made, resource, variant, session, run)
                return await self._settled(made, resource, variant, session, result)
        except BaseException:
            made.events = ()
            raise

    async def _called(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
        run: Callable[..., Any],
    ) -> Any:
        surroundings = context.Context(session.orm, made.caller, self._clock.now())
        rows = []
        if made.operation.spec.item:
            locks = made.operation.spec.kind == "action"
            await self._rows.judge(made, resource, variant, session, lock=locks)
            rows = [await sessions.loaded(resource, made, session)]
        result = await run(surroundings, *rows, **made.arguments)
        await session.orm.flush()
        made.events = tuple(surroundings.events)
        return result

    async def _settled(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
        result: Any,
    ) -> call.Outcome:
        """An action's new row judged, its companions written, its answer read."""
        emits = made.operation.spec.emits
        if emits is not None and all(each.name != emits for each in made.events):
            made.events += (call.Event(emits),)
        keys = [made.key] if made.operation.spec.item else _own(resource, result)
        for key in keys:
            await self._rows.judge_again(made, resource, variant, session, key)
        # An action that made no row, or several, has companions that speak of none.
        key = keys[0] if len(keys) == 1 else None
        await self._rows.accompany(made, resource, variant, session, key)
        return await self._answer(made, result, variant, session)

    @contextlib.asynccontextmanager
    async def _unchanged(self, made: call.Call, session: port.Session) -> AsyncIterator[None]:
        """Hold a query to its word: what it changes is refused, and nothing is kept."""
        told = f"{made.operation.spec.id} is a query and changed something: make it an @action"
        postgresql = self._database.dialect == "postgresql"
        before = 0
        if postgresql:
            await session.fetch("set transaction read only")
        else:
            before = (await session.fetch("select total_changes()"))[0][0]
        try:
            yield
        except Exception as error:
            if _is_read_only(error):
                raise RuntimeError(told) from error
            raise
        if not postgresql and (await session.fetch("select total_changes()"))[0][0] != before:
            raise RuntimeError(told)
        await session.orm.rollback()

    # Answers

    async def _answer(
        self, made: call.Call, result: Any, variant: policy.Variant, session: port.Session
    ) -> call.Outcome:
        spec = made.operation.spec
        if spec.output == "none":
            return call.Outcome()
        if spec.output == "value":
            written = self._written(result, spec.output_type)
            return call.Outcome(data=msgspec.json.encode(written))
        if spec.output == "list":
            data = await self._rows.listed(made, list(result), variant, session)
            return call.Outcome(data=data)
        if result is None:
            return call.Outcome(data=b"null")
        return await self._rows.shown(made, result, variant, session)

    def _written(self, value: Any, kind: types.Type | None) -> Any:
        """A value as JSON holds it; an enum's member goes by its wire name."""
        if kind is not None and kind.kind == "array" and isinstance(value, list | tuple):
            return [self._written(each, kind.items) for each in value]
        if isinstance(value, enum.Enum) and kind is not None and kind.ref in self._enums:
            named = value.value in self._enums[kind.ref]
            return value.value if named else value.name
        return wire.to_wire(value)


def _own(resource: binding.ResourceBinding, result: Any) -> list[Any]:
    """The keys of the rows of its own resource that a collection's action gave back."""
    rows: Sequence[Any] = result if isinstance(result, list | tuple) else [result]
    return [sessions.identity(row) for row in rows if isinstance(row, resource.model)]


def _is_read_only(error: BaseException | None) -> bool:
    """Whether PostgreSQL refused a change in a transaction that may make none."""
    while error is not None:
        if getattr(error, "sqlstate", None) == "25006":
            return True
        error = getattr(error, "orig", None) or error.__cause__
    return False
