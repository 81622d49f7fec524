"""Room: runtime. What a write stores: the caller's values, the resource's and the columns'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from accord.binding import binding, elements
from accord.query import flags, plan, values
from accord.runtime import call


@dataclass(slots=True)
class Filling:
    """Values by column name, in the table's order, and which fields the caller gave."""

    columns: dict[str, Any] = field(default_factory=dict)
    touched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """How rows of one resource are filled, worked out once.

    `created` and `updated` are columns that Python fills in when the caller does not. `keys`
    are the columns with a foreign key of their own, `resets` the fields that a replacement
    which leaves them out sets back to their default.
    """

    by_field: Mapping[str, str]
    created: Mapping[str, values.Maker]
    updated: Mapping[str, values.Maker]
    defaults: Mapping[str, Any]
    version: str | None
    order: tuple[str, ...]
    keys: tuple[str, ...]
    resets: tuple[str, ...]

    def arranged(self, columns: Mapping[str, Any], touched: frozenset[str]) -> Filling:
        """Values in the table's order: the order of a document must not make another plan."""
        return Filling({name: columns[name] for name in self.order if name in columns}, touched)


def recipe(resource: binding.ResourceBinding) -> Recipe:
    """The Recipe of a resource."""
    created: dict[str, values.Maker] = {}
    updated: dict[str, values.Maker] = {}
    for column in resource.table.c:
        make = values.python_default(column)
        if make is not None:
            created[column.name] = make
        change = values.python_onupdate(column)
        if change is not None:
            updated[column.name] = change
    version = None if resource.version is None else resource.version.name
    if version is not None and version not in created:
        created[version] = lambda _columns: 1
    # Hidden columns go by their own names, for hooks and defaults.
    by_field = {column.name: column.name for column in resource.table.c}
    by_field |= {
        name: each.column.name for name, each in resource.fields.items() if each.column is not None
    }
    order = tuple(column.name for column in resource.table.c)
    keys = tuple(name for name in order if flags.foreign_key(resource, name) is not None)
    resets = tuple(
        each.name
        for each in resource.spec.fields
        if each.write == "always"
        and (each.name in resource.defaults or by_field.get(each.name) in created)
    )
    return Recipe(by_field, created, updated, resource.defaults, version, order, keys, resets)


def create(
    known: Recipe,
    change: call.Change,
    caller: call.Caller,
    parent: tuple[str, Any] | None = None,
) -> Filling:
    """The columns of a new row: given values, then declared defaults, then column defaults.

    `parent` is the column by which a nested row refers to the row it was written with.
    """
    columns = {known.by_field[name]: value for name, value in change.values.items()}
    if parent is not None:
        columns[parent[0]] = parent[1]
    for name, default in known.defaults.items():
        column = known.by_field[name]
        if column not in columns:
            columns[column] = _default(default, caller)
    for column, make in known.created.items():
        if column not in columns:
            columns[column] = make(columns)
    return known.arranged(columns, change.given())


def update(known: Recipe, change: call.Change) -> Filling:
    """The columns a change sets: given values, then what columns set at every update.

    Of a merge patch only the column is known before its row is read.
    """
    columns = {known.by_field[name]: value for name, value in change.values.items()}
    columns |= {known.by_field[name]: None for name in change.merges}
    for column, make in known.updated.items():
        if column not in columns and column != known.version:
            columns[column] = make(columns)
    return known.arranged(columns, change.given())


def replaced(known: Recipe, change: call.Change, caller: call.Caller) -> call.Change:
    """A replacement with the defaults of what it leaves out (RFC 9110, section 9.3.4).

    What is set back counts as set by the caller: a rule on fields must not be got round so.
    """
    for name in known.resets:
        if name in change.values or name in change.merges:
            continue
        if name in known.defaults:
            change.values[name] = _default(known.defaults[name], caller)
        else:
            change.values[name] = known.created[known.by_field[name]](change.values)
    return change


def _default(default: Any, caller: call.Caller) -> Any:
    if isinstance(default, elements.CallerValue):
        return plan.caller_value(caller, str(default.key))
    return default() if callable(default) else default


def parent_key(relation: binding.RelationBinding, child: sa.Table, key: Any) -> tuple[str, Any]:
    """The column of a nested child that points at its parent, and the parent's key."""
    _, remote = relation.pairs[0]
    if remote.table is not child:
        raise TypeError(f"{relation.spec.name} does not end at {child.name}")
    return remote.name, key
