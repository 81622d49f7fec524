"""Room: runtime. What a write stores: the caller's values, the resource's and the columns'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from accord.binding import binding, elements
from accord.kernel import problem
from accord.query import plan, values
from accord.runtime import call


@dataclass(slots=True)
class Filling:
    """Values by column name, in a fixed order, and which of them the caller gave."""

    columns: dict[str, Any] = field(default_factory=dict)
    touched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """How rows of one resource are filled, worked out once.

    `created` and `updated` are columns that Python fills in when the caller does not.
    """

    by_field: Mapping[str, str]
    created: Mapping[str, Callable[[], Any]]
    updated: Mapping[str, Callable[[], Any]]
    defaults: Mapping[str, Any]
    version: str | None


def recipe(resource: binding.ResourceBinding) -> Recipe:
    """The Recipe of a resource."""
    created, updated = {}, {}
    for column in resource.table.c:
        make = values.python_default(column)
        if make is not None:
            created[column.name] = make
        change = values.python_onupdate(column)
        if change is not None:
            updated[column.name] = change
    version = None if resource.version is None else resource.version.name
    if version is not None and version not in created:
        created[version] = lambda: 1
    # Hidden columns go by their own names, for hooks and defaults.
    by_field = {column.name: column.name for column in resource.table.c}
    by_field |= {
        name: each.column.name for name, each in resource.fields.items() if each.column is not None
    }
    return Recipe(by_field, created, updated, resource.defaults, version)


def create(known: Recipe, change: call.Change, caller: call.Caller) -> Filling:
    """The columns of a new row: given values, then declared defaults, then column defaults."""
    columns = {known.by_field[name]: value for name, value in change.values.items()}
    for name, default in known.defaults.items():
        column = known.by_field[name]
        if column not in columns:
            columns[column] = _default(default, caller)
    for column, make in known.created.items():
        if column not in columns:
            columns[column] = make()
    return Filling(columns, change.given())


def update(known: Recipe, change: call.Change) -> Filling:
    """The columns a change sets: given values, then what columns set at every update."""
    columns = {known.by_field[name]: value for name, value in change.values.items()}
    for column, make in known.updated.items():
        if column not in columns and column != known.version:
            columns[column] = make()
    return Filling(columns, change.given())


def _default(default: Any, caller: call.Caller) -> Any:
    if isinstance(default, elements.CallerValue):
        return plan.caller_value(caller, str(default.key))
    return default() if callable(default) else default


def check(
    resource: binding.ResourceBinding, known: Recipe, filled: Filling, change: call.Change
) -> None:
    """Run the declared checks across fields on the values as they would be stored.

    Raises:
        Problem: VALIDATION_ERROR with every failed check.
    """
    if not resource.checks:
        return
    by_column = {column: name for name, column in known.by_field.items()}
    row = {
        by_column[column]: value for column, value in filled.columns.items() if column in by_column
    }
    details = []
    for each in resource.checks:
        try:
            each.run(row)
        except ValueError as error:
            name = each.fields[0] if each.fields else None
            pointer = change.pointers.get(name) if name else None
            details.append(problem.Detail("CHECK_FAILED", str(error), field=name, pointer=pointer))
    if details:
        raise problem.Problem("VALIDATION_ERROR", details=details)


def parent_key(relation: binding.RelationBinding, child: sa.Table, key: Any) -> tuple[str, Any]:
    """The column of a nested child that points at its parent, and the parent's key."""
    _, remote = relation.pairs[0]
    if remote.table is not child:
        raise TypeError(f"{relation.spec.name} does not end at {child.name}")
    return remote.name, key
