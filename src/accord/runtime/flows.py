"""Room: runtime. Generated writes as flows: judged, changed and shown, statement by statement."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from accord.binding import binding
from accord.kernel import clock, problem
from accord.query import change as changes
from accord.query import plan, policy, values
from accord.runtime import (
    call,
    checking,
    filling,
    judging,
    plans,
    prepared,
    violations,
)
from accord.store import port, violation

Companions: TypeAlias = Callable[[call.Call], Sequence[tuple[changes.Companion, Sequence[Any]]]]
Steps: TypeAlias = Generator[port.Statement, Sequence[port.Row], Any]

# Nested rows of one form go in statements of at most so many, always a power of two, so that
# few statements serve all numbers of rows. PostgreSQL takes 32,767 parameters, SQLite 32,766.
MOST_ROWS = 64
MOST_PARAMETERS = 30_000

# What the store raises at a statement, which a flow may put in its own words.
REFUSED = (violation.Violation, problem.Problem)


class Apart(Exception):
    """The database refused one of several rows: written one by one, they tell which it was."""


@dataclass(slots=True)
class Ready:
    """A write ready to run: its shape, its statements and the values of their slots."""

    resource: binding.ResourceBinding
    shape: changes.Write
    compiled: changes.WritePlan
    values: list[Any]
    filled: filling.Filling


class Flows:
    """Makes the flows of generated writes.

    `companions` is the port by which `serve` lets rows (events, audit, idempotency) be written
    along: for each, its shape and its values.
    """

    def __init__(
        self, known: plans.Plans, checks: checking.Checks, timer: clock.Clock, along: Companions
    ):
        self._plans = known
        self._catalog = known.catalog
        self._checks = checks
        self._clock = timer
        self._companions = along

    # From a call to the shape and the values of its statements

    def ready(self, made: call.Call, variant: policy.Variant, *, alone: bool) -> Ready:
        """A call's write; `alone` allows the one statement."""
        resource = self._catalog.resource(made.operation.spec.resource)
        spec, view, match = made.operation.spec, made.view, made.conditions.match
        kind = "update" if spec.kind == "replace" else spec.kind
        filled = self._filled(made, resource, kind)
        shown = list(view.values) if view is not None else []
        key = filled.columns.get(resource.key.name) if kind == "create" else made.key
        if view is not None and view.selection.key is not None:
            shown[view.selection.key] = key
        along, carried = self.placed(made, len(shown) + 2 + len(filled.columns))
        shape = changes.Write(
            kind=kind,  # type: ignore[arg-type]
            permission=spec.permission,
            resource=resource.spec.name,
            columns=tuple(filled.columns),
            touched=filled.touched,
            references=plans.references(resource, filled.touched),
            probes=self._probes(resource, filled, None),
            match=match is not None and match != ("*",),
            stored=kind == "update" and self._reads_stored(made, resource, filled),
            alone=False,
            view=None if view is None else (view.selection, view.shape),
            view_values=len(shown),
            companions=along,
        )
        if alone and self._fits_one(made, resource, shape):
            shape = msgspec.structs.replace(shape, alone=True)
        slots = [*shown, key, match or (), *filled.columns.values(), *carried]
        return Ready(resource, shape, self._plans.write(shape, variant), slots, filled)

    def _filled(
        self, made: call.Call, resource: binding.ResourceBinding, kind: str
    ) -> filling.Filling:
        """The columns a write sets; those of a new row are checked across fields."""
        known = self._plans.recipes[resource.spec.name]
        change = made.change or call.Change()
        if kind == "delete":
            deleted = resource.deleted
            return filling.Filling({} if deleted is None else {deleted.name: self._clock.now()})
        if kind == "update":
            return filling.update(known, change)
        filled = filling.create(known, change, made.caller)
        self._checks.run(resource, known, filled, change)
        return filled

    def _reads_stored(
        self, made: call.Call, resource: binding.ResourceBinding, filled: filling.Filling
    ) -> bool:
        """Whether the row as it is matters: to a merge patch, or to a check across fields."""
        if made.change is not None and made.change.merges:
            return True
        known = self._plans.recipes[resource.spec.name]
        return bool(self._checks.needed(resource, known, filled.columns))

    def _probes(
        self, resource: binding.ResourceBinding, filled: filling.Filling, parent: str | None
    ) -> tuple[str, ...]:
        """Foreign keys that the server set, to be looked up where the database names none."""
        if self._catalog.dialect.name != "sqlite":
            return ()
        asked = {
            local.name
            for name in plans.references(resource, filled.touched)
            for local, _ in resource.relations[name].pairs
        }
        known = self._plans.recipes[resource.spec.name]
        return tuple(
            name
            for name in known.keys
            if filled.columns.get(name) is not None and name not in asked and name != parent
        )

    def _fits_one(
        self, made: call.Call, resource: binding.ResourceBinding, shape: changes.Write
    ) -> bool:
        """Whether nothing but the row and its companions is written or compared."""
        change = made.change
        takes_more = change is not None and bool(change.links or change.children)
        compares_state = shape.match and resource.version is None
        wants_none = made.conditions.none_match == ("*",)
        return not (takes_more or compares_state or wants_none or shape.stored)

    def placed(
        self, made: call.Call, start: int
    ) -> tuple[tuple[changes.Companion, ...], list[Any]]:
        """A call's companions with their slots moved behind the write's own values."""
        placed: list[changes.Companion] = []
        carried: list[Any] = []
        for each, own in self._companions(made):
            offset = start + len(carried)
            columns = tuple(
                (name, origin + offset if isinstance(origin, int) else origin)
                for name, origin in each.columns
            )
            placed.append(changes.Companion(each.table, columns, each.document))
            carried += own
        return tuple(placed), carried

    # Flows

    def run(
        self, ready: Ready, made: call.Call, variant: policy.Variant, *, apart: bool = False
    ) -> Steps:
        """The flow of a write, which may be run several times; its result is an Outcome."""
        if ready.compiled.single is not None:
            return self._single(ready, made, variant)
        return self._steps(ready, made, variant, apart)

    def _single(self, ready: Ready, made: call.Call, variant: policy.Variant) -> Steps:
        single = ready.compiled.single
        if single is None:
            raise TypeError("not a write of one statement")
        rows = yield bound(single, ready.values, made.caller)
        facts = dict(zip(single.columns, rows[0], strict=True))
        judging.judge(made, ready.resource, ready.compiled.flags, facts)
        return self._outcome(made, single, facts, facts["key"], variant)

    def _steps(self, ready: Ready, made: call.Call, variant: policy.Variant, apart: bool) -> Steps:
        shape, compiled, resource = ready.shape, ready.compiled, ready.resource
        yield from self._judged(ready, made)
        slots, key_slot = list(ready.values), changes.key_slot(shape)
        removes = shape.kind == "delete" and not shape.columns
        if removes:
            yield from self._each(compiled.companions, slots, made)
            yield from self._unlink(resource, slots[key_slot])
        rows = yield bound(compiled.change, slots, made.caller)
        if shape.kind == "create":
            key = values.loaded(rows[0][0], resource.key.type, self._catalog.dialect)
            slots[key_slot] = key
            if made.view is not None and made.view.selection.key is not None:
                slots[made.view.selection.key] = key
        if compiled.verify is not None:
            facts = yield from first(compiled.verify, slots, made.caller)
            judging.judge(made, resource, compiled.verify.columns, facts or {})
        yield from self.along(made, resource, variant, slots[key_slot], apart=apart)
        if not removes:
            yield from self._each(compiled.companions, slots, made)
        facts = None
        if compiled.document is not None:
            facts = yield from first(compiled.document, slots, made.caller)
        return self._outcome(made, compiled.document, facts, slots[key_slot], variant)

    def _judged(self, ready: Ready, made: call.Call) -> Steps:
        """The check before the change, if there is one, and the checks across fields."""
        check = ready.compiled.check
        if check is None:
            return
        rows = yield bound(check, ready.values, made.caller)
        self.judge(ready, made, ready.compiled.flags, rows[0])

    def judge(
        self, ready: Ready, made: call.Call, flags: Sequence[str], row: Sequence[Any]
    ) -> None:
        """Refuse a write by the row its check brought."""
        check = ready.compiled.check
        if check is None:
            return
        facts = dict(zip(check.columns, row, strict=True))
        judging.judge(made, ready.resource, flags, facts)
        if ready.shape.stored:
            stored = self._checks.stored(ready.resource, check, facts["stored"])
            known = self._plans.recipes[ready.resource.spec.name]
            change = made.change or call.Change()
            self._merge(ready, known, change, stored)
            self._checks.run(ready.resource, known, ready.filled, change, stored)

    def _merge(
        self,
        ready: Ready,
        known: filling.Recipe,
        change: call.Change,
        stored: Mapping[str, Any],
    ) -> None:
        """Put what merge patches make of the stored values in their places."""
        for name, value in self._checks.merged(ready.resource, change, stored).items():
            column = known.by_field[name]
            ready.filled.columns[column] = value
            place = changes.first_slot(ready.shape) + ready.shape.columns.index(column)
            ready.values[place] = value

    def _each(self, wanted: Sequence[plan.Plan], slots: Sequence[Any], made: call.Call) -> Steps:
        for each in wanted:
            yield bound(each, slots, made.caller)

    def along(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        variant: policy.Variant,
        key: Any,
        *,
        apart: bool = False,
    ) -> Steps:
        """Nested children and links, in the order the caller wrote them."""
        change = made.change
        if change is None:
            return
        for name in change.children:
            yield from self.children(made, resource, name, variant, key, apart=apart)
        for name in change.links:
            yield from self.link(made, resource, name, variant, key)

    # Nested rows

    def child(
        self,
        made: call.Call,
        relation: binding.RelationBinding,
        variant: policy.Variant,
        child: call.Change,
        key: Any,
    ) -> tuple[Ready, call.Call]:
        """A nested row's write, and the call it is judged by."""
        target = self._catalog.resource(relation.target)
        known = self._plans.recipes[target.spec.name]
        parent = filling.parent_key(relation, target.table, key)
        filled = filling.create(known, child, made.caller, parent)
        self._checks.run(target, known, filled, child)
        shape = changes.Write(
            kind="create",
            permission="create",
            resource=target.spec.name,
            columns=tuple(filled.columns),
            touched=filled.touched,
            references=plans.references(target, filled.touched),
            probes=self._probes(target, filled, parent[0]),
            alone=False,
        )
        slots = [filled.columns.get(target.key.name), (), *filled.columns.values()]
        ready = Ready(target, shape, self._plans.write(shape, variant), slots, filled)
        return ready, call.Call(made.operation, made.caller, made.request_id, change=child)

    def children(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        name: str,
        variant: policy.Variant,
        key: Any,
        *,
        apart: bool = False,
    ) -> Steps:
        """The nested rows of one relation, rows of one form in one statement.

        Raises:
            Apart: the database refused one of several rows, unless they were to go apart.
        """
        relation = resource.relations[name]
        rows = made.change.children[name] if made.change else []
        pairs = [self.child(made, relation, variant, each, key) for each in rows]
        for _, group in itertools.groupby(pairs, lambda pair: _form(*pair)):
            for chunk in _chunks(list(group), apart=apart):
                if len(chunk) == 1:
                    yield from self.one(*chunk[0], variant, apart=apart)
                else:
                    yield from self._several(chunk, variant)

    def one(
        self, ready: Ready, nested: call.Call, variant: policy.Variant, *, apart: bool = False
    ) -> Steps:
        """One nested row and what is nested in it."""
        pointers = nested.change.pointers if nested.change else {}
        try:
            yield from self._steps(ready, nested, variant, apart)
        except violation.Violation as refused:
            raise violations.translate(refused, ready.resource, pointers) from refused

    def _several(self, chunk: Sequence[tuple[Ready, call.Call]], variant: policy.Variant) -> Steps:
        ready, nested = chunk[0]
        shape = msgspec.structs.replace(ready.shape, rows=len(chunk))
        compiled = self._plans.write(shape, variant)
        slots = [None, ()]
        for each, _ in chunk:
            slots += each.filled.columns.values()
        if compiled.check is not None:
            rows = yield bound(compiled.check, slots, nested.caller)
            for (each, own), row in zip(chunk, rows, strict=True):
                self.judge(each, own, compiled.flags, row)
        try:
            yield bound(compiled.change, slots, nested.caller)
        except violation.Violation as refused:
            raise Apart from refused

    # Links

    def link(
        self,
        made: call.Call,
        resource: binding.ResourceBinding,
        name: str,
        variant: policy.Variant,
        key: Any,
    ) -> Steps:
        """Set the rows of a link table to exactly those ids, each readable by the caller."""
        ids = made.change.links[name] if made.change else []
        count, clear, add = self._plans.links(resource, name, variant)
        slots = [key, list(ids)]
        facts = yield from first(count, slots, made.caller)
        if facts is None or facts["found"] < len(set(ids)):
            pointer = made.change.pointers.get(name) if made.change else None
            message = "Some of these rows do not exist."
            detail = problem.Detail("NOT_FOUND_REFERENCE", message, field=name, pointer=pointer)
            raise problem.Problem("REFERENCE_NOT_FOUND", details=[detail])
        yield bound(clear, slots, made.caller)
        yield bound(add, slots, made.caller)

    def _unlink(self, resource: binding.ResourceBinding, key: Any) -> Steps:
        for each in self._plans.unlinks(resource):
            yield bound(each, [key], None)

    # The answer

    def _outcome(
        self,
        made: call.Call,
        compiled: plan.Plan | None,
        facts: dict[str, Any] | None,
        key: Any,
        variant: policy.Variant,
    ) -> call.Outcome:
        created = made.operation.spec.kind == "create"
        if compiled is None or facts is None or facts.get("data") is None or made.view is None:
            return call.Outcome(key=str(key), created=created)
        outcome = prepared.item_outcome(compiled, facts, self._plans.is_flat(made.view, variant))
        outcome.key, outcome.created = str(key), created
        return outcome


def _form(ready: Ready, nested: call.Call) -> Any:
    """What rows of one statement share; None of two rows that must go by themselves."""
    change = nested.change
    takes_more = change is not None and bool(change.links or change.children)
    if takes_more or ready.compiled.verify is not None or not ready.shape.columns:
        return object()
    return ready.shape


def _chunks(
    group: Sequence[tuple[Ready, call.Call]], *, apart: bool
) -> Iterator[Sequence[tuple[Ready, call.Call]]]:
    at = 0
    while at < len(group):
        width = max(1, len(group[at][0].shape.columns))
        most = 1 if apart else min(MOST_ROWS, len(group) - at, MOST_PARAMETERS // width)
        size = 1 << (max(1, most).bit_length() - 1)
        yield group[at : at + size]
        at += size


def bound(
    compiled: plan.Plan | None, slots: Sequence[Any], caller: call.Caller | None
) -> port.Statement:
    """A plan's statement with its parameters."""
    if compiled is None:
        raise TypeError("this write has no such step")
    return port.Statement(compiled.sql, compiled.bind(slots, caller))


def first(
    compiled: plan.Plan, slots: Sequence[Any], caller: call.Caller | None
) -> Generator[port.Statement, Sequence[port.Row], dict[str, Any] | None]:
    """The first row of a plan by column, None when there is no row."""
    rows = yield bound(compiled, slots, caller)
    return dict(zip(compiled.columns, rows[0], strict=True)) if rows else None
