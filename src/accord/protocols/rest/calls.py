"""Room: protocols/rest. Answers hand-written operations: actions by POST, queries by GET."""

from __future__ import annotations

from typing import Any

from accord.binding import binding, codec
from accord.kernel import problem
from accord.protocols.rest import (
    changes,
    conditions,
    incoming,
    kit,
    message,
    negotiate,
    querystring,
    reads,
    slots,
    views,
)
from accord.runtime import arguments, call

_MEDIA = (negotiate.JSON, negotiate.JSONAPI)


class Invocation:
    """One action or query; `shown` is None when it gives back no rows."""

    def __init__(
        self,
        tools: kit.Kit,
        operation: binding.OperationBinding,
        shown: views.Views,
        key: slots.Read,
        *,
        rows: bool,
    ) -> None:
        self.operation = operation
        self._kit = tools
        self._service = tools.service
        self._views = shown
        self._rows = rows
        self._key = key
        self._readers = arguments.readers(operation, tools.inputs.codecs)
        self._by_query = operation.spec.method == "GET"

    async def answer(self, request: message.Request) -> message.Response:
        spec, service = self.operation.spec, self._service
        variant = service.variant(request.caller)
        service.access.demand(spec.resource, spec.permission, variant)
        made = call.Call(self.operation, request.caller, request.id)
        if request.key is not None:
            made.key = slots.read(request.key, self._key, "id")
        view = self._views.find(request)
        if self._by_query:
            made.arguments = self._from_query(request)
        else:
            own = self._kit.binding.resources[spec.resource].spec
            made.conditions = conditions.of_write(
                request.headers, item=spec.item, required=own.require_conditions
            )
            made.arguments = await self._from_body(request)
        if self._rows:
            made.view = self._views.shown(request, variant, view)
        outcome = await service.write(made)
        return self._response(request, view, variant, outcome)

    def _from_query(self, request: message.Request) -> dict[str, Any]:
        given: dict[str, list[str]] = {}
        for piece in request.query.split("&"):
            spelling, _, text = piece.partition("=")
            name = querystring.plain(spelling)
            if name in self._readers:
                given.setdefault(name, []).append(querystring.plain(text))
        out: dict[str, Any] = {}
        details: list[problem.Detail] = []
        for name, reader in self._readers.items():
            texts = given.get(name)
            if texts is None:
                if reader.spec.required:
                    missing = codec.Invalid("REQUIRED", "is required")
                    details.append(slots.detail(name, missing))
                continue
            try:
                out[name] = reader.from_text(_one(reader.spec.type.kind, texts))
            except codec.Invalid as fault:
                details.append(slots.detail(name, fault, texts[0]))
        if details:
            raise slots.refused(details)
        return out

    async def _from_body(self, request: message.Request) -> dict[str, Any]:
        limits = self._service.settings.limits
        body = await incoming.read(request, limits.body_bytes)
        if not body.strip() and not any(each.spec.required for each in self._readers.values()):
            return {}
        media = negotiate.body_type(
            request.headers.get(b"content-type"), request.headers.get(b"content-encoding"), _MEDIA
        )
        value = incoming.parse(body, limits.json_depth)
        jsonapi = media == negotiate.JSONAPI
        document = incoming.attributes(value) if jsonapi else incoming.plain(value)
        return self._kit.inputs.arguments(self.operation.spec, document.values, root=document.root)

    def _response(
        self,
        request: message.Request,
        view: views.View,
        variant: Any,
        outcome: call.Outcome,
    ) -> message.Response:
        cache = reads.CACHE if self._by_query else changes.NO_STORE
        if outcome.data is None:
            return message.Response(204, [cache])
        representation = self._views.representation(request)
        headers = [(b"content-type", representation.media.encode()), cache]
        stamp = None if self._by_query else changes.stamp(self._kit, request, outcome)
        spec = self.operation.spec
        if not self._rows:
            body = representation.value(outcome.data, request.link, stamp)
            return message.Response(spec.success, headers, body)
        ready = self._views.ready(view.template, request, variant)
        if spec.output == "list":
            body = representation.rows(
                outcome.data, request.link, compound=ready.compound, stamp=stamp
            )
            return message.Response(spec.success, headers, body)
        own = spec.item and spec.target is None
        tag = views.tag(outcome, ready) if own and outcome.version is not None else None
        if tag is not None:
            headers.append((b"etag", tag.encode("ascii")))
        body = representation.item(outcome.data, request.link, compound=ready.compound, stamp=stamp)
        return message.Response(spec.success, headers, body)


def _one(kind: str, texts: list[str]) -> str:
    """The text of an argument; a list may be given by repeating its name."""
    if kind == "array":
        return ",".join(texts)
    if len(texts) > 1:
        raise codec.Invalid("TOO_LONG", "must be given once")
    return texts[0]
