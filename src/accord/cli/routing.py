"""Room: cli. The table of routes."""

from __future__ import annotations

import msgspec

from accord.binding import binding
from accord.cli import options
from accord.contract import operation
from accord.documents.openapi import document


class Row(msgspec.Struct, frozen=True):
    """One route; `session` says why its write needs a session, '' when it does not."""

    method: str
    path: str
    operation: str
    access: list[str]
    session: str


def rows(bound: binding.Binding) -> list[Row]:
    """Every route of an API."""
    return [
        Row(
            each.spec.method,
            document.path_of(bound.contract, each.spec),
            each.spec.id,
            _access(bound, each.spec),
            _session(bound, each),
        )
        for each in bound.operations.values()
    ]


def print_json(found: list[Row]) -> None:
    """The routes as a JSON list."""
    options.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")


def print_table(found: list[Row]) -> None:
    """The routes for people."""
    table = options.new_table("method", "path", "operation", "access")
    for row in found:
        notes = [f"session: {row.session}"] if row.session else []
        access = "\n".join([*(row.access or ["nobody"]), *notes])
        table.add_row(row.method, row.path, row.operation, access)
    options.write_table(table)


def _access(bound: binding.Binding, each: operation.Operation) -> list[str]:
    out = []
    for rule in bound.resources[each.resource].spec.access:
        if each.permission in rule.operations:
            fields = f" [{', '.join(rule.fields)}]" if rule.fields else ""
            out.append(f"{rule.effect} {rule.condition or 'everyone'}{fields}")
    return out


def _session(bound: binding.Binding, each: binding.OperationBinding) -> str:
    if each.run is not None:
        return "hand-written" if each.spec.kind == "action" else ""
    if each.spec.kind in ("create", "replace", "update", "delete"):
        return bound.resources[each.spec.resource].session_writes
    return ""
