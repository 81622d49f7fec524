"""Room: binding. The contract's resources and operations tied to tables and callables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from accord.contract import contract, operation, resource

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True, eq=False)
class FieldBinding:
    """A field tied to a column, an SQL expression over the resource's table, or Python.

    Exactly one of `column`, `expression` and `compute` is set. `compute` takes a mapping of
    the wire values named in `depends` and returns the wire value.
    """

    spec: resource.Field
    column: sa.Column[Any] | None = None
    expression: sa.ColumnElement[Any] | None = None
    compute: Callable[[Mapping[str, Any]], Any] | None = None
    depends: tuple[str, ...] = ()

    @property
    def sql_type(self) -> sa.types.TypeEngine[Any] | None:
        """The SQLAlchemy type of the value, None for a value made in Python."""
        source = self.column if self.column is not None else self.expression
        return None if source is None else source.type


@dataclass(frozen=True, slots=True, eq=False)
class RelationBinding:
    """A relation tied to its join: pairs of (local column, remote column).

    With `secondary`, `pairs` tie local columns to the link table's and
    `secondary_pairs` tie the link table's columns to the remote table's.
    `attribute` is the mapped relationship's name, None for a relation made without one.
    """

    spec: resource.Relation
    target: str
    pairs: tuple[tuple[sa.Column[Any], sa.Column[Any]], ...]
    secondary: sa.Table | None = None
    secondary_pairs: tuple[tuple[sa.Column[Any], sa.Column[Any]], ...] = ()
    attribute: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ParamBinding:
    """A named condition: one expression with a `CallValue`, or one expression per choice."""

    spec: resource.Param
    condition: Condition | None = None
    choices: Mapping[str, Condition] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class RuleBinding:
    """An access rule; `condition` may mix caller facts and columns, None means always."""

    spec: resource.Rule
    condition: Condition | None

    def covers(self, permission: str, fields: frozenset[str] = frozenset()) -> bool:
        """Whether the rule speaks of that operation and of all those fields."""
        return permission in self.spec.operations and (
            not self.spec.fields or fields <= frozenset(self.spec.fields)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """A rule across fields of a write: `run` gets the values as they would be stored.

    It raises ValueError (message for the caller) or a Problem; `fields` are what it names.
    """

    name: str
    fields: tuple[str, ...]
    run: Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True, eq=False)
class Hook:
    """A `@before` callable: gets and may change the mutable values of a write.

    `run(values, context)`; it may be a coroutine function. `operations` are
    `create`, `update` (PUT and PATCH) or `delete`. With `fields` it runs only for changes
    that set one of those fields or relations. Nested rows stand in the values under their
    relation's name, as mutable values of their own.
    """

    name: str
    operations: frozenset[str]
    run: Callable[..., Any]
    fields: frozenset[str] = frozenset()

    def wants(self, operation: str, given: frozenset[str]) -> bool:
        """Whether the hook runs for a change that sets those fields and relations."""
        return operation in self.operations and (not self.fields or bool(self.fields & given))


@dataclass(frozen=True, slots=True, eq=False)
class ResourceBinding:
    """One resource with everything needed to compile its statements.

    `columns` are the stored fields by wire name; `defaults` values given at create when
    the caller gives none (a constant, a callable or a `CallerValue`), by field name.
    `constraints` map a database constraint's name to the fields it speaks of;
    `session_writes` says why generated writes must go through a session ('' if they need not).
    `hidden` are stored columns outside the contract, by column name: no caller reads or sets them,
    but `defaults`, hooks and checks may name them.
    """

    spec: resource.Resource
    model: type[Any]
    table: sa.Table
    fields: Mapping[str, FieldBinding]
    relations: Mapping[str, RelationBinding] = field(default_factory=dict)
    params: Mapping[str, ParamBinding] = field(default_factory=dict)
    rules: tuple[RuleBinding, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    hooks: tuple[Hook, ...] = ()
    constraints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: sa.Column[Any] | None = None
    deleted: sa.Column[Any] | None = None
    session_writes: str = ""
    hidden: Mapping[str, FieldBinding] = field(default_factory=dict)

    @property
    def key(self) -> sa.Column[Any]:
        """The primary key's column."""
        column = self.fields[self.spec.key].column
        if column is None:
            raise TypeError(f"{self.spec.name}: the key must be a column")
        return column


@dataclass(frozen=True, slots=True, eq=False)
class OperationBinding:
    """An operation tied to its callable; generated operations have none.

    `run(context, row, **arguments)` for item operations, `run(context, **arguments)`
    otherwise. `loads` are SQLAlchemy loader options for the row.
    """

    spec: operation.Operation
    run: Callable[..., Any] | None = None
    loads: tuple[Any, ...] = ()
    output_type: Any = None
    argument_types: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A contract and everything it is tied to; what `serve` builds an app from."""

    contract: contract.Contract
    resources: Mapping[str, ResourceBinding]
    operations: Mapping[str, OperationBinding]
    metadata: tuple[sa.MetaData, ...] = ()
