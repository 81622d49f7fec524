"""Room: runtime. Constraints the database refused, as Problems that name the caller's fields."""

from __future__ import annotations

from collections.abc import Mapping

from accord.binding import binding
from accord.kernel import problem
from accord.store import violation

_CODES = {
    "unique": ("UNIQUE_VIOLATION", "DUPLICATE", "This value is taken."),
    "exclusion": ("CONFLICT", "DUPLICATE", "This value conflicts with another row."),
    "foreign_key": ("REFERENCE_NOT_FOUND", "NOT_FOUND_REFERENCE", "There is no such row."),
    "check": ("CHECK_VIOLATION", "CHECK_FAILED", "A rule of the data refuses this value."),
    "not_null": ("NOT_NULL_VIOLATION", "REQUIRED", "A value is required."),
}


def translate(
    refused: violation.Violation,
    resource: binding.ResourceBinding,
    pointers: Mapping[str, str],
) -> problem.Problem:
    """The Problem of a violation; fields are found by constraint, then by columns."""
    if refused.kind == "referenced":
        return problem.Problem(
            "REFERENCED",
            f"Other rows still refer to this row of {resource.spec.name}.",
            cause=refused,
        )
    code, detail, message = _CODES[refused.kind]
    details = [
        problem.Detail(detail, message, field=name, pointer=pointers.get(name))
        for name in fields(refused, resource)
    ]
    return problem.Problem(code, details=details, cause=refused)


def fields(refused: violation.Violation, resource: binding.ResourceBinding) -> tuple[str, ...]:
    """The wire fields a violation speaks of, none when the database does not tell."""
    if refused.constraint and refused.constraint in resource.constraints:
        return resource.constraints[refused.constraint]
    if refused.table not in (None, resource.table.name):
        return ()
    return tuple(
        name
        for name, each in resource.fields.items()
        if each.column is not None and each.column.name in refused.columns
    )
