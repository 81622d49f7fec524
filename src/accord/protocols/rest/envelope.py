"""Room: protocols/rest. Plain JSON documents: the envelopes full, status and none.

Documents are joined of bytes: what the database wrote is never decoded.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from accord.contract import contract
from accord.protocols.rest import negotiate, pagination, projection
from accord.query import selection
from accord.query import shape as shapes


class Stamp(msgspec.Struct, frozen=True):
    """What answers to writes tell of themselves; answers to reads carry it in headers."""

    request_id: str
    timestamp: str
    caller: str | None = None
    version: int | str | None = None


class Representation(Protocol):
    """How successes are told in one media type."""

    media: negotiate.Success

    def shape(self, node: projection.Node, chosen: selection.Selection) -> shapes.Obj:
        """The layout of one row."""
        ...

    def item(self, data: bytes, link: str, *, compound: bool, stamp: Stamp | None) -> bytes:
        """A document of one row, or of null."""
        ...

    def page(
        self, data: bytes, shown: pagination.Shown, count: int, applied: bytes, *, compound: bool
    ) -> bytes:
        """A document of a page of rows."""
        ...

    def rows(self, data: bytes, link: str, *, compound: bool, stamp: Stamp | None) -> bytes:
        """A document of a list that has no pages."""
        ...

    def value(self, data: bytes, link: str, stamp: Stamp | None) -> bytes:
        """A document of a value that is no row."""
        ...


def nested(node: projection.Node, chosen: selection.Selection) -> shapes.Obj:
    """Fields, then included relations inside them."""
    inner = dict(node.related)
    entries: list[tuple[str, shapes.Node]] = [(n, shapes.Field(n)) for n in chosen.fields]
    entries += [
        (each.alias, shapes.Rel(each.alias, nested(inner[each.alias], each.selection)))
        for each in chosen.related
    ]
    return shapes.Obj(tuple(entries))


class Full:
    """`{"data", "meta", "error": null, "links"}`."""

    media: negotiate.Success = "application/json"

    def __init__(self, source: contract.Contract) -> None:
        version = msgspec.json.encode(source.version)
        self._meta = b',"meta":{"api_version":' + version

    def shape(self, node: projection.Node, chosen: selection.Selection) -> shapes.Obj:
        return nested(node, chosen)

    def item(self, data: bytes, link: str, *, compound: bool, stamp: Stamp | None) -> bytes:
        return self._wrapped(data, link, stamp)

    def rows(self, data: bytes, link: str, *, compound: bool, stamp: Stamp | None) -> bytes:
        return self._wrapped(data, link, stamp)

    def value(self, data: bytes, link: str, stamp: Stamp | None) -> bytes:
        return self._wrapped(data, link, stamp)

    def _wrapped(self, data: bytes, link: str, stamp: Stamp | None) -> bytes:
        own = b"" if stamp is None else b"," + stamped(stamp)
        end = b'},"error":null,"links":{"self":"%b"}}' % link.encode()
        return b"".join((b'{"data":', data, self._meta, own, end))

    def page(
        self, data: bytes, shown: pagination.Shown, count: int, applied: bytes, *, compound: bool
    ) -> bytes:
        return b"".join(
            (
                b'{"data":',
                data,
                self._meta,
                b',"pagination":',
                shown.pagination,
                b',"count":%d,"filters_applied":' % count,
                applied,
                b'},"error":null,"links":',
                shown.links,
                b"}",
            )
        )


class Status:
    """`{"status": "success", "data", "meta"}`."""

    media: negotiate.Success = "application/json"

    def shape(self, node: projection.Node, chosen: selection.Selection) -> shapes.Obj:
        return nested(node, chosen)

    def item(self, data: bytes, link: str, *, compound: bool, stamp: Stamp | None) -> bytes:
        meta = b"}" if stamp is None else b',"meta":{' + stamped(stamp) + b"}}"
        return b'{"status":"success","data":' + data + meta

    def rows(self, data: bytes, link: str, *, compound: bool, stamp: Stamp | None) -> bytes:
        return self.item(data, link, compound=compound, stamp=stamp)

    def value(self, data: bytes, link: str, stamp: Stamp | None) -> bytes:
        return self.item(data, link, compound=False, stamp=stamp)

    def page(
        self, data: bytes, shown: pagination.Shown, count: int, applied: bytes, *, compound: bool
    ) -> bytes:
        return b"".join(
            (
                b'{"status":"success","data":',
                data,
                b',"meta":{"pagination":',
                shown.pagination,
                b',"count":%d}}' % count,
            )
        )


class Bare:
    """The data alone; pages are told in header fields only."""

    media: negotiate.Success = "application/json"

    def shape(self, node: projection.Node, chosen: selection.Selection) -> shapes.Obj:
        return nested(node, chosen)

    def item(self, data: bytes, link: str, *, compound: bool, stamp: Stamp | None) -> bytes:
        return data

    def rows(self, data: bytes, link: str, *, compound: bool, stamp: Stamp | None) -> bytes:
        return data

    def value(self, data: bytes, link: str, stamp: Stamp | None) -> bytes:
        return data

    def page(
        self, data: bytes, shown: pagination.Shown, count: int, applied: bytes, *, compound: bool
    ) -> bytes:
        return data


def stamped(stamp: Stamp) -> bytes:
    """The members of a stamp, without braces."""
    return b'"request_id":%b,"timestamp":"%b"' % (
        msgspec.json.encode(stamp.request_id),
        stamp.timestamp.encode(),
    )


def of(source: contract.Contract) -> Representation:
    """The envelope the contract's style picks."""
    match source.style.envelope:
        case "status":
            return Status()
        case "none":
            return Bare()
        case _:
            return Full(source)
