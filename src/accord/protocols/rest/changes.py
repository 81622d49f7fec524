"""Room: protocols/rest. Answers POST, PUT, PATCH and DELETE of rows."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Sequence

from accord.binding import binding
from accord.kernel import problem, temporal
from accord.protocols.rest import (
    conditions,
    envelope,
    incoming,
    kit,
    message,
    negotiate,
    slots,
    views,
)
from accord.query import policy
from accord.runtime import call
from accord.runtime import input as inputs

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.~@:,-]*")
NO_STORE = (b"cache-control", b"no-store")
MINIMAL = (b"preference-applied", b"return=minimal")

_MODES: dict[str, inputs.Mode] = {"create": "create", "replace": "replace", "update": "update"}
_MEDIA: dict[str, tuple[str, ...]] = {
    "create": (negotiate.JSON, negotiate.JSONAPI),
    "replace": (negotiate.JSON, negotiate.JSONAPI),
    "update": (negotiate.JSON, negotiate.MERGE, negotiate.JSONAPI),
}


class Change:
    """One generated write of one resource."""

    def __init__(
        self,
        tools: kit.Kit,
        operation: binding.OperationBinding,
        shown: views.Views,
        key: slots.Read,
    ) -> None:
        self.operation = operation
        self._kit = tools
        self._service = tools.service
        self._views = shown
        self._key = key
        self._resource = tools.binding.resources[operation.spec.resource].spec
        table = tools.inputs.table(self._resource.name, "create")
        self._names_rows = self._resource.key in table.writable
        # A relation is told of by its own name, not once more as a missing foreign key.
        self._keys = {each.name: each.field for each in self._resource.relations}

    async def answer(self, request: message.Request) -> message.Response:
        spec, service = self.operation.spec, self._service
        variant = service.variant(request.caller)
        # Before the body is judged, so that strangers learn nothing of what it may say.
        service.access.demand(spec.resource, spec.permission, variant)
        made = call.Call(self.operation, request.caller, request.id)
        if request.key is not None:
            made.key = slots.read(request.key, self._key, "id")
        required = self._resource.require_conditions
        made.conditions = conditions.of_write(request.headers, item=spec.item, required=required)
        if spec.kind == "delete":
            self._views.find(request)
            await service.write(made)
            return message.Response(204, [NO_STORE])
        document = await self._document(request)
        made.change = self._change(request, document)
        # A client that links rows sees them in the answer unless it asks for others.
        view = self._views.find(request, ",".join(self._linked(request, document)))
        minimal = wants_minimal(request)
        # A minimal answer has no body, but the ETag of the one it does not show.
        made.view = self._views.shown(request, variant, view)
        outcome = await service.write(made)
        return self._response(request, variant, view, outcome, minimal=minimal)

    def _change(self, request: message.Request, document: incoming.Document) -> call.Change:
        """The change a document asks for; all that is wrong with it is told at once."""
        spec, faults = self.operation.spec, document.faults
        try:
            made = self._kit.inputs.change(
                spec.resource,
                _MODES[spec.kind],
                document.values,
                root=document.root,
                pointers=document.pointers,
                key=request.key,
                # JSON:API replaces attributes whole; elsewhere a PATCH merges into structures.
                merge=spec.kind == "update" and not document.root,
            )
        except problem.Problem as fault:
            if not faults or fault.code != "VALIDATION_ERROR":
                raise
            told = {self._keys.get(each.field or "") for each in faults}
            others = [each for each in fault.details if each.field not in told]
            raise inputs.refused([*faults, *others]) from None
        if faults:
            raise inputs.refused(faults)
        return made

    async def _document(self, request: message.Request) -> incoming.Document:
        limits = self._service.settings.limits
        media = negotiate.body_type(
            request.headers.get(b"content-type"),
            request.headers.get(b"content-encoding"),
            _MEDIA[self.operation.spec.kind],
        )
        body = await incoming.read(request, limits.body_bytes)
        value = incoming.parse(body, limits.json_depth)
        if media != negotiate.JSONAPI:
            return incoming.plain(value)
        document = incoming.resource_object(value, self._resource, request.key)
        if self._resource.key in document.pointers and not self._names_rows:
            raise _named(document.pointers[self._resource.key])
        return document

    def _linked(self, request: message.Request, document: incoming.Document) -> Sequence[str]:
        """The relations a document speaks of; in plain answers only those of linkage."""
        if self._service.settings.limits.include_depth == 0:
            return ()
        compound = request.media == negotiate.JSONAPI
        named = document.values if compound else document.relations
        known = {relation.name for relation in self._resource.relations}
        return sorted(known.intersection(named))

    def _response(
        self,
        request: message.Request,
        variant: policy.Variant,
        view: views.View,
        outcome: call.Outcome,
        *,
        minimal: bool,
    ) -> message.Response:
        headers = [NO_STORE]
        status = 201 if outcome.created else 200
        own = request.link
        if outcome.created and outcome.key is not None:
            own = self._address(outcome.key)
            headers.append((b"location", own.encode("ascii")))
        ready = self._views.ready(view.template, request, variant)
        tag = views.tag(outcome, ready)
        if tag is not None:
            headers.append((b"etag", tag.encode("ascii")))
        modified = views.modified(outcome, ready)
        if modified is not None:
            headers.append((b"last-modified", conditions.http_date(modified)))
        if minimal or outcome.data is None:
            # Also when the caller may write a row but not read it: there is nothing to show.
            applied = [MINIMAL] if minimal else []
            return message.Response(201 if outcome.created else 204, [*headers, *applied])
        representation = self._views.representation(request)
        headers.append((b"content-type", representation.media.encode()))
        made = stamp(self._kit, request, outcome)
        body = representation.item(outcome.data, own, compound=ready.compound, stamp=made)
        return message.Response(status, headers, body)

    def _address(self, key: str) -> str:
        plain = _PLAIN_KEY.fullmatch(key)
        escaped = key if plain else urllib.parse.quote(key, safe="~@:,")
        return f"{self._kit.base}/{self._resource.name}/{escaped}"


def _named(pointer: str) -> problem.Problem:
    """JSON:API 1.1, "Client-Generated IDs": where they are not supported, 403."""
    text = "The server chooses the id of a new row."
    detail = problem.Detail(code="READ_ONLY", message=text, field="id", pointer=pointer)
    return problem.Problem("FIELD_FORBIDDEN", text, details=(detail,))


def wants_minimal(request: message.Request) -> bool:
    """Whether the client prefers an answer without the row (RFC 7240, section 4.2)."""
    prefer = request.headers.get(b"prefer")
    if prefer is None:
        return False
    wishes = {word.split(";")[0].strip().lower() for word in prefer.decode("latin-1").split(",")}
    return "return=minimal" in {wish.replace(" ", "").replace('"', "") for wish in wishes}


def stamp(tools: kit.Kit, request: message.Request, outcome: call.Outcome) -> envelope.Stamp:
    """What an answer to a write tells of itself."""
    return envelope.Stamp(
        request_id=request.id,
        timestamp=temporal.format_timestamp(tools.service.clock.now()),
        caller=request.caller.id if outcome.created else None,
        version=_number(outcome.version),
    )


def _number(version: str | None) -> int | str | None:
    """A version as the row has it: most count."""
    return int(version) if version and version.isascii() and version.isdigit() else version
