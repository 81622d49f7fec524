"""Room: documents/openapi. The schemas of resources: read, written, and wrapped as documents."""

from __future__ import annotations

from collections.abc import Iterable

from accord.contract import contract, resource, types
from accord.documents import json_schema

JSON_API = "application/vnd.api+json"
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

_STRING: json_schema.Schema = {"type": "string"}
_LINKS: json_schema.Schema = {
    "type": "object",
    "description": "Where to go from here.",
    "additionalProperties": {"type": ["string", "object", "null"]},
}
_IDENTIFIER = "ResourceIdentifier"


class Schemas:
    """All named schemas of a contract; `named` grows as documents ask for them."""

    def __init__(self, source: contract.Contract) -> None:
        self.contract = source
        self.types = json_schema.Schemas(source)
        self.named: dict[str, json_schema.Schema] = {**self.types.definitions(), **_common()}
        for each in source.resources:
            self._resource(each)

    def ref(self, name: str) -> json_schema.Schema:
        """A reference to a named schema."""
        return self.types.ref(name)

    # ---------------------------------------------------------------- reading

    def row(self, each: resource.Resource, media: str, *, nullable: bool) -> json_schema.Schema:
        """The document of one row."""
        suffix = "OrNull" if nullable else ""
        if media == JSON_API:
            row = self.ref(f"{each.type_name}Resource")
            found = self._json_api(each, json_schema.nullable_of(row) if nullable else row)
            return self._intern(f"{each.type_name}Document{suffix}", found)
        row = self.ref(each.type_name)
        found = self._envelope(json_schema.nullable_of(row) if nullable else row, paged=False)
        return self._intern(f"{each.type_name}Answer{suffix}", found)

    def rows(self, each: resource.Resource, media: str) -> json_schema.Schema:
        """The document of a list without pages."""
        if media == JSON_API:
            return self.page(each, media)
        items = json_schema.array_of(self.ref(each.type_name))
        return self._intern(f"{each.type_name}Rows", self._envelope(items, paged=False))

    def page(self, each: resource.Resource, media: str) -> json_schema.Schema:
        """The document of a page of rows."""
        if media == JSON_API:
            many = json_schema.array_of(self.ref(f"{each.type_name}Resource"))
            return self._intern(f"{each.type_name}ListDocument", self._json_api(each, many))
        items = json_schema.array_of(self.ref(each.type_name))
        return self._intern(f"{each.type_name}List", self._envelope(items, paged=True))

    def value(self, type_: types.Type, media: str, *, nullable: bool) -> json_schema.Schema:
        """The document of a value that is no row."""
        plain = self.types.of(type_, nullable=nullable)
        if media == JSON_API:
            meta = self.types.record([("result", plain)], required=["result"], closed=False)
            return self.types.record([("meta", meta)], required=["meta"], closed=False)
        return self._envelope(plain, paged=False)

    def _resource(self, each: resource.Resource) -> None:
        readable = [field for field in each.fields if field.read]
        fields = [(field.name, self._read(field)) for field in readable]
        self.named[each.type_name] = self.types.record(
            [*fields, *((rel.name, self._nested(rel)) for rel in each.relations)],
            doc=each.doc,
            closed=False,
        )
        self.named[f"{each.type_name}Resource"] = self._json_api_resource(each, readable)

    def _read(self, field: resource.Field) -> json_schema.Schema:
        found = self.types.of(field.type, nullable=field.nullable, doc=field.doc)
        return {**found, "readOnly": True} if field.write == "never" else found

    def _nested(self, relation: resource.Relation) -> json_schema.Schema:
        target = self.contract.by_name.get(relation.target)
        if target is None:
            return {}
        row = self.ref(target.type_name)
        words = relation.doc or f"Only with include={relation.name}."
        if relation.kind == "to_one":
            return {"anyOf": [row, {"type": "null"}], "description": words}
        return {**json_schema.array_of(row), "description": words}

    def _json_api_resource(
        self, each: resource.Resource, readable: Iterable[resource.Field]
    ) -> json_schema.Schema:
        attributes = [(f.name, self._read(f)) for f in readable if f.name != each.key]
        relationships = [
            (relation.name, self._relationship(relation)) for relation in each.relations
        ]
        members: list[tuple[str, json_schema.Schema]] = [
            ("type", {"const": each.name}),
            ("id", _STRING),
            ("attributes", self.types.record(attributes, closed=False)),
        ]
        if relationships:
            members.append(("relationships", self.types.record(relationships, closed=False)))
        members += [("links", self.ref("Links")), ("meta", {"type": "object"})]
        return self.types.record(members, required=["type", "id"], doc=each.doc, closed=False)

    def _relationship(self, relation: resource.Relation) -> json_schema.Schema:
        one = self.ref(_IDENTIFIER)
        data: json_schema.Schema
        if relation.kind == "to_one":
            data = {"anyOf": [one, {"type": "null"}]}
        else:
            data = json_schema.array_of(one)
        return self.types.record(
            [("data", data), ("links", self.ref("Links"))], doc=relation.doc, closed=False
        )

    def _json_api(self, each: resource.Resource, data: json_schema.Schema) -> json_schema.Schema:
        included = json_schema.array_of(self.ref("IncludedResource"))
        members: list[tuple[str, json_schema.Schema]] = [("data", data)]
        if each.relations:
            members.append(("included", included))
        members += [
            ("links", self.ref("Links")),
            ("meta", {"type": "object"}),
            ("jsonapi", {"type": "object"}),
        ]
        return self.types.record(members, required=["data"], closed=False)

    def _envelope(self, data: json_schema.Schema, *, paged: bool) -> json_schema.Schema:
        style = self.contract.style.envelope
        if style == "none":
            return data
        meta = self.ref("PageMeta" if paged else "Meta")
        if style == "status":
            return self.types.record(
                [("status", {"const": "success"}), ("data", data), ("meta", meta)],
                required=["status", "data"],
                closed=False,
            )
        return self.types.record(
            [
                ("data", data),
                ("meta", meta),
                ("error", {"type": "null"}),
                ("links", self.ref("Links")),
            ],
            required=["data", "meta", "error"],
            closed=False,
        )

    # ---------------------------------------------------------------- writing

    def created(self, each: resource.Resource, media: str) -> json_schema.Schema:
        """What a POST to the collection takes."""
        return self._written(each, "create", media)

    def replaced(self, each: resource.Resource, media: str) -> json_schema.Schema:
        """What a PUT takes: every field that is not given goes back to null or its default."""
        return self._written(each, "replace", media)

    def merged(self, each: resource.Resource, media: str) -> json_schema.Schema:
        """What a PATCH takes: only what is given changes (RFC 7396)."""
        return self._written(each, "update", media)

    def _written(self, each: resource.Resource, mode: str, media: str) -> json_schema.Schema:
        suffix = {"create": "Create", "replace": "Replace", "update": "Patch"}[mode]
        if media == JSON_API:
            return self._intern(
                f"{each.type_name}{suffix}Document", self._written_document(each, mode)
            )
        fields, relations = self._settable(each, mode)
        return self._intern(
            f"{each.type_name}{suffix}",
            self.types.record([*fields, *relations], required=_required(each, mode)),
        )

    def _written_document(self, each: resource.Resource, mode: str) -> json_schema.Schema:
        fields, relations = self._settable(each, mode)
        attributes = [(name, schema) for name, schema in fields if name != each.key]
        linked = {relation.name: relation for relation in each.relations}
        relationships = [
            (name, self._relationship(linked[name]))
            for name, _ in relations
            if name in linked and not linked[name].create
        ]
        # A relationship may stand for its foreign-key field, so no attribute is demanded here.
        by_relation = {relation.field for relation in each.relations if relation.field}
        needed = [n for n in _required(each, mode) if n not in by_relation and n != each.key]
        nested = [(name, schema) for name, schema in relations if linked[name].create]
        members: list[tuple[str, json_schema.Schema]] = [
            ("type", {"const": each.name}),
            ("id", _STRING),
            ("attributes", self.types.record([*attributes, *nested], required=needed)),
        ]
        if relationships:
            members.append(("relationships", self.types.record(relationships)))
        must = ["type"] if mode == "create" else ["type", "id"]
        data = self.types.record(
            members, required=[*must, "attributes"] if needed else must, closed=False
        )
        return self.types.record([("data", data)], required=["data"], closed=False)

    def _settable(
        self, each: resource.Resource, mode: str
    ) -> tuple[list[tuple[str, json_schema.Schema]], list[tuple[str, json_schema.Schema]]]:
        fields = []
        for field in each.fields:
            if field.write == "never" or (field.write == "create" and mode != "create"):
                continue
            schema = self.types.given(field.type, nullable=field.nullable, doc=field.doc)
            if not field.read:
                schema = {**schema, "writeOnly": True}
            fields.append((field.name, schema))
        names = {name for name, _ in fields}
        relations = []
        for relation in each.relations:
            schema = self._linked(each, relation, mode, names)
            if schema:
                relations.append((relation.name, schema))
        return fields, relations

    def _linked(
        self, each: resource.Resource, relation: resource.Relation, mode: str, names: set[str]
    ) -> json_schema.Schema:
        """How a relation is set in plain JSON; empty when it cannot be."""
        target = self.contract.by_name.get(relation.target)
        if target is None:
            return {}
        if relation.create:
            return self._children(each, target) if mode == "create" else {}
        key = self.types.of(next(f.type for f in target.fields if f.name == target.key))
        if relation.kind == "to_one" and (relation.field in names or relation.link):
            return {
                **(json_schema.nullable_of(key) if relation.nullable else key),
                "description": f"The id of one of {relation.target}.",
            }
        if relation.link:
            return {**json_schema.array_of(key), "description": f"Ids of {relation.target}."}
        return {}

    def _children(self, parent: resource.Resource, target: resource.Resource) -> json_schema.Schema:
        back = {rel.field for rel in target.relations if rel.target == parent.name and rel.field}
        fields, relations = self._settable(target, "create")
        hidden = back | {rel.name for rel in target.relations if rel.target == parent.name}
        row = self.types.record(
            [(name, schema) for name, schema in [*fields, *relations] if name not in hidden],
            required=[name for name in _required(target, "create") if name not in hidden],
        )
        name = f"{parent.type_name}{target.type_name}Create"
        return json_schema.array_of(self._intern(name, row))

    def _intern(self, name: str, schema: json_schema.Schema) -> json_schema.Schema:
        self.named.setdefault(name, schema)
        return self.ref(name)


def _required(each: resource.Resource, mode: str) -> list[str]:
    if mode == "update":
        return []
    kinds = ("always", "create") if mode == "create" else ("always",)
    by_relation = {relation.field for relation in each.relations}
    # A required foreign key may come as `user_id` or as `user`: neither can be demanded alone.
    return [
        field.name
        for field in each.fields
        if field.required and field.write in kinds and field.name not in by_relation
    ]


def _common() -> dict[str, json_schema.Schema]:
    integer: json_schema.Schema = {"type": "integer"}
    maybe: json_schema.Schema = {"type": ["string", "null"]}
    cursors: json_schema.Schema = {
        "type": "object",
        "properties": {"before": maybe, "after": maybe},
    }
    pagination: json_schema.Schema = {
        "type": "object",
        "description": "Cursor pages tell cursors and has_more, offset pages their numbers.",
        "properties": {
            "cursors": cursors,
            "has_more": {"type": "boolean"},
            "total": {"type": ["integer", "string", "null"]},
            "limit": integer,
            "offset": integer,
            "current_page": integer,
            "total_pages": integer,
        },
    }
    meta: json_schema.Schema = {"type": "object", "properties": {"api_version": _STRING}}
    identifier: json_schema.Schema = {
        "type": "object",
        "required": ["type", "id"],
        "properties": {"type": _STRING, "id": _STRING},
    }
    return {
        "Links": _LINKS,
        "Meta": meta,
        "PageMeta": {
            "type": "object",
            "properties": {
                "api_version": _STRING,
                "pagination": pagination,
                "count": integer,
                "filters_applied": {"type": "object"},
            },
        },
        _IDENTIFIER: identifier,
        "IncludedResource": {
            "type": "object",
            "required": ["type", "id"],
            "properties": {
                "type": _STRING,
                "id": _STRING,
                "attributes": {"type": "object"},
                "relationships": {"type": "object"},
                "links": {"$ref": "#/components/schemas/Links"},
            },
        },
    }
