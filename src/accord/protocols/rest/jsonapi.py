"""Room: protocols/rest. JSON:API 1.1 documents as they go out.

The database writes whole resource objects. Only when relations are included are they decoded,
down to the objects' outer members, and moved into `included`, each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from accord.contract import contract, resource
from accord.protocols.rest import envelope, negotiate, pagination, projection
from accord.query import selection
from accord.query import shape as shapes

_STRINGS = frozenset({"id", "string", "uuid", "enum"})


class _Relation(msgspec.Struct):
    links: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    data: list[_Object] | _Object | msgspec.UnsetType | None = msgspec.UNSET


class _Object(msgspec.Struct):
    """A resource object; what does not matter for moving it is left as bytes."""

    type: str
    id: str
    attributes: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    relationships: dict[str, _Relation] = {}
    links: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_ROWS = msgspec.json.Decoder(list[_Object]).decode
_ROW = msgspec.json.Decoder(_Object | None).decode

Key = tuple[str, str]
Flat = dict[str, Any]


class JsonApi:
    """`{"data": {type, id, attributes, relationships, links}, "included", "links", "meta"}`."""

    media: negotiate.Success = negotiate.JSONAPI

    def __init__(self, source: contract.Contract) -> None:
        self._base = source.style.base_path.rstrip("/")
        self._contract = source
        version = msgspec.json.encode(source.version)
        self._meta = b',"meta":{"api_version":' + version
        self._end = b'},"jsonapi":{"version":"1.1"}}'
        self._related = {
            (each.resource, each.relation): each.path.split("{id}")
            for each in source.operations
            if each.kind == "related"
        }

    def shape(self, node: projection.Node, chosen: selection.Selection) -> shapes.Obj:
        spec = self._contract.by_name[node.resource]
        inner = dict(node.related)
        key = shapes.Field(spec.key)
        entries: list[tuple[str, shapes.Node]] = [
            ("type", shapes.Const(spec.name)),
            ("id", key if _is_text(spec) else shapes.Text(("", key))),
        ]
        attributes = [(n, shapes.Field(n)) for n in chosen.fields if n != spec.key]
        if attributes:
            entries.append(("attributes", shapes.Obj(tuple(attributes))))
        included = {each.alias: each for each in chosen.related}
        relationships = [
            (relation.name, found)
            for relation in spec.relations
            if (found := self._relation(spec, relation, node, included, inner)) is not None
        ]
        if relationships:
            entries.append(("relationships", shapes.Obj(tuple(relationships))))
        own = shapes.Text((f"{self._base}/{spec.name}/", key))
        entries.append(("links", shapes.Obj((("self", own),))))
        return shapes.Obj(tuple(entries))

    def _relation(
        self,
        spec: resource.Resource,
        relation: resource.Relation,
        node: projection.Node,
        included: Mapping[str, selection.Related],
        inner: Mapping[str, projection.Node],
    ) -> shapes.Obj | None:
        found = included.get(relation.name)
        wanted = node.links is None or relation.name in node.links
        entries: list[tuple[str, shapes.Node]] = []
        path = self._related.get((spec.name, relation.name))
        if path is not None and (wanted or found is not None):
            before, after = path
            link = shapes.Text((self._base + before, shapes.Field(spec.key), after))
            entries.append(("links", shapes.Obj((("related", link),))))
        if found is not None:
            below = self.shape(inner[relation.name], found.selection)
            entries.append(("data", shapes.Rel(found.alias, below)))
        return shapes.Obj(tuple(entries)) if entries else None

    def item(
        self, data: bytes, link: str, *, compound: bool, stamp: envelope.Stamp | None
    ) -> bytes:
        included = b""
        if compound and data != b"null":
            found = _ROW(data)
            if found is not None:
                data, included = _moved([found], single=True)
        own = b"" if stamp is None else b"," + _stamped(stamp)
        links = b',"links":{"self":"%b"}' % link.encode()
        return b"".join((b'{"data":', data, included, links, self._meta, own, self._end))

    def rows(
        self, data: bytes, link: str, *, compound: bool, stamp: envelope.Stamp | None
    ) -> bytes:
        included = b""
        if compound:
            data, included = _moved(_ROWS(data), single=False)
        own = b"" if stamp is None else b"," + _stamped(stamp)
        links = b',"links":{"self":"%b"}' % link.encode()
        return b"".join((b'{"data":', data, included, links, self._meta, own, self._end))

    def page(
        self, data: bytes, shown: pagination.Shown, count: int, applied: bytes, *, compound: bool
    ) -> bytes:
        included = b""
        if compound:
            data, included = _moved(_ROWS(data), single=False)
        return b"".join(
            (
                b'{"data":',
                data,
                included,
                b',"links":',
                shown.links,
                self._meta,
                b',"pagination":',
                shown.pagination,
                b',"count":%d,"filters_applied":' % count,
                applied,
                self._end,
            )
        )

    def value(self, data: bytes, link: str, stamp: envelope.Stamp | None) -> bytes:
        # A value is no resource, so it cannot stand in data: meta is where it may.
        own = b"" if stamp is None else b"," + _stamped(stamp)
        links = b'"links":{"self":"%b"}' % link.encode()
        return b"".join((b"{", links, self._meta, b',"result":', data, own, self._end))


def _is_text(spec: resource.Resource) -> bool:
    key = next(field for field in spec.fields if field.name == spec.key)
    return key.type.kind in _STRINGS


def _stamped(stamp: envelope.Stamp) -> bytes:
    extra = {
        name: value
        for name, value in (("created_by", stamp.caller), ("version", stamp.version))
        if value is not None
    }
    own = envelope.stamped(stamp)
    return own + b"," + msgspec.json.encode(extra)[1:-1] if extra else own


def _moved(rows: Iterable[_Object], *, single: bool) -> tuple[bytes, bytes]:
    """The bytes of `data` and of the `included` member, related rows moved out of the former."""
    primary: dict[Key, Flat] = {}
    included: dict[Key, Flat] = {}
    flat = []
    for row in rows:
        own = primary.setdefault((row.type, row.id), {})
        flat.append(own)
        # The row may have been met already as a related row of one before it.
        own.update(included.pop((row.type, row.id), {}))
        _merge(own, _flattened(row, primary, included))
    data = msgspec.json.encode(flat[0] if single else flat)
    return data, b',"included":' + msgspec.json.encode(list(included.values()))


def _flattened(row: _Object, primary: dict[Key, Flat], included: dict[Key, Flat]) -> Flat:
    out: Flat = {"type": row.type, "id": row.id}
    if row.attributes is not msgspec.UNSET:
        out["attributes"] = row.attributes
    relationships: dict[str, Flat] = {}
    for name, relation in row.relationships.items():
        entry: Flat = {} if relation.links is msgspec.UNSET else {"links": relation.links}
        data = relation.data
        if isinstance(data, list):
            entry["data"] = [_moved_out(each, primary, included) for each in data]
        elif isinstance(data, _Object):
            entry["data"] = _moved_out(data, primary, included)
        elif data is None:
            entry["data"] = None
        relationships[name] = entry
    if relationships:
        out["relationships"] = relationships
    if row.links is not msgspec.UNSET:
        out["links"] = row.links
    return out


def _moved_out(row: _Object, primary: dict[Key, Flat], included: dict[Key, Flat]) -> Flat:
    """Put a related row where it belongs, once; its identifier stays behind."""
    key = (row.type, row.id)
    found = _flattened(row, primary, included)
    known = primary.get(key)
    if known is None:
        known = included.setdefault(key, {})
    _merge(known, found)
    return {"type": row.type, "id": row.id}


def _merge(known: Flat, found: Flat) -> None:
    """Two views of one row: what either shows of its relationships is kept."""
    before = known.get("relationships")
    if before is None:
        known.update(found)
        return
    for name, entry in found.get("relationships", {}).items():
        before[name] = {**before.get(name, {}), **entry}
