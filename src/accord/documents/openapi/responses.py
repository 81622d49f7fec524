"""Room: documents/openapi. The answers of operations: documents on success, errors by code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accord.contract import contract, operation, resource
from accord.documents import json_schema
from accord.documents.openapi import schemas
from accord.kernel import errors

PROBLEM = "application/problem+json"

_PARAMETERS = (
    "UNKNOWN_PARAMETER",
    "INVALID_PARAMETER",
    "CONFLICTING_PARAMETERS",
    "TOO_MANY_PARAMETERS",
    "UNKNOWN_FIELD",
    "UNKNOWN_INCLUDE",
    "INCLUDE_TOO_DEEP",
)
_LIST = (
    "UNKNOWN_FILTER",
    "UNKNOWN_SORT",
    "INVALID_CURSOR",
    "PAGE_TOO_LARGE",
    "FILTER_TOO_COMPLEX",
)
_ALWAYS = (
    "UNAUTHENTICATED",
    "INVALID_CREDENTIALS",
    "FORBIDDEN",
    "FIELD_FORBIDDEN",
    "NOT_ACCEPTABLE",
    "INTERNAL",
    "UNAVAILABLE",
    "DATABASE_BUSY",
    "TIMEOUT",
    "DEADLINE_EXCEEDED",
)
_BODY = (
    "MALFORMED_JSON",
    "MALFORMED_REQUEST",
    "JSON_TOO_DEEP",
    "BODY_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "VALIDATION_ERROR",
)
_CHANGE = (
    "CONFLICT",
    "UNIQUE_VIOLATION",
    "REFERENCED",
    "REFERENCE_NOT_FOUND",
    "CHECK_VIOLATION",
    "NOT_NULL_VIOLATION",
)
_REQUEST_ID = "RequestId"
_SHARED_HEADERS: Mapping[str, tuple[str, str]] = {
    _REQUEST_ID: ("X-Request-ID", "The id of this request, as sent or made here."),
    "ETag": ("ETag", "The version of what is shown, for If-Match and If-None-Match."),
    "LastModified": ("Last-Modified", "When the row last changed."),
    "Location": ("Location", "Where the new row is."),
    "Link": ("Link", "The links of the page (RFC 8288)."),
    "TotalCount": ("X-Total-Count", "All rows there are, on offset pages."),
    "PageLimit": ("X-Page-Limit", "Rows of a page, on offset pages."),
    "PageOffset": ("X-Page-Offset", "Rows passed over, on offset pages."),
    "RetryAfter": ("Retry-After", "Seconds to wait before trying again."),
    "Challenge": ("WWW-Authenticate", "The schemes this server understands."),
}


class Responses:
    """The answers of one contract; `shared` and `headers` are what many operations refer to."""

    def __init__(self, source: contract.Contract, known: schemas.Schemas) -> None:
        self._contract = source
        self._schemas = known
        self._codes = dict(source.style.codes)
        self._own = {each.code: each for each in source.errors}
        self.shared: dict[str, json_schema.Schema] = {}
        self._names: dict[tuple[int, tuple[str, ...]], str] = {}
        self.headers: dict[str, json_schema.Schema] = {
            key: {"description": words, "schema": {"type": "string"}}
            for key, (_, words) in _SHARED_HEADERS.items()
        }
        known.named.update(_error_schemas(source.style.envelope))

    # ---------------------------------------------------------------- success

    def row(
        self, each: resource.Resource, *, created: bool = False, nullable: bool = False
    ) -> json_schema.Schema:
        """One row in both representations; a nullable one may be null in its place."""
        headers = [_REQUEST_ID, "ETag", *(["LastModified"] if each.modified else [])]
        if created:
            headers.append("Location")
        return self._answer(
            f"The {each.singular}, or null." if nullable else f"The {each.singular}.",
            {media: self._schemas.row(each, media, nullable=nullable) for media in self._media()},
            headers,
        )

    def rows(self, each: resource.Resource) -> json_schema.Schema:
        """A list of rows without pages in both representations."""
        return self._answer(
            f"Some of {each.name}.",
            {media: self._schemas.rows(each, media) for media in self._media()},
            [_REQUEST_ID],
        )

    def page(self, each: resource.Resource) -> json_schema.Schema:
        """A page of rows in both representations."""
        return self._answer(
            f"A page of {each.name}.",
            {media: self._schemas.page(each, media) for media in self._media()},
            [_REQUEST_ID, "ETag", "Link", "TotalCount", "PageLimit", "PageOffset"],
        )

    def value(self, each: operation.Operation) -> json_schema.Schema:
        """What an action or query returns that is no row."""
        if each.output_type is None:
            return self.nothing()
        found = {
            media: self._schemas.value(each.output_type, media, nullable=each.output_nullable)
            for media in self._media()
        }
        return self._answer("The result.", found, [_REQUEST_ID])

    def nothing(self, words: str = "Done; there is nothing to show.") -> json_schema.Schema:
        """An answer without a body."""
        return self._answer(words, {}, [_REQUEST_ID])

    def not_modified(self) -> json_schema.Schema:
        """The answer to a fulfilled If-None-Match."""
        return self._answer("What you have is still right.", {}, [_REQUEST_ID, "ETag"])

    def _media(self) -> tuple[str, ...]:
        both = (schemas.JSON, schemas.JSON_API)
        return both if self._contract.style.representation == schemas.JSON else both[::-1]

    def _answer(
        self, words: str, content: Mapping[str, json_schema.Schema], headers: Iterable[str]
    ) -> json_schema.Schema:
        found: json_schema.Schema = {"description": words, "headers": _header_refs(headers)}
        if content:
            found["content"] = {media: {"schema": schema} for media, schema in content.items()}
        return found

    # ---------------------------------------------------------------- errors

    def errors(
        self, each: operation.Operation, known: resource.Resource
    ) -> dict[str, json_schema.Schema]:
        """References to the error answers of an operation, by status."""
        by_status: dict[int, list[str]] = {}
        for code in dict.fromkeys((*_codes(each, known), *each.errors)):
            status = self._status(code)
            if status is not None:
                by_status.setdefault(status, []).append(code)
        return {
            str(status): {"$ref": f"#/components/responses/{self._error(status, tuple(codes))}"}
            for status, codes in sorted(by_status.items())
        }

    def _status(self, code: str) -> int | None:
        own = self._own.get(code)
        if own is not None:
            return own.status
        row = errors.ERRORS.get(code)
        return row.status if row is not None else None

    def _error(self, status: int, codes: tuple[str, ...]) -> str:
        """The name of the answer with just these codes, made when it is new."""
        key = (status, codes)
        if key in self._names:
            return self._names[key]
        same = sum(1 for known, _ in self._names if known == status)
        name = f"Error{status}" if not same else f"Error{status}_{same + 1}"
        self._names[key] = name
        headers = [_REQUEST_ID]
        if status == 401:
            headers.append("Challenge")
        if status in (429, 503):
            headers.append("RetryAfter")
        lines = [f"- `{self._codes.get(code, code)}` {self._title(code)}." for code in codes]
        self.shared[name] = {
            "description": "\n".join(lines),
            "headers": _header_refs(headers),
            "content": {
                schemas.JSON: {
                    "schema": self._schemas.ref("Error"),
                    "examples": {code: {"value": self._plain(code)} for code in codes},
                },
                schemas.JSON_API: {
                    "schema": self._schemas.ref("ErrorDocument"),
                    "examples": {code: {"value": self._json_api(code)} for code in codes},
                },
                PROBLEM: {
                    "schema": self._schemas.ref("ProblemDetails"),
                    "examples": {code: {"value": self._problem(code)} for code in codes},
                },
            },
        }
        return name

    def _title(self, code: str) -> str:
        own = self._own.get(code)
        return own.title if own is not None else errors.ERRORS[code].title

    def _plain(self, code: str) -> json_schema.Schema:
        error: json_schema.Schema = {
            "code": self._codes.get(code, code),
            "message": self._title(code),
            "details": [],
        }
        if self._contract.style.envelope == "status":
            return {"status": "error", "error": error, "request_id": "req-42"}
        return {
            "error": {**error, "request_id": "req-42"},
            "meta": {"timestamp": "2024-01-15T10:30:00.000000Z"},
        }

    def _json_api(self, code: str) -> json_schema.Schema:
        status = str(self._status(code))
        error = {
            "status": status,
            "code": self._codes.get(code, code),
            "title": self._title(code),
            "detail": self._title(code),
        }
        return {"errors": [error]}

    def _problem(self, code: str) -> json_schema.Schema:
        return {
            "type": "about:blank",
            "title": self._title(code),
            "status": self._status(code),
            "detail": self._title(code),
            "code": self._codes.get(code, code),
        }


def header_names() -> Mapping[str, str]:
    """The HTTP names of the shared headers by their component's name."""
    return {key: name for key, (name, _) in _SHARED_HEADERS.items()}


def _header_refs(names: Iterable[str]) -> json_schema.Schema:
    return {_SHARED_HEADERS[name][0]: {"$ref": f"#/components/headers/{name}"} for name in names}


def _codes(each: operation.Operation, known: resource.Resource) -> list[str]:
    codes: list[str] = []
    writes = each.kind not in ("list", "get", "related", "query")
    shows = each.output in ("resource", "list")
    if shows or each.arguments:
        codes += _PARAMETERS if shows else _PARAMETERS[:4]
    if each.kind in ("list", "related") and each.output == "list":
        codes += _LIST
    codes += _ALWAYS
    if each.item:
        codes.append("NOT_FOUND")
        if known.deleted:
            codes.append("GONE")
    if each.kind in ("create", "replace", "update") or (writes and each.arguments):
        codes += _BODY
    if writes:
        codes += _CHANGE
    if each.item and writes:
        codes.append("PRECONDITION_FAILED")
        if known.require_conditions:
            codes.append("PRECONDITION_REQUIRED")
    return codes


def _error_schemas(envelope: contract.Envelope) -> dict[str, json_schema.Schema]:
    text: json_schema.Schema = {"type": "string"}
    detail: json_schema.Schema = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "field": text,
            "pointer": {**text, "description": "A JSON pointer into the body (RFC 6901)."},
            "parameter": text,
            "header": text,
            "code": {**text, "enum": sorted(errors.DETAILS)},
            "message": text,
            "value": {"description": "What was sent."},
        },
    }
    error: json_schema.Schema = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": text,
            "message": text,
            "hint": text,
            "details": {"type": "array", "items": {"$ref": "#/components/schemas/ErrorDetail"}},
            "documentation_url": text,
            "trace_id": text,
            "request_id": text,
        },
    }
    required = ["status", "error"] if envelope == "status" else ["error"]
    wrapped: json_schema.Schema = {
        "type": "object",
        "required": required,
        "properties": {
            **({"status": {"const": "error"}} if envelope == "status" else {}),
            "error": error,
            **({"request_id": text} if envelope == "status" else {}),
            "meta": {"type": "object"},
        },
    }
    return {"ErrorDetail": detail, "Error": wrapped, **_other_errors(text)}


def _other_errors(text: json_schema.Schema) -> dict[str, json_schema.Schema]:
    source: json_schema.Schema = {
        "type": "object",
        "properties": {"pointer": text, "parameter": text, "header": text},
    }
    one: json_schema.Schema = {
        "type": "object",
        "properties": {
            "status": text,
            "code": text,
            "title": text,
            "detail": text,
            "source": source,
            "meta": {"type": "object"},
        },
    }
    return {
        "ErrorDocument": {
            "type": "object",
            "required": ["errors"],
            "properties": {"errors": {"type": "array", "minItems": 1, "items": one}},
        },
        "ProblemDetails": {
            "type": "object",
            "required": ["title", "status"],
            "properties": {
                "type": {**text, "format": "uri-reference"},
                "title": text,
                "status": {"type": "integer"},
                "detail": text,
                "instance": text,
                "code": text,
            },
        },
    }
