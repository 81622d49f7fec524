"""Room: contract. The whole description of one API, its canonical bytes and its digest."""

from __future__ import annotations

import functools
from typing import Any, Literal

import msgspec

from accord.contract import operation, resource, types
from accord.kernel import canonical

Envelope = Literal["full", "status", "none"]
Representation = Literal["application/json", "application/vnd.api+json"]

FORMAT = 1


class Error(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error an application declares beyond the table of the kernel."""

    code: str
    title: str
    status: int
    grpc: str = "UNKNOWN"
    retryable: bool = False
    hint: str = ""


class Style(msgspec.Struct, frozen=True, omit_defaults=True):
    """How REST answers look: base path, default representation, envelope, error codes' names.

    `codes` maps a code of ours to the API's own catalogue.
    """

    base_path: str
    representation: Representation = "application/json"
    envelope: Envelope = "full"
    reveal_forbidden: bool = False
    codes: tuple[tuple[str, str], ...] = ()


class Contract(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """One API, frozen: equal contracts have equal bytes and so equal digests.

    Tuples that stand for sets are sorted by name when the contract is made;
    fields, relations and operations keep the declaration's order, which clients see.
    """

    format: int
    name: str
    version: str
    title: str
    style: Style
    resources: tuple[resource.Resource, ...]
    operations: tuple[operation.Operation, ...]
    enums: tuple[types.EnumType, ...] = ()
    objects: tuple[types.ObjectType, ...] = ()
    errors: tuple[Error, ...] = ()
    roles: tuple[str, ...] = ()
    description: str = ""

    @functools.cached_property
    def digest(self) -> str:
        """`sha256:<hex>` over the canonical bytes: the contract's identity."""
        return canonical.digest(encode(self))

    @functools.cached_property
    def by_name(self) -> dict[str, resource.Resource]:
        """Resources by wire name."""
        return {each.name: each for each in self.resources}


def encode(contract: Contract) -> bytes:
    """Canonical JSON: sorted keys, no spaces, defaults left out (RFC 8785 for our subset)."""
    return canonical.encode(_sparse(contract))


def _sparse(value: Any) -> Any:
    """The value as builtins, without what equals its default.

    msgspec leaves a default out only when it is the very same object, so that equal contracts
    would not have equal bytes.
    """
    if isinstance(value, msgspec.Struct):
        given = ((each, getattr(value, each.name)) for each in msgspec.structs.fields(type(value)))
        return {each.encode_name: _sparse(item) for each, item in given if item != each.default}
    if isinstance(value, list | tuple):
        return [_sparse(item) for item in value]
    return value


def decode(data: bytes) -> Contract:
    """The contract those bytes describe; `decode(encode(c)) == c`.

    Raises:
        ValueError: the bytes are no contract of a format this version reads.
    """
    try:
        contract = msgspec.json.decode(data, type=Contract)
    except msgspec.DecodeError as error:
        raise ValueError(f"not a contract: {error}") from error
    if contract.format != FORMAT:
        raise ValueError(f"contract format {contract.format}, this version reads {FORMAT}")
    return contract
