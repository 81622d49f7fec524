"""Room: runtime. Flags of a write's statement to the Problem that refuses it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accord.binding import binding
from accord.kernel import problem
from accord.query import flags as names
from accord.runtime import call, prepared


def judge(
    made: call.Call,
    resource: binding.ResourceBinding,
    flags: Sequence[str],
    facts: Mapping[str, Any],
) -> None:
    """Refuse a write by the flags its statement brought, in the order of RFC 9110.

    Raises:
        Problem: NOT_FOUND, GONE, FORBIDDEN, PRECONDITION_FAILED or REFERENCE_NOT_FOUND.
    """
    name = resource.spec.name
    if names.FOUND in flags and not facts.get(names.FOUND):
        if facts.get(names.EXISTS):
            raise problem.Problem("FORBIDDEN", f"You may not read this row of {name}.")
        raise problem.Problem("NOT_FOUND", f"There is no such row in {name}.")
    if facts.get(names.DELETED):
        raise problem.Problem("GONE", f"This row of {name} was deleted.")
    permission = made.operation.spec.permission
    if names.OLD in flags and not facts.get(names.OLD):
        raise problem.Problem("FORBIDDEN", f"You may not {permission} this row of {name}.")
    if made.conditions.none_match is not None and names.FOUND in flags:
        _refuse_match(made, resource)
    if names.MATCH in flags and not _matches(made, facts):
        raise problem.Problem("PRECONDITION_FAILED", f"This row of {name} has changed since.")
    missing = [each for each in flags if _refers(each) and not facts.get(each)]
    if missing:
        raise _missing(made, resource, missing)
    if names.NEW in flags and not facts.get(names.NEW):
        raise problem.Problem(
            "FORBIDDEN", f"You may not {permission} a row of {name} with these values."
        )


def _refuse_match(made: call.Call, resource: binding.ResourceBinding) -> None:
    """`If-None-Match: *` asks that there is no row; other tags are for reads."""
    if made.conditions.none_match == ("*",):
        raise problem.Problem(
            "PRECONDITION_FAILED", f"There is such a row in {resource.spec.name}."
        )


def _matches(made: call.Call, facts: Mapping[str, Any]) -> bool:
    if "state" in facts:
        text = prepared.as_bytes(facts["state"]) or b""
        version = hashlib.blake2b(text, digest_size=8).hexdigest()
        return version in (made.conditions.match or ())
    return bool(facts.get(names.MATCH))


def _refers(flag: str) -> bool:
    return flag.startswith((names.REFERENCE, names.PROBE))


def _missing(
    made: call.Call, resource: binding.ResourceBinding, flags: Iterable[str]
) -> problem.Problem:
    pointers = made.change.pointers if made.change else {}
    details = []
    for flag in flags:
        name = _field(resource, flag)
        pointer = pointers.get(name) if name else None
        details.append(
            problem.Detail(
                "NOT_FOUND_REFERENCE", "There is no such row.", field=name, pointer=pointer
            )
        )
    return problem.Problem("REFERENCE_NOT_FOUND", details=details)


def _field(resource: binding.ResourceBinding, flag: str) -> str | None:
    """The wire field a reference stands in, None for a hidden one."""
    if flag.startswith(names.REFERENCE):
        relation = flag.removeprefix(names.REFERENCE)
        return resource.relations[relation].spec.field or relation
    column = flag.removeprefix(names.PROBE)
    for name, each in resource.fields.items():
        if each.column is not None and each.column.name == column:
            return name
    return None
