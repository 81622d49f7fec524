"""Room: runtime. Flags of a write's statement to the Problem that refuses it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from accord.binding import binding
from accord.kernel import problem
from accord.runtime import call, prepared


def judge(
    made: call.Call,
    resource: binding.ResourceBinding,
    flags: Sequence[str],
    facts: dict[str, Any],
) -> None:
    """Refuse a write by the flags its statement brought, in the order of RFC 9110.

    Raises:
        Problem: NOT_FOUND, GONE, FORBIDDEN, PRECONDITION_FAILED or REFERENCE_NOT_FOUND.
    """
    name = resource.spec.name
    if "accord_found" in flags and not facts.get("accord_found"):
        if facts.get("exists"):
            raise problem.Problem("FORBIDDEN", f"You may not read this row of {name}.")
        raise problem.Problem("NOT_FOUND", f"There is no such row in {name}.")
    if facts.get("accord_deleted"):
        raise problem.Problem("GONE", f"This row of {name} was deleted.")
    permission = made.operation.spec.permission
    if "accord_old" in flags and not facts.get("accord_old"):
        raise problem.Problem("FORBIDDEN", f"You may not {permission} this row of {name}.")
    if "accord_match" in flags and not _matches(made, facts):
        raise problem.Problem("PRECONDITION_FAILED", f"This row of {name} has changed since.")
    for flag in flags:
        if flag.startswith("accord_ref_") and not facts.get(flag):
            raise _missing(made, resource, flag.removeprefix("accord_ref_"))
    if "accord_new" in flags and not facts.get("accord_new"):
        raise problem.Problem(
            "FORBIDDEN", f"You may not {permission} a row of {name} with these values."
        )


def _matches(made: call.Call, facts: dict[str, Any]) -> bool:
    if "state" in facts:
        text = prepared.as_bytes(facts["state"]) or b""
        version = hashlib.blake2b(text, digest_size=8).hexdigest()
        return version in (made.conditions.match or ())
    return bool(facts.get("accord_match"))


def _missing(made: call.Call, resource: binding.ResourceBinding, relation: str) -> problem.Problem:
    spec = resource.relations[relation].spec
    pointers = made.change.pointers if made.change else {}
    name = spec.field or relation
    pointer = pointers.get(name, pointers.get(relation))
    detail = problem.Detail(
        "NOT_FOUND_REFERENCE", "There is no such row.", field=name, pointer=pointer
    )
    return problem.Problem("REFERENCE_NOT_FOUND", details=[detail])
