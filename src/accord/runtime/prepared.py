"""Room: runtime. A read made ready: its plan, and how its row becomes an Outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from accord.binding import binding
from accord.kernel import problem
from accord.query import plan, read, selection, shape
from accord.runtime import call


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One compiled read of one operation for one variant of callers.

    `flat` says that the row's version alone determines the body: no related rows, nothing
    computed and no policy per field, so that a hash of the body adds nothing to its ETag.
    """

    operation: binding.OperationBinding
    selection: selection.Selection
    plan: plan.Plan
    flat: bool

    def outcome(self, rows: Sequence[Sequence[Any]]) -> call.Outcome:
        """The Outcome of the statement's rows.

        Raises:
            Problem: NOT_FOUND, FORBIDDEN or GONE for a row that cannot be shown.
        """
        if self.selection.page is not None:
            if self.plan.in_rows:
                return self._rows(self.selection.page, rows)
            return self._page(self.selection.page.limit, self.selection.page.count, rows[0])
        return self._item(rows[0] if rows else None)

    def _rows(self, page: Any, rows: Sequence[Sequence[Any]]) -> call.Outcome:
        """A page joined from its rows; a backward one was fetched from its end."""
        more = len(rows) > page.limit
        kept = rows[: page.limit] if more else rows
        keyset = page.keyset
        first = self._key(kept[0]) if keyset is not None and kept else None
        last = self._key(kept[-1]) if more else None
        if keyset is not None and keyset.backward:
            kept = kept[::-1]
        info = call.PageInfo(len(kept), more, first, last)
        return call.Outcome(data=finished(self.plan, joined(kept)), page=info)

    def _key(self, row: Sequence[Any]) -> bytes | None:
        """The sort values of a row as a JSON array."""
        if self.plan.keys is None:
            return as_bytes(row[1])
        document = msgspec.json.decode(row[0])
        return msgspec.json.encode([_dig(document, path) for path in self.plan.keys])

    def _page(self, limit: int, mode: str, row: Sequence[Any]) -> call.Outcome:
        facts = dict(zip(self.plan.columns, row, strict=True))
        if facts.get("exists") in (False, 0):
            raise self._parentless(facts)
        fetched = facts.get("count", 0)
        more = fetched > limit
        first, last = as_bytes(facts.get("first")), as_bytes(facts.get("last"))
        total = facts.get("total")
        capped = mode == "capped" and total is not None and total > read.COUNT_CAP
        info = call.PageInfo(
            count=min(fetched, limit),
            more=more,
            first=first,
            last=last if more else None,
            total=read.COUNT_CAP if capped else total,
            capped=capped,
        )
        return call.Outcome(data=finished(self.plan, as_bytes(facts["data"])), page=info)

    def _item(self, row: Sequence[Any] | None) -> call.Outcome:
        name = self.selection.resource
        if row is None:
            raise problem.Problem("NOT_FOUND", f"There is no such row in {name}.")
        facts = dict(zip(self.plan.columns, row, strict=True))
        hidden_parent = self.selection.parent is not None and not facts["exists"]
        if facts["data"] is None or hidden_parent:
            return self._hidden(facts)
        if facts.get("deleted"):
            raise problem.Problem("GONE", f"This row of {name} was deleted.")
        return item_outcome(self.plan, facts, self.flat)

    def _hidden(self, facts: dict[str, Any]) -> call.Outcome:
        """No row to show: absent, forbidden, or a to-one relation that leads nowhere."""
        name = self.selection.resource
        if self.selection.parent is not None and facts["exists"]:
            return call.Outcome(data=b"null")
        if self.selection.parent is None and facts.get("exists"):
            raise _forbidden(name)
        raise self._parentless(facts)

    def _parentless(self, facts: dict[str, Any]) -> problem.Problem:
        """Why there is no row to start from: it is absent, or may not be read."""
        parent = self.selection.parent
        name = self.selection.resource if parent is None else parent.resource
        if facts.get("present"):
            return _forbidden(name)
        return problem.Problem("NOT_FOUND", f"There is no such row in {name}.")


def _forbidden(name: str) -> problem.Problem:
    return problem.Problem("FORBIDDEN", f"You may not read this row of {name}.")


def item_outcome(compiled: plan.Plan, facts: dict[str, Any], flat: bool) -> call.Outcome:
    """The Outcome of one shown row and its facts."""
    version = facts.get("version")
    if version is None and "state" in facts:
        version = hashlib.blake2b(as_bytes(facts["state"]) or b"", digest_size=8).hexdigest()
    return call.Outcome(
        data=finished(compiled, as_bytes(facts["data"])),
        version=None if version is None else str(version),
        modified=facts.get("modified"),
        flat=flat,
    )


def joined(rows: Sequence[Sequence[Any]]) -> bytes:
    """JSON objects, one a row, as one JSON list."""
    if not rows:
        return b"[]"
    if isinstance(rows[0][0], str):
        return f"[{','.join([row[0] for row in rows])}]".encode()
    return b"[" + b",".join([row[0] for row in rows]) + b"]"


def _dig(document: Any, path: Sequence[str]) -> Any:
    for key in path:
        document = document[key]
    return document


def as_bytes(value: Any) -> bytes | None:
    """JSON as the driver gives it (text from SQLite, bytes from PostgreSQL) as bytes."""
    return value.encode() if isinstance(value, str) else value


def finished(compiled: plan.Plan, data: bytes | None) -> bytes | None:
    """The document with what only Python can make put in."""
    if not compiled.finish or data is None:
        return data
    document = msgspec.json.decode(data)
    for step in compiled.finish:
        _apply(document, step.path, step.make)
    return msgspec.json.encode(document)


def _apply(node: Any, path: tuple[str, ...], make: plan.Convert) -> None:
    if node is None:
        return
    head, rest = path[0], path[1:]
    if head == "*":
        for each in node:
            _apply(each, rest, make)
    elif rest:
        _apply(node.get(head), rest, make)
    elif node.get(head) is not None:
        node[head] = make(node[head])


def is_flat(resource: binding.ResourceBinding, node: shape.Obj) -> bool:
    """Whether a Shape shows nothing but stored fields of a versioned row."""
    return resource.version is not None and all(_stored(resource, each) for _, each in node.entries)


def _stored(resource: binding.ResourceBinding, node: shape.Node) -> bool:
    match node:
        case shape.Field():
            return resource.fields[node.name].column is not None
        case shape.Const() | shape.Text():
            return True
        case shape.Obj():
            return is_flat(resource, node)
    return False
