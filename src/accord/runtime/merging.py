"""Room: runtime. JSON merge patches (RFC 7396) of structured columns, applied to stored values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accord.binding import binding, codec
from accord.kernel import problem
from accord.runtime import call
from accord.runtime import input as inputs


def merge_patch(target: Any, patch: Any) -> Any:
    """The target with the patch applied; null removes a member (RFC 7396, section 2).

    >>> merge_patch({"a": {"b": 1, "c": 2}}, {"a": {"b": None}, "d": 3})
    {'a': {'c': 2}, 'd': 3}
    """
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def merged(
    resource: binding.ResourceBinding,
    codecs: codec.Codecs,
    change: call.Change,
    stored: Mapping[str, Any],
) -> dict[str, Any]:
    """The values of patched fields, by field.

    Raises:
        Problem: VALIDATION_ERROR when what a patch leaves is not valid.
    """
    found: dict[str, Any] = {}
    details: list[problem.Detail] = []
    for name, patch in change.merges.items():
        value = merge_patch(stored.get(name), patch)
        try:
            found[name] = codecs.strict(resource.fields[name].spec.type).from_json(value)
        except codec.Invalid as fault:
            at = change.pointers.get(name, inputs.pointer("", name))
            details += inputs.of(fault, name, at, value)
    if details:
        raise inputs.refused(details)
    return found
