"""Room: documents/openapi. Assembles the document: paths, tags, security, components."""

from __future__ import annotations

import msgspec

from accord.contract import contract, operation, resource
from accord.documents import json_schema
from accord.documents.openapi import parameters, responses, schemas
from accord.kernel import settings

VERSION = "3.1.1"
_SECURITY = "bearer"


def document(
    source: contract.Contract, limits: settings.Limits | None = None
) -> json_schema.Schema:
    """The OpenAPI document of a contract; `limits` are those the server sets beyond it."""
    return _Writer(source, limits or settings.Limits()).write()


def encode(found: json_schema.Schema) -> bytes:
    """The document as JSON of two spaces' indent; equal contracts give equal bytes."""
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


class _Writer:
    def __init__(self, source: contract.Contract, limits: settings.Limits) -> None:
        self.contract = source
        self.schemas = schemas.Schemas(source)
        self.parameters = parameters.Parameters(source, self.schemas.types, limits)
        self.responses = responses.Responses(source, self.schemas)

    def write(self) -> json_schema.Schema:
        source = self.contract
        paths: dict[str, json_schema.Schema] = {}
        for each in source.operations:
            item = paths.setdefault(path_of(source, each), {})
            item[each.method.lower()] = self._operation(each)
        info: json_schema.Schema = {"title": source.title, "version": source.version}
        if source.description:
            info["description"] = source.description
        return {
            "openapi": VERSION,
            "info": {**info, "x-accord-digest": source.digest},
            "servers": [{"url": "/"}],
            "tags": [
                {"name": each.name, **({"description": each.doc} if each.doc else {})}
                for each in source.resources
            ],
            # Credentials may be left out: what anonymous callers may do is for the rules to say.
            "security": [{_SECURITY: []}, {}],
            "paths": paths,
            "components": self._components(),
        }

    def _components(self) -> json_schema.Schema:
        return {
            "schemas": dict(sorted(self.schemas.named.items())),
            "parameters": self.parameters.shared,
            "responses": dict(sorted(self.responses.shared.items())),
            "headers": self.responses.headers,
            "securitySchemes": {
                _SECURITY: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of this server: `Authorization: Bearer <key>`.",
                }
            },
        }

    def _operation(self, each: operation.Operation) -> json_schema.Schema:
        known = self.contract.by_name[each.resource]
        shown = self._shown(each, known)
        found: json_schema.Schema = {
            "operationId": each.id,
            "tags": [each.resource],
            "summary": _summary(each, known),
        }
        if each.doc:
            found["description"] = each.doc
        access = _access(known, each.permission)
        if access:
            found["x-accord-access"] = access
        found["parameters"] = self._parameters(each, known, shown)
        body = self._body(each, known)
        if body:
            found["requestBody"] = body
        found["responses"] = {
            **self._success(each, known, shown),
            **self.responses.errors(each, known),
        }
        return found

    def _shown(self, each: operation.Operation, known: resource.Resource) -> resource.Resource:
        """The resource whose rows the answer holds."""
        if each.relation is None:
            return self.contract.by_name.get(each.target or "", known)
        relation = next(rel for rel in known.relations if rel.name == each.relation)
        return self.contract.by_name.get(relation.target, known)

    def _parameters(
        self, each: operation.Operation, known: resource.Resource, shown: resource.Resource
    ) -> list[json_schema.Schema]:
        own = self.parameters
        found = [own.key(known)] if each.item else []
        if each.method == "GET":
            found += own.arguments(each.arguments)
        if each.output == "list" and each.kind in ("list", "related"):
            found += own.of_list(shown)
        elif each.output in ("resource", "list"):
            found += own.of_item(shown)
        if each.kind in ("list", "get", "related"):
            return found + own.header("IfNoneMatch", "RequestId")
        if each.method == "GET":
            return found + own.header("RequestId")
        names = ["IfMatch"] if each.item else []
        if each.kind in ("create", "replace", "update"):
            names.append("Prefer")
        return found + own.header(*names, "RequestId")

    def _body(self, each: operation.Operation, known: resource.Resource) -> json_schema.Schema:
        own = self.schemas
        if each.kind == "create":
            content = {
                media: own.created(known, media) for media in (schemas.JSON, schemas.JSON_API)
            }
        elif each.kind == "replace":
            content = {
                media: own.replaced(known, media) for media in (schemas.JSON, schemas.JSON_API)
            }
        elif each.kind == "update":
            media_types = (schemas.JSON, schemas.MERGE_PATCH, schemas.JSON_API)
            content = {media: own.merged(known, media) for media in media_types}
        elif each.method != "GET" and each.arguments:
            arguments = self._arguments(each)
            content = {schemas.JSON: arguments, schemas.JSON_API: self._attributes(arguments)}
        else:
            return {}
        # What has only optional arguments can be called without a body.
        needed = not each.arguments or any(argument.required for argument in each.arguments)
        return {
            "required": needed,
            "content": {media: {"schema": schema} for media, schema in content.items()},
        }

    def _arguments(self, each: operation.Operation) -> json_schema.Schema:
        types = self.schemas.types
        return types.record(
            (
                (found.name, types.given(found.type, nullable=found.nullable, doc=found.doc))
                for found in each.arguments
            ),
            required=[found.name for found in each.arguments if found.required],
        )

    def _attributes(self, arguments: json_schema.Schema) -> json_schema.Schema:
        """Arguments as JSON:API has them: the attributes of an object without a type."""
        types = self.schemas.types
        data = types.record([("type", {"type": "string"}), ("attributes", arguments)], closed=False)
        return types.record([("data", data)], required=["data"], closed=False)

    def _success(
        self, each: operation.Operation, known: resource.Resource, shown: resource.Resource
    ) -> dict[str, json_schema.Schema]:
        own = self.responses
        if each.output == "none":
            return {str(each.success): own.nothing()}
        if each.output == "value":
            return {str(each.success): own.value(each)}
        if each.output == "list":
            paged = each.kind in ("list", "related")
            answer = own.page(shown) if paged else own.rows(shown)
        else:
            nullable = each.kind == "related" or each.output_nullable
            answer = own.row(shown, created=each.kind == "create", nullable=nullable)
        found = {str(each.success): answer}
        if each.kind in ("list", "get", "related"):
            found["304"] = own.not_modified()
        elif each.kind in ("replace", "update"):
            found["204"] = own.nothing("Done; no body was asked for (Prefer: return=minimal).")
        return found


def path_of(source: contract.Contract, each: operation.Operation) -> str:
    """The operation's whole path, such as `/v1/orders/{id}`."""
    base = source.style.base_path.rstrip("/")
    return each.path if each.path.startswith(f"{base}/") else f"{base}/{each.path.lstrip('/')}"


def _summary(each: operation.Operation, known: resource.Resource) -> str:
    if each.doc:
        return each.doc.strip().splitlines()[0].rstrip(".")
    words = {
        "list": f"List {known.name}",
        "get": f"Read one of {known.name}",
        "create": f"Create a row of {known.name}",
        "replace": f"Replace one of {known.name}",
        "update": f"Change one of {known.name}",
        "delete": f"Delete one of {known.name}",
        "related": f"Follow {each.relation} of one of {known.name}",
    }
    return words.get(each.kind, f"{each.name.replace('_', ' ').capitalize()} ({known.name})")


def _access(known: resource.Resource, permission: str) -> list[str]:
    """The rules that speak of the operation, as reviewers read them."""
    found = []
    for rule in known.access:
        if permission in rule.operations:
            text = rule.effect + (f" {rule.condition}" if rule.condition else " everyone")
            found.append(text + (f" ({', '.join(rule.fields)})" if rule.fields else ""))
    return found
