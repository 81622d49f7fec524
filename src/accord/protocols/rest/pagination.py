"""Room: protocols/rest. Tells of a page: `pagination`, links and header fields."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from accord.protocols.rest import cursor
from accord.query import selection
from accord.runtime import call

Header = tuple[bytes, bytes]
Links = Sequence[tuple[str, str]]


class Shown(msgspec.Struct, frozen=True):
    """A page as documents tell of it: the JSON of `pagination` and `links`, header fields."""

    pagination: bytes
    links: bytes
    headers: list[Header]


def by_cursor(base: str, page: selection.Page, info: call.PageInfo, binding: str) -> Shown:
    """A page by cursor; `base` is the list's address without page parameters.

    `info.last` is the far end in the page's own direction, where more rows follow;
    `info.first` the near end, from where a page leads back.
    """
    keyset = page.keyset
    backward = keyset is not None and keyset.backward
    onward, back = cursor.FORWARD, cursor.BACKWARD
    if backward:
        onward, back = back, onward
    far = cursor.seal(binding, onward, info.last) if info.more and info.last else None
    near = cursor.seal(binding, back, info.first) if keyset is not None and info.first else None
    before, after = (far, near) if backward else (near, far)
    first = f"{_open(base)}page%5Blimit%5D={page.limit}"
    start = f"{first}&page%5Bcursor%5D="
    links = [("first", first)]
    if before is not None:
        links.append(("prev", start + before))
    if after is not None:
        links.append(("next", start + after))
    pagination = (
        f'{{"cursors":{{"before":{_quoted(before)},"after":{_quoted(after)}}},'
        f'"has_more":{"true" if after else "false"},"total":{_total(info)}}}'
    )
    headers = [(b"link", _link(links)), *_count(info)]
    return Shown(pagination.encode(), _links(links, ("first", "prev", "next")), headers)


def by_offset(base: str, page: selection.Page, info: call.PageInfo, offset: int) -> Shown:
    """A page by offset; without an exact total there is no last page to tell of."""
    limit = page.limit
    total = None if info.capped else info.total
    start = f"{_open(base)}page%5Blimit%5D={limit}&page%5Boffset%5D="
    links = [("first", f"{start}0")]
    if offset > 0:
        links.append(("prev", f"{start}{max(0, offset - limit)}"))
    if info.more:
        links.append(("next", f"{start}{offset + limit}"))
    if total is not None:
        # In steps from this page, so that following next leads to it exactly.
        step = offset % limit
        links.append(("last", f"{start}{max(0, step + (total - 1 - step) // limit * limit)}"))
    pages = "null" if total is None else str(-(-total // limit))
    pagination = (
        f'{{"limit":{limit},"offset":{offset},"total":{_total(info)},'
        f'"current_page":{offset // limit + 1},"total_pages":{pages},'
        f'"has_more":{"true" if info.more else "false"}}}'
    )
    headers = [
        (b"link", _link(links)),
        (b"x-page-limit", b"%d" % limit),
        (b"x-page-offset", b"%d" % offset),
        *_count(info),
    ]
    return Shown(pagination.encode(), _links(links, ("first", "prev", "next", "last")), headers)


def _open(base: str) -> str:
    return f"{base}&" if "?" in base else f"{base}?"


def _quoted(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'


def _total(info: call.PageInfo) -> str:
    if info.total is None:
        return "null"
    return f'"{info.total}+"' if info.capped else str(info.total)


def _count(info: call.PageInfo) -> list[Header]:
    if info.total is None:
        return []
    return [(b"x-total-count", b"%d%s" % (info.total, b"+" if info.capped else b""))]


def _links(links: Links, relations: Sequence[str]) -> bytes:
    found = dict(links)
    body = ",".join(f'"{name}":{_quoted(found.get(name))}' for name in relations)
    return f"{{{body}}}".encode()


def _link(links: Links) -> bytes:
    """The Link header (RFC 8288)."""
    return ", ".join(f'<{target}>; rel="{name}"' for name, target in links).encode()
