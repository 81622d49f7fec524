"""Room: protocols/rest. Answers GET: one row, a page of rows, what a relation leads to."""

from __future__ import annotations

from accord.binding import binding
from accord.protocols.rest import conditions, cursor, kit, message, pagination, views
from accord.runtime import call

CACHE = (b"cache-control", b"private, no-cache")


class Item:
    """One row, or the one a to-one relation leads to."""

    def __init__(
        self, tools: kit.Kit, operation: binding.OperationBinding, shown: views.Views
    ) -> None:
        self.operation = operation
        self._service = tools.service
        self._views = shown

    async def answer(self, request: message.Request) -> message.Response:
        service, caller = self._service, request.caller
        view = self._views.find(request)
        found = view.template
        ready = self._views.ready(found, request, service.variant(caller))
        values = found.values(view.texts)
        if ready.read is None:
            raise TypeError("a view of a read is prepared")
        outcome = await service.read(ready.read, values, caller)
        data = b"null" if outcome.data is None else outcome.data
        tag = views.tag(outcome, ready)
        representation = self._views.representation(request)
        headers = [(b"content-type", representation.media.encode()), CACHE]
        if tag is not None:
            headers.append((b"etag", tag.encode("ascii")))
        modified = views.modified(outcome, ready)
        if modified is not None:
            headers.append((b"last-modified", conditions.http_date(modified)))
        if conditions.is_conditional(request.headers) and conditions.unchanged(
            request.headers, tag, modified
        ):
            return message.Response(304, headers[1:])
        link = found.address(request.link, view.texts)
        body = representation.item(data, link, compound=ready.compound, stamp=None)
        return message.Response(200, headers, body)


class Page:
    """A page of a resource's rows, or of those a to-many relation leads to."""

    def __init__(
        self, tools: kit.Kit, operation: binding.OperationBinding, shown: views.Views
    ) -> None:
        self.operation = operation
        self._kit = tools
        self._service = tools.service
        self._views = shown

    async def answer(self, request: message.Request) -> message.Response:
        service, caller = self._service, request.caller
        view = self._views.find(request)
        found = view.template
        ready = self._views.ready(found, request, service.variant(caller))
        binding_ = ""
        if found.wanted is not None and found.wanted.style == "cursor":
            binding_ = found.binding(self._kit.secret, caller.tenant, view.texts)
            if view.cursor is not None:
                cursor.check(view.cursor, binding_)
        values = found.values(view.texts)
        if ready.read is None:
            raise TypeError("a view of a read is prepared")
        outcome = await service.read(ready.read, values, caller)
        info = outcome.page or call.PageInfo(count=0, more=False)
        shown = self._shown(request, view, values, info, binding_)
        representation = self._views.representation(request)
        body = representation.page(
            outcome.data or b"[]",
            shown,
            info.count,
            found.applied(view.texts),
            compound=ready.compound,
        )
        tag = f'"{conditions.hashed(body)}"'
        headers = [
            (b"content-type", representation.media.encode()),
            CACHE,
            (b"etag", tag.encode("ascii")),
            *shown.headers,
        ]
        if conditions.is_conditional(request.headers) and conditions.unchanged(
            request.headers, tag, None
        ):
            return message.Response(304, headers[1:])
        return message.Response(200, headers, body)

    @staticmethod
    def _shown(
        request: message.Request,
        view: views.View,
        values: list[object],
        info: call.PageInfo,
        binding_: str,
    ) -> pagination.Shown:
        wanted = view.template.wanted
        if wanted is None:
            raise TypeError("a view of pages has a page")
        base = view.template.address(request.link, view.texts)
        if wanted.page.offset is None:
            return pagination.by_cursor(base, wanted.page, info, binding_)
        offset = values[wanted.page.offset]
        if not isinstance(offset, int):
            raise TypeError("an offset is an integer")
        return pagination.by_offset(base, wanted.page, info, offset)
