"""Room: runtime. The declared checks across fields, run on the row as it would be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from accord.binding import binding, codec
from accord.kernel import problem
from accord.query import plan
from accord.runtime import call, filling, merging, prepared


class Checks:
    """Runs the checks of all resources; a write that cannot break one is not checked."""

    def __init__(self, bound: binding.Binding) -> None:
        self._codecs = codec.Codecs(bound.contract)

    def needed(
        self, resource: binding.ResourceBinding, known: filling.Recipe, columns: Mapping[str, Any]
    ) -> tuple[binding.Check, ...]:
        """The checks that a write of those columns might break."""
        return tuple(
            each
            for each in resource.checks
            if not each.fields or any(known.by_field[name] in columns for name in each.fields)
        )

    def run(
        self,
        resource: binding.ResourceBinding,
        known: filling.Recipe,
        filled: filling.Filling,
        change: call.Change,
        stored: Mapping[str, Any] | None = None,
    ) -> None:
        """Run the checks on what is stored, if anything, with what is set.

        Raises:
            Problem: VALIDATION_ERROR with every failed check.
        """
        checks = self.needed(resource, known, filled.columns)
        if not checks:
            return
        row = dict(stored or {})
        for name, each in {**resource.fields, **resource.hidden}.items():
            if each.column is not None:
                row[name] = filled.columns.get(each.column.name, row.get(name))
        details = [each for each in (_failure(one, row, change) for one in checks) if each]
        if details:
            raise problem.Problem("VALIDATION_ERROR", details=details)

    def merged(
        self, resource: binding.ResourceBinding, change: call.Change, stored: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the change's merge patches make of the stored values, by field."""
        return merging.merged(resource, self._codecs, change, stored)

    def stored(
        self, resource: binding.ResourceBinding, compiled: plan.Plan, text: Any
    ) -> dict[str, Any]:
        """A row's wire values as the Python values that checks and hooks see."""
        document = msgspec.json.decode(prepared.finished(compiled, prepared.as_bytes(text)) or b"")
        return {name: self._value(resource, name, value) for name, value in document.items()}

    def _value(self, resource: binding.ResourceBinding, name: str, value: Any) -> Any:
        field = resource.fields.get(name) or resource.hidden[name]
        return None if value is None else self._codecs.loose(field.spec.type).from_json(value)


def _failure(
    each: binding.Check, row: Mapping[str, Any], change: call.Change
) -> problem.Detail | None:
    try:
        each.run(row)
    except ValueError as error:
        name = _told(each.fields, change.pointers)
        pointer = change.pointers.get(name) if name else None
        return problem.Detail("CHECK_FAILED", str(error), field=name, pointer=pointer)
    return None


def _told(fields: Sequence[str], pointers: Mapping[str, str]) -> str | None:
    """The field a failed check is told by: one that the caller wrote, if there is one."""
    given = (name for name in fields if name in pointers)
    return next(given, fields[0] if fields else None)
