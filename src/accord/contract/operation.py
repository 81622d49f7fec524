"""Room: contract. Everything a caller can invoke, generated or hand-written."""

from __future__ import annotations

from typing import Literal

import msgspec

from accord.contract import types

OperationKind = Literal[
    "list", "get", "create", "replace", "update", "delete", "related", "action", "query"
]
Output = Literal["resource", "list", "value", "none"]


class Argument(msgspec.Struct, frozen=True, omit_defaults=True):
    """One typed argument of an action or query."""

    name: str
    graphql: str
    number: int
    type: types.Type
    required: bool = True
    nullable: bool = False
    doc: str = ""


class Operation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One operation; `id` is `<resource>.<name>`, stable across versions.

    `item` operations address one row by id. `permission` is the operation name that access
    rules speak of (`list` and `get` are both read rules). `relation` is set for `related`.
    `output_type` describes a `value` output; `target` names the resource of the output when it is
    not the operation's own. `errors` are codes beyond the generic ones.
    """

    id: str
    name: str
    kind: OperationKind
    resource: str
    item: bool
    permission: str
    method: str
    path: str
    graphql: str
    grpc: str
    arguments: tuple[Argument, ...] = ()
    output: Output = "resource"
    output_type: types.Type | None = None
    output_nullable: bool = False
    target: str | None = None
    relation: str | None = None
    emits: str | None = None
    errors: tuple[str, ...] = ()
    success: int = 200
    doc: str = ""
