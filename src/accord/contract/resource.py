"""Room: contract. What of a model is exposed: fields, relations, filters, sorts, access."""

from __future__ import annotations

from typing import Literal

import msgspec

from accord.contract import types

Write = Literal["always", "create", "never"]
RelationKind = Literal["to_one", "to_many", "many_to_many"]
Effect = Literal["allow", "deny"]

OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "like", "null")


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One exposed value of a row.

    `write` says when a caller may set it; `required` that a create must bring it;
    `computed` that it is made from others, in SQL or in Python;
    `read` is False for write-only fields; `sensitive` values are never echoed or logged.
    """

    name: str
    graphql: str
    number: int
    type: types.Type
    nullable: bool = False
    write: Write = "always"
    required: bool = False
    read: bool = True
    computed: Literal["", "sql", "python"] = ""
    sensitive: bool = False
    default: bool = False
    doc: str = ""


class Relation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A way from a row to rows of another resource.

    `field` is the exposed foreign-key field of a to-one relation, when there is one.
    `create` allows nested create of a to-many's rows; `link` allows setting it by ids.
    """

    name: str
    graphql: str
    number: int
    target: str
    kind: RelationKind
    nullable: bool = True
    field: str | None = None
    create: bool = False
    link: bool = False
    doc: str = ""


class Filter(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field callers may compare; `path` crosses relations (`author.name`)."""

    name: str
    path: tuple[str, ...]
    type: types.Type
    operators: tuple[str, ...]


class Param(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named condition with one typed value, such as `created_after`.

    With `choices` the value is one of several named conditions and not bound.
    """

    name: str
    type: types.Type
    choices: tuple[str, ...] = ()
    doc: str = ""


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """One key of a sort; nulls are largest, so first when descending."""

    field: str
    descending: bool = False


class Rule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One access rule as reviewers read it; the binding holds its expression.

    `operations` are operation names (`list get create update delete` or an action's);
    `fields` empty means all fields.
    """

    effect: Effect
    operations: tuple[str, ...]
    condition: str = ""
    fields: tuple[str, ...] = ()


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a resource narrows of the API's limits; None inherits."""

    page_size: int | None = None
    page_max: int | None = None
    include_depth: int | None = None
    bulk_items: int | None = None


class Resource(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything a protocol may know of one resource.

    `name` is the plural kebab-case wire name, which is also the JSON:API type and the path;
    `type_name` the GraphQL type and protobuf message (`Order`), `key` the id field's name.
    `version` names the field that carries the row version, `modified` the one that
    `Last-Modified` is made of, `deleted` the soft-delete marker's column.
    """

    name: str
    singular: str
    type_name: str
    graphql_plural: str
    key: str
    fields: tuple[Field, ...]
    relations: tuple[Relation, ...] = ()
    filters: tuple[Filter, ...] = ()
    params: tuple[Param, ...] = ()
    sorts: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    order: tuple[Order, ...] = ()
    access: tuple[Rule, ...] = ()
    limits: Limits = Limits()
    version: str | None = None
    modified: str | None = None
    deleted: str | None = None
    require_conditions: bool = False
    doc: str = ""
