"""Room: documents/openapi. The parameters of operations, by their canonical names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accord.contract import contract, operation, resource
from accord.documents import json_schema
from accord.kernel import settings

_COMPARISONS = {
    "ne": "is not",
    "gt": "is greater than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "in": "is one of",
    "like": "contains, in any case of letters",
    "null": "is null (true) or not (false)",
}
_SHARED = {
    "page[limit]": ("PageLimit", ["page[size]", "limit", "size"]),
    "page[cursor]": ("PageCursor", ["cursor", "page[after]", "page[before]"]),
    "page[number]": ("PageNumber", ["page"]),
    "page[offset]": ("PageOffset", ["offset"]),
    "count": ("PageCount", []),
}


class Parameters:
    """The parameters of one contract; `shared` are those that many operations refer to."""

    def __init__(
        self, source: contract.Contract, types: json_schema.Schemas, limits: settings.Limits
    ) -> None:
        self._contract = source
        self._types = types
        self._limits = limits
        self.shared: dict[str, json_schema.Schema] = {**_headers(), **_pages(limits)}

    def of_item(self, each: resource.Resource) -> list[json_schema.Schema]:
        """What chooses how one row is shown."""
        return self._views(each)

    def of_list(self, each: resource.Resource) -> list[json_schema.Schema]:
        """What chooses a page of rows: filters, params, search, sort, page, view."""
        found = [parameter for known in each.filters for parameter in self._filter(known)]
        found += [self._param(param) for param in each.params]
        if each.search:
            words = f"Rows with this text in {_listed(each.search)}."
            found.append(_query("search", {"type": "string"}, words, example="john"))
        if each.filters:
            words = (
                "A tree of conditions: `and(eq(status,'open'),gt(total,100))` with `and`, `or`, "
                "`not` and the operators of the filters."
            )
            found.append(_query("filter", {"type": "string"}, words))
        found.append(self._sort(each))
        found += self._page(each)
        found += self._keysets(each)
        return found + self._views(each)

    def key(self, each: resource.Resource) -> json_schema.Schema:
        """The id in the path."""
        field = next(field for field in each.fields if field.name == each.key)
        return {
            "name": "id",
            "in": "path",
            "required": True,
            "description": f"The {each.singular}'s id.",
            "schema": self._types.of(field.type),
        }

    def arguments(self, found: Iterable[operation.Argument]) -> list[json_schema.Schema]:
        """The arguments of a query, which travel in the query string."""
        return [
            {
                **_query(each.name, self._types.of(each.type), each.doc),
                "required": each.required,
            }
            for each in found
        ]

    def header(self, *names: str) -> list[json_schema.Schema]:
        """Shared request headers by name, such as `IfMatch`."""
        return [_shared(name) for name in names]

    def _filter(self, known: resource.Filter) -> list[json_schema.Schema]:
        found = []
        place = ".".join(known.path)
        scalar = self._types.of(known.type)
        for operator in known.operators:
            if operator == "eq":
                several: json_schema.Schema = json_schema.array_of(scalar)
                words = f"{place} is this; several of them mean any of them."
                parameter = _query(known.name, several, f"{words} Also `filter[{known.name}]`.")
                parameter |= {"style": "form", "explode": True}
            else:
                name = f"{known.name}_{operator}"
                words = f"{place} {_COMPARISONS[operator]}."
                also = f" Also `filter[{known.name}][{operator}]`."
                parameter = _query(name, self._operand(operator, scalar), words + also)
                if operator == "in":
                    parameter |= {"style": "form", "explode": False}
            found.append(parameter)
        return found

    @staticmethod
    def _operand(operator: str, scalar: json_schema.Schema) -> json_schema.Schema:
        if operator == "in":
            return json_schema.array_of(scalar)
        if operator == "null":
            return {"type": "boolean"}
        return {"type": "string"} if operator == "like" else scalar

    def _param(self, param: resource.Param) -> json_schema.Schema:
        schema: json_schema.Schema = (
            {"type": "string", "enum": list(param.choices)}
            if param.choices
            else self._types.of(param.type)
        )
        return _query(param.name, schema, param.doc or f"The declared condition {param.name}.")

    def _sort(self, each: resource.Resource) -> json_schema.Schema:
        names = list(dict.fromkeys((*each.sorts, each.key)))
        allowed = [sign + name for name in names for sign in ("", "-")]
        words = (
            "Sort keys, the weightiest first; a minus sorts downwards. Also "
            "`sort=created_at:desc` and `sort_by=created_at&order=desc`."
        )
        if each.order:
            default = ",".join(("-" if o.descending else "") + o.field for o in each.order)
            words += f" By default `{default}`."
        parameter = _query("sort", json_schema.array_of({"type": "string", "enum": allowed}), words)
        return {**parameter, "style": "form", "explode": False}

    def _page(self, each: resource.Resource) -> list[json_schema.Schema]:
        narrowed = each.limits.page_size is not None or each.limits.page_max is not None
        limit = _page_limit(
            each.limits.page_size or self._limits.page_size_default,
            each.limits.page_max or self._limits.page_size_max,
        )
        first = limit if narrowed else _shared("PageLimit")
        return [first, *(_shared(name) for name, _ in list(_SHARED.values())[1:])]

    def _keysets(self, each: resource.Resource) -> list[json_schema.Schema]:
        fields = {field.name: field for field in each.fields}
        names = dict.fromkeys((*each.sorts, *(order.field for order in each.order), each.key))
        return [
            _query(
                f"after_{name}",
                self._types.of(fields[name].type),
                f"A page by hand: start after the row with this {name}; give one for each sort key.",
            )
            for name in names
            if name in fields
        ]

    def _views(self, each: resource.Resource) -> list[json_schema.Schema]:
        names = [field.name for field in each.fields if field.read]
        found = [
            _listing("fields", names, "Only these fields."),
        ]
        if each.relations:
            direct = [relation.name for relation in each.relations]
            words = (
                f"Related rows to show: {_listed(direct)}, and theirs joined by dots, to a depth "
                f"of {each.limits.include_depth or self._limits.include_depth}."
            )
            schema: json_schema.Schema = json_schema.array_of({"type": "string"})
            parameter = _query("include", schema, words)
            found.append({**parameter, "style": "form", "explode": False})
        targets = dict.fromkeys((each.name, *(relation.target for relation in each.relations)))
        for target in targets:
            shown = self._contract.by_name.get(target)
            if shown is not None:
                fields = [field.name for field in shown.fields if field.read]
                found.append(_listing(f"fields[{target}]", fields, f"Only these of {target}."))
        return found


def _listing(name: str, allowed: list[str], words: str) -> json_schema.Schema:
    schema: json_schema.Schema = json_schema.array_of({"type": "string", "enum": allowed})
    return {**_query(name, schema, words), "style": "form", "explode": False}


def _query(
    name: str, schema: json_schema.Schema, words: str, example: object = None
) -> json_schema.Schema:
    found: json_schema.Schema = {"name": name, "in": "query", "schema": schema}
    if words:
        found["description"] = words
    if example is not None:
        found["example"] = example
    return found


def _shared(name: str) -> json_schema.Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _page_limit(default: int, most: int) -> json_schema.Schema:
    schema: json_schema.Schema = {
        "type": "integer",
        "minimum": 1,
        "maximum": most,
        "default": default,
    }
    return _query("page[limit]", schema, "Rows of a page." + _also("page[limit]"))


def _also(name: str) -> str:
    aliases = _SHARED[name][1]
    return f" Also {_listed([f'`{alias}`' for alias in aliases])}." if aliases else ""


def _pages(limits: settings.Limits) -> Mapping[str, json_schema.Schema]:
    cursor = "Where the page starts: a cursor of an earlier answer." + _also("page[cursor]")
    number = "The page of this number, from 1." + _also("page[number]")
    offset = "So many rows are passed over." + _also("page[offset]")
    total = "Whether all rows are counted: not, exactly, or up to 10000."
    modes: json_schema.Schema = {"type": "string", "enum": ["none", "exact", "capped"]}
    return {
        "PageLimit": _page_limit(limits.page_size_default, limits.page_size_max),
        "PageCursor": _query("page[cursor]", {"type": "string"}, cursor),
        "PageNumber": _query("page[number]", {"type": "integer", "minimum": 1}, number),
        "PageOffset": _query("page[offset]", {"type": "integer", "minimum": 0}, offset),
        "PageCount": _query("count", modes, total),
    }


def _headers() -> Mapping[str, json_schema.Schema]:
    def header(name: str, words: str, example: str) -> json_schema.Schema:
        return {
            "name": name,
            "in": "header",
            "description": words,
            "schema": {"type": "string"},
            "example": example,
        }

    return {
        "RequestId": header(
            "X-Request-ID", "Comes back with the answer and stands in logs.", "req-42"
        ),
        "IfMatch": header(
            "If-Match", "Change only this version: the ETag of an earlier answer, or `*`.", '"7-f"'
        ),
        "IfNoneMatch": header(
            "If-None-Match", "Answer 304 when the ETag is still this one.", '"7-f"'
        ),
        "Prefer": header(
            "Prefer", "`return=minimal` asks for no body (RFC 7240).", "return=minimal"
        ),
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
