"""Room: protocols/rest. Documents as they come in: the body's bytes to names and values."""

from __future__ import annotations

import decimal
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from accord.binding import codec
from accord.contract import resource
from accord.kernel import problem
from accord.protocols.rest import message
from accord.runtime import input as inputs

# Decimals stay exact: a price of 0.10 must not pass through a double.
_DECODE = msgspec.json.Decoder(float_hook=decimal.Decimal).decode
_BYTE = re.compile(r" \(byte (\d+)\)")
_PREFIX = "JSON is malformed: "


class Document(msgspec.Struct, frozen=True):
    """What a body says: names with values, where each stands, and relations it spoke of.

    `root` is the JSON pointer of the values' place, `pointers` those of values elsewhere.
    `faults` are values that were left out because they cannot be read.
    """

    values: Mapping[str, Any]
    root: str = ""
    pointers: Mapping[str, str] = {}
    relations: tuple[str, ...] = ()
    faults: tuple[problem.Detail, ...] = ()


async def read(request: message.Request, limit: int) -> bytes:
    """The whole body; Problem BODY_TOO_LARGE as soon as it is known to be."""
    length = request.headers.get(b"content-length")
    if length is not None and length.isdigit() and int(length) > limit:
        raise _too_large(limit)
    first = await request.receive()
    body: bytes = first.get("body", b"")
    if not first.get("more_body", False):
        _gone(first)
        if len(body) > limit:
            raise _too_large(limit)
        return body
    parts, size = [body], len(body)
    more = True
    while more:
        if size > limit:
            raise _too_large(limit)
        part = await request.receive()
        _gone(part)
        parts.append(part.get("body", b""))
        size += len(parts[-1])
        more = part.get("more_body", False)
    if size > limit:
        raise _too_large(limit)
    return b"".join(parts)


def _gone(part: Mapping[str, Any]) -> None:
    if part["type"] == "http.disconnect":
        raise problem.Problem("CANCELLED", "The client went away before its body was complete.")


def _too_large(limit: int) -> problem.Problem:
    return problem.Problem("BODY_TOO_LARGE", f"The body is larger than {limit} bytes.")


def parse(body: bytes, depth: int) -> Any:
    """The JSON value of a body, numbers with a point as Decimal.

    Of a name given twice in one object the last value holds, as in most readers of JSON.
    Raises Problem MALFORMED_JSON with line and column, or JSON_TOO_DEEP.
    """
    if not body.strip():
        raise problem.Problem("MALFORMED_JSON", "The body is empty; send a JSON document.")
    if body.count(b"{") + body.count(b"[") > depth and _depth(body) > depth:
        raise problem.Problem("JSON_TOO_DEEP", f"The body is nested deeper than {depth} levels.")
    try:
        return _DECODE(body)
    except UnicodeDecodeError as fault:
        raise _malformed("it is not UTF-8", body, fault.start) from None
    except (msgspec.ValidationError, ArithmeticError):
        raise problem.Problem(
            "MALFORMED_JSON", "The body cannot be read: a number in it has too many digits."
        ) from None
    except (msgspec.DecodeError, ValueError) as fault:
        text = str(fault)
        found = _BYTE.search(text)
        what = _BYTE.sub("", text).removeprefix(_PREFIX)
        at = int(found[1]) if found else len(body)
        raise _malformed(what if found else "it ends too early", body, at) from None


def _depth(body: bytes) -> int:
    """How deep brackets are nested outside of strings; text that is no JSON gives a guess."""
    deepest = level = 0
    for mark in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', body, re.DOTALL):
        character = mark[0][:1]
        if character in b"[{":
            level += 1
            deepest = max(deepest, level)
        elif character in b"]}":
            level -= 1
    return deepest


def _malformed(what: str, body: bytes, at: int) -> problem.Problem:
    before = body[:at]
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    return problem.Problem(
        "MALFORMED_JSON", f"The body is not JSON: {what}, at line {line}, column {column}."
    )


def plain(value: Any) -> Document:
    """A plain document: one object whose members are the values."""
    return Document(members(value, ""))


def members(value: Any, pointer: str) -> Mapping[str, Any]:
    """The members of an object; Problem MALFORMED_REQUEST for anything else."""
    if isinstance(value, dict):
        return value
    where = f"At {pointer}, an object" if pointer else "An object"
    raise problem.Problem(
        "MALFORMED_REQUEST",
        f"{where} is expected, not {codec.named(value)}.",
        details=(
            problem.Detail(code="INVALID_TYPE", message="must be an object", pointer=pointer),
        ),
    )


def resource_object(value: Any, spec: resource.Resource, key: str | None) -> Document:
    """A JSON:API document with one resource object: attributes and relationships by name.

    Raises Problem MALFORMED_REQUEST without `data`, CONFLICT for another type or id (JSON:API
    1.1, "Creating Resources", "Updating Resources"); faulty linkage is among the `faults`.
    """
    outer = members(value, "")
    if "data" not in outer:
        raise problem.Problem("MALFORMED_REQUEST", "A JSON:API document has the member data.")
    data = members(outer["data"], "/data")
    _check_type(data, spec)
    values = dict(members(data.get("attributes", {}), "/data/attributes"))
    pointers: dict[str, str] = {}
    given = data.get("id")
    if given is not None and key is not None and str(given) != key:
        raise _conflict("/data/id", f"The document is of {given!r}, the path of {key!r}.")
    if given is not None and key is None:
        values[spec.key], pointers[spec.key] = given, "/data/id"
    relationships = members(data.get("relationships", {}), "/data/relationships")
    reading = _Linkage(spec)
    for name, each in relationships.items():
        at = inputs.pointer("/data/relationships", name)
        before = len(reading.details)
        linked = reading.read(name, each, at)
        if len(reading.details) == before:
            values[name], pointers[name] = linked, f"{at}/data"
    return Document(
        values, "/data/attributes", pointers, tuple(relationships), tuple(reading.details)
    )


def attributes(value: Any) -> Document:
    """A JSON:API document whose attributes are the arguments of an action."""
    data = members(members(value, "").get("data", {}), "/data")
    found = members(data.get("attributes", {}), "/data/attributes")
    return Document(found, "/data/attributes")


def _check_type(data: Mapping[str, Any], spec: resource.Resource) -> None:
    if "type" not in data:
        raise inputs.refused([inputs.missing("type", "/data/type")])
    if data["type"] != spec.name:
        raise _conflict("/data/type", f"The type here is {spec.name!r}.")


def _conflict(pointer: str, text: str) -> problem.Problem:
    detail = problem.Detail(code="NOT_ALLOWED_VALUE", message=text, pointer=pointer)
    return problem.Problem("CONFLICT", text, details=(detail,))


class _Linkage:
    """Reads resource linkage: identifiers to ids, all faults collected."""

    def __init__(self, spec: resource.Resource) -> None:
        self._targets = {relation.name: relation.target for relation in spec.relations}
        self.details: list[problem.Detail] = []

    def read(self, name: str, value: Any, at: str) -> Any:
        """The id or ids of one relationship."""
        if name not in self._targets:
            # An attribute of that name is none of these, so it is not looked for there.
            advice = problem.suggest(name, self._targets)
            self._fault("UNKNOWN_ATTRIBUTE", name, f"{name} is no relationship; {advice}", at)
            return None
        if not isinstance(value, dict) or "data" not in value:
            self._fault("REQUIRED", name, f"{name} needs the member data", at)
            return None
        data, target = value["data"], self._targets.get(name)
        if isinstance(data, list):
            return [
                self._id(each, target, f"{name}.{index}", f"{at}/data/{index}")
                for index, each in enumerate(data)
            ]
        return None if data is None else self._id(data, target, name, f"{at}/data")

    def _id(self, value: Any, target: str | None, name: str, at: str) -> Any:
        if not isinstance(value, dict) or not value.keys() >= {"type", "id"}:
            self._fault("INVALID_TYPE", name, f"{name} must be an object with type and id", at)
            return None
        if target is not None and value["type"] != target:
            self._fault(
                "NOT_ALLOWED_VALUE", name, f"{name} must have the type {target!r}", f"{at}/type"
            )
        return value["id"]

    def _fault(self, code: str, name: str, text: str, at: str) -> None:
        self.details.append(inputs.detail(code, text, name, at))
