"""Room: kernel. Canonical JSON after RFC 8785, and digests of it.

    {"b": [1, None], "a": "é"}  →  {"a":"é","b":[1,null]}

Floats are refused: two systems may print one number in two ways. Integers may be of any size,
which is wider than RFC 8785 (section 3.2.2.3) allows.
"""

from __future__ import annotations

import hashlib
import json
from typing import TypeAlias

Value: TypeAlias = (
    "bool | int | str | list[Value] | tuple[Value, ...] | dict[str, Value] | None"  # recursive
)


def encode(value: object) -> bytes:
    """The canonical bytes of null, booleans, integers, strings, lists and string-keyed dicts.

    TypeError names the place of anything else, ValueError that of a string that is not Unicode.
    """
    text = json.dumps(_normal(value, "$"), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def digest(content: bytes) -> str:
    """The identity of some bytes: `digest(b"")` → `sha256:e3b0c442…`, 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _normal(value: object, place: str) -> Value:
    if value is None or isinstance(value, bool):
        return value
    # Subclasses of int and str, such as the members of an enum, are written as what they hold.
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, list | tuple):
        return [_normal(item, f"{place}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, dict):
        return _object(value, place)
    raise TypeError(f"{place}: canonical JSON has no place for {type(value).__name__}")


def _object(value: dict[object, object], place: str) -> Value:
    members: dict[str, object] = {}
    for key, member in value.items():
        if not isinstance(key, str):
            raise TypeError(f"{place}: key {key!r} is not a string")
        members[_text(key, f"{place}, key")] = member
    # RFC 8785 section 3.2.3: keys are sorted by their UTF-16 code units.
    names = sorted(members, key=lambda name: name.encode("utf-16-be"))
    return {name: _normal(members[name], f"{place}.{name}") for name in names}


def _text(value: str, place: str) -> str:
    text = str.__str__(value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"{place}: {text!r} holds half of a surrogate pair") from None
    return text
