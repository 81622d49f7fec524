"""Room: contract. The value types of the wire, told apart from any language or database."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "id",
    "string",
    "integer",
    "bigint",
    "decimal",
    "float",
    "boolean",
    "datetime",
    "date",
    "time",
    "duration",
    "uuid",
    "bytes",
    "json",
    "enum",
    "object",
    "array",
]


class Constraints(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a value must satisfy beyond its type; numbers are inclusive unless named exclusive.

    Decimal bounds are strings, so that canonical JSON never carries a float.
    """

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    exclusive_minimum: str | None = None
    exclusive_maximum: str | None = None
    min_items: int | None = None
    max_items: int | None = None


class Type(msgspec.Struct, frozen=True, omit_defaults=True):
    """One wire type.

    `ref` names an enum or object of the contract, `items` is an array's element,
    `prefix` an id's prefix, `precision` and `scale` a decimal's digits.
    """

    kind: Kind
    ref: str | None = None
    items: Type | None = None
    prefix: str | None = None
    precision: int | None = None
    scale: int | None = None
    constraints: Constraints = Constraints()


class EnumValue(msgspec.Struct, frozen=True, omit_defaults=True):
    """One member: its REST spelling, its GraphQL spelling and its protobuf number."""

    name: str
    graphql: str
    number: int
    doc: str = ""


class EnumType(msgspec.Struct, frozen=True, omit_defaults=True):
    """A closed list of names, equal in every protocol but for spelling."""

    name: str
    values: tuple[EnumValue, ...]
    doc: str = ""


class ObjectField(msgspec.Struct, frozen=True, omit_defaults=True):
    """One member of a structured value."""

    name: str
    graphql: str
    number: int
    type: Type
    required: bool = True
    nullable: bool = False
    doc: str = ""


class ObjectType(msgspec.Struct, frozen=True, omit_defaults=True):
    """A structured value kept whole in one column or passed to an action."""

    name: str
    fields: tuple[ObjectField, ...]
    doc: str = ""
