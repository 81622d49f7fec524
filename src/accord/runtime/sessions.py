"""Room: runtime. Statements and judgements within a session's transaction."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import exc as orm_exc

from accord.binding import binding
from accord.kernel import problem
from accord.query import change as changes
from accord.query import flags, plan, policy
from accord.runtime import call, flows, judging, plans, prepared
from accord.store import driving, port


class Rows:
    """Judges, loads and shows rows in sessions, by the same statements as flows do."""

    def __init__(self, known: plans.Plans, along: flows.Flows):
        self._plans = known
        self._flows = along

    async def judge(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
        *,
        lock: bool = True,
    ) -> None:
        """Refuse what may not be done with the row as it is; it stays locked."""
        match, kind = made.conditions.match, made.operation.spec.kind
        shape = changes.Write(
            kind="delete" if kind == "delete" else "update",
            permission=made.operation.spec.permission,
            resource=resource.spec.name,
            touched=frozenset() if made.change is None else made.change.given(),
            match=match is not None and match != ("*",),
            lock=lock,
            alone=False,
        )
        compiled = self._plans.write(shape, variant)
        check = compiled.check
        if check is None:
            raise TypeError("a change of a row is always checked")
        rows = await fetch(session, check, [made.key, match or ()], made.caller)
        facts = dict(zip(check.columns, rows[0], strict=True))
        # The new row is judged after the user's code has made it.
        names = [name for name in compiled.flags if name != flags.NEW]
        judging.judge(made, resource, names, facts)

    async def judge_again(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
        key: Any,
    ) -> None:
        """Refuse the row as the user's code left it; a deleted row has no rule to break."""
        permission = made.operation.spec.permission
        touched = frozenset[str]() if made.change is None else made.change.given()
        shape = changes.Write(
            kind="create",
            permission=permission,
            resource=resource.spec.name,
            touched=touched,
            alone=False,
            after=True,
        )
        if self._plans.catalog.writes(resource, permission, touched, variant) is True:
            return
        verify = self._plans.write(shape, variant).verify
        if verify is None:
            raise TypeError("a stored row is always verified")
        rows = await fetch(session, verify, [key], made.caller)
        if rows:
            judging.judge(made, resource, verify.columns, {flags.NEW: rows[0][0]})

    async def accompany(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        session: port.Session,
        key: Any,
    ) -> None:
        """Write the companions of a row that the user's code or the mapper has changed."""
        placed, carried = self._flows.placed(made, 2)
        if not placed:
            return
        shape = changes.Write(
            kind="update",
            permission=made.operation.spec.permission,
            resource=resource.spec.name,
            alone=False,
            companions=placed,
        )
        for each in self._plans.write(shape, variant).companions:
            await fetch(session, each, [key, (), *carried], made.caller)

    async def shown(
        self, made: call.Call, row: Any, variant: policy.Variant, session: port.Session
    ) -> call.Outcome:
        """A model's row read with the caller's view, null when it may not be read."""
        key = identity(row)
        view = made.view
        if view is None or view.selection.key is None:
            return call.Outcome(key=str(key))
        compiled = self._plans.row(view, variant)
        values = list(view.values)
        values[view.selection.key] = key
        rows = await fetch(session, compiled, values, made.caller)
        if not rows:
            return call.Outcome(data=b"null", key=str(key))
        facts = dict(zip(compiled.columns, rows[0], strict=True))
        outcome = prepared.item_outcome(compiled, facts, self._plans.is_flat(view, variant))
        outcome.key = str(key)
        return outcome

    async def listed(
        self, made: call.Call, rows: Sequence[Any], variant: policy.Variant, session: port.Session
    ) -> bytes:
        """Models' rows read with the caller's view, in their order, without unreadable ones."""
        view, keys = made.view, [identity(row) for row in rows]
        if view is None or view.selection.key is None or not keys:
            return b"[]"
        # Of few lengths, so that few statements serve all.
        compiled = self._plans.rows(view, variant, 1 << (len(keys) - 1).bit_length())
        values = list(view.values)
        values[view.selection.key] = keys
        found = await fetch(session, compiled, values, made.caller)
        by_key = {_key(compiled, row): row for row in found}
        ordered = [by_key[str(key)] for key in keys if str(key) in by_key]
        return prepared.finished(compiled, prepared.joined(ordered)) or b"[]"


def _key(compiled: plan.Plan, row: Sequence[Any]) -> str:
    """The key of a row that was read, as text."""
    if compiled.keys is None:
        return str(msgspec.json.decode(row[1])[0])
    found = msgspec.json.decode(row[0])
    for step in compiled.keys[0]:
        found = found[step]
    return str(found)


def identity(row: Any) -> Any:
    """The key of a model's row.

    Raises:
        TypeError: the row was never added to the session.
    """
    found = sa.inspect(row).identity
    if found is None:
        raise TypeError(f"{row!r} is in no session: add it with self.session.add(…)")
    return found[0]


async def fetch(
    session: port.Session, compiled: plan.Plan, slots: Sequence[Any], caller: call.Caller
) -> Sequence[port.Row]:
    """Run a plan inside a session's transaction."""
    return await session.fetch(compiled.sql, compiled.bind(slots, caller))


async def drive(session: port.Session, flow: port.Flow[Any]) -> Any:
    """Run a flow inside a session's transaction."""
    run = driving.Drive(flow)
    while run.statement is not None:
        try:
            rows = await session.fetch(run.statement.sql, run.statement.params)
        except Exception as error:
            raised = run.fail(error) if isinstance(error, flows.REFUSED) else error
            if raised is error:
                raise
            raise raised from error
        run.send(rows)
    return run.result


async def loaded(resource: binding.ResourceBinding, made: call.Call, session: port.Session) -> Any:
    """The mapped row of a call, read anew, with what its action asked to be loaded.

    Raises:
        Problem: NOT_FOUND when it went away in spite of its lock.
    """
    row = await session.orm.get(
        resource.model, made.key, options=made.operation.loads, populate_existing=True
    )
    if row is None:
        raise problem.Problem("NOT_FOUND", f"There is no such row in {resource.spec.name}.")
    return row


@contextlib.asynccontextmanager
async def conflicts() -> AsyncIterator[None]:
    """Tell of a row that somebody else changed while the mapper held an older version of it.

    Raises:
        Problem: CONFLICT.
    """
    try:
        yield
    except orm_exc.StaleDataError as error:
        raise problem.Problem(
            "CONFLICT", "A row was changed by somebody else meanwhile.", cause=error
        ) from error
