"""Room: documents. The contract's types as JSON Schema 2020-12, shared by all documents.

Type("decimal", scale=2)  →  {"type": "string", "format": "decimal", "examples": ["149.99"]}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from accord.contract import contract, types

Schema: TypeAlias = dict[str, object]

_SCALARS: Mapping[str, Schema] = {
    "id": {"type": "string"},
    "string": {"type": "string"},
    "integer": {"type": "integer", "format": "int32"},
    "bigint": {"type": "integer", "format": "int64"},
    "decimal": {"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d+)?$"},
    "float": {"type": "number", "format": "double"},
    "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "duration": {"type": "string", "format": "duration"},
    "uuid": {"type": "string", "format": "uuid"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
    "json": {},
}
_EXAMPLES: Mapping[str, object] = {
    "integer": 1,
    "bigint": 1,
    "decimal": "149.99",
    "float": 0.5,
    "boolean": True,
    "datetime": "2024-01-15T10:30:00.000000Z",
    "date": "2024-01-15",
    "time": "10:30:00",
    "duration": "PT1H30M",
    "uuid": "0189c3f1-8a3b-7c44-9d2e-0123456789ab",
    "bytes": "YWNjb3Jk",
    "json": {},
}
_COUNTS = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
}
_BOUNDS = {
    "minimum": ("minimum", "at least"),
    "maximum": ("maximum", "at most"),
    "exclusive_minimum": ("exclusiveMinimum", "more than"),
    "exclusive_maximum": ("exclusiveMaximum", "less than"),
}


class Schemas:
    """Schemas of one contract; enums and objects are referred to below `root`."""

    def __init__(self, source: contract.Contract, root: str = "#/components/schemas/") -> None:
        self._contract = source
        self._root = root

    def ref(self, name: str) -> Schema:
        """A reference to a named schema."""
        return {"$ref": self._root + name}

    def of(self, type_: types.Type, *, nullable: bool = False, doc: str = "") -> Schema:
        """The schema of a type as it stands on the wire."""
        found = self._plain(type_)
        if nullable:
            found = nullable_of(found)
        if doc:
            # A description beside $ref is allowed since 2019-09.
            found = {**found, "description": _joined(doc, found.get("description"))}
        return found

    def given(self, type_: types.Type, *, nullable: bool = False, doc: str = "") -> Schema:
        """The schema of a type as callers may give it: decimals also as numbers."""
        found = self.of(type_, nullable=nullable, doc=doc)
        if type_.kind != "decimal":
            return found
        kinds = ["string", "number", "null"] if nullable else ["string", "number"]
        return {**found, "type": kinds}

    def definitions(self) -> dict[str, Schema]:
        """Every enum and object of the contract by name."""
        found: dict[str, Schema] = {}
        for each in self._contract.enums:
            found[each.name] = _enum(each)
        for each_object in self._contract.objects:
            found[each_object.name] = self.record(
                (
                    (field.name, self.of(field.type, nullable=field.nullable, doc=field.doc))
                    for field in each_object.fields
                ),
                required=[field.name for field in each_object.fields if field.required],
                doc=each_object.doc,
            )
        return found

    def record(
        self,
        properties: Iterable[tuple[str, Schema]],
        *,
        required: Iterable[str] = (),
        doc: str = "",
        closed: bool = True,
    ) -> Schema:
        """An object; a closed one refuses members it does not know."""
        found: Schema = {"type": "object", "properties": dict(properties)}
        needed = list(required)
        if needed:
            found["required"] = needed
        if closed:
            found["additionalProperties"] = False
        if doc:
            found["description"] = doc
        return found

    def example(self, type_: types.Type, name: str = "") -> object:
        """A value of the type fit for documentation; bounds and patterns are not minded."""
        match type_.kind:
            case "enum":
                return next(
                    each.values[0].name for each in self._contract.enums if each.name == type_.ref
                )
            case "array":
                return [self.example(type_.items)] if type_.items else []
            case "object":
                return {}
            case "id" | "string":
                return self._text(type_, name)
            case kind:
                return _EXAMPLES[kind]

    @staticmethod
    def _text(type_: types.Type, name: str) -> str:
        if type_.prefix:
            return f"{type_.prefix}_01hm6x9e8q"
        if type_.constraints.format == "email" or name == "email":
            return "ada@example.com"
        return name.replace("_", " ") or "text"

    def _plain(self, type_: types.Type) -> Schema:
        if type_.kind in ("enum", "object") and type_.ref:
            return self.ref(type_.ref)
        if type_.kind == "array":
            items = self.of(type_.items) if type_.items else {}
            return _constrained({"type": "array", "items": items}, type_)
        found = _constrained(dict(_SCALARS[type_.kind]), type_)
        if type_.prefix:
            found["examples"] = [self._text(type_, "")]
        return found


def nullable_of(schema: Schema) -> Schema:
    """The schema with null allowed beside it."""
    kind = schema.get("type")
    if isinstance(kind, str):
        return {**schema, "type": [kind, "null"]}
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


def array_of(items: Schema) -> Schema:
    """A list of such values."""
    return {"type": "array", "items": items}


def _constrained(schema: Schema, type_: types.Type) -> Schema:
    limits = type_.constraints
    words = []
    for name, key in _COUNTS.items():
        value = getattr(limits, name)
        if value is not None:
            schema[key] = value
    if limits.pattern is not None:
        # Our patterns cover the whole text; JSON Schema's search in it.
        schema["pattern"] = f"^(?:{limits.pattern})$"
    if limits.format is not None:
        schema["format"] = limits.format
    for name, (key, phrase) in _BOUNDS.items():
        bound = getattr(limits, name)
        if bound is None:
            continue
        if schema.get("type") in ("integer", "number"):
            schema[key] = _number(bound)
        else:
            # JSON Schema compares numbers only; decimals travel as strings.
            words.append(f"{phrase} {bound}")
    if type_.kind == "decimal" and type_.precision is not None:
        words.append(f"at most {type_.precision} digits, {type_.scale or 0} after the point")
    if words:
        schema["description"] = ", ".join(words).capitalize() + "."
    return schema


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _enum(each: types.EnumType) -> Schema:
    found: Schema = {"type": "string", "enum": [value.name for value in each.values]}
    lines = [f"- `{value.name}`: {value.doc}" for value in each.values if value.doc]
    text = "\n".join([*([each.doc, ""] if each.doc and lines else [each.doc]), *lines]).strip()
    if text:
        found["description"] = text
    return found


def _joined(doc: str, more: object) -> str:
    return f"{doc} {more}" if isinstance(more, str) and more else doc
