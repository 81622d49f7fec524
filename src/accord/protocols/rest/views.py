"""Room: protocols/rest. Finds the template of a request, and makes it ready for its caller."""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Hashable
from datetime import datetime
from typing import Any

import msgspec

from accord.binding import binding
from accord.protocols.rest import (
    builder,
    conditions,
    cursor,
    envelope,
    kit,
    message,
    querystring,
    template,
)
from accord.query import policy
from accord.runtime import call

_marks = itertools.count()


class View(msgspec.Struct):
    """A request's template with the texts of this request."""

    template: template.Template
    texts: list[Any]
    cursor: cursor.Opened | None = None


class Views:
    """The views of one endpoint; `reads` says that they are read, not shown after a write."""

    def __init__(
        self,
        tools: kit.Kit,
        operation: binding.OperationBinding,
        made: builder.Builder,
        *,
        reads: bool,
    ) -> None:
        self._kit = tools
        self._operation = operation
        self._builder = made
        self._reads = reads
        self._mark = next(_marks)
        # The view of a request without a query; its template depends on nothing else.
        self._plain = functools.cache(lambda include: made.build("", include))

    def find(self, request: message.Request, include: str = "") -> View:
        """The view a request asks for; `include` is what it shows unless its query says."""
        texts: list[Any] = [] if request.key is None else [request.key]
        query = request.query
        if not query and not include:
            return View(self._plain(""), texts)
        parsed = querystring.read(query, self._builder.known, texts)
        key: Hashable = (self._mark, include, parsed.key)
        found = self._kit.cache.get(key)
        if found is None:
            found = self._builder.build(query, include)
            self._kit.cache.put(key, found, 512 + 4 * len(query))
        return View(found, texts, parsed.cursor)

    def ready(
        self, found: template.Template, request: message.Request, variant: policy.Variant
    ) -> template.Ready:
        """The template made ready for a variant of callers, in the request's representation."""
        key = (request.media, variant)
        return found.ready.get(key) or found.keep(key, self._make(found, request.media, variant))

    def _make(
        self, found: template.Template, media: str, variant: policy.Variant
    ) -> template.Ready:
        service = self._kit.service
        representation = self._kit.representations[media]

        def readable(name: str) -> frozenset[str]:
            return service.readable(name, variant)

        shown = self._kit.tools.projections.selected(found.node, readable)
        chosen = msgspec.structs.replace(
            found.selection, fields=shown.fields, related=shown.related
        )
        layout = representation.shape(found.node, chosen)
        read = service.prepare(self._operation, chosen, layout, variant) if self._reads else None
        content = msgspec.json.encode((self._kit.binding.contract.digest, media, layout))
        constant = hashlib.blake2b(content, digest_size=4).hexdigest()
        return template.Ready(chosen, layout, read, constant, compound=bool(found.node.related))

    def representation(self, request: message.Request) -> envelope.Representation:
        """How this request is answered."""
        return self._kit.representations[request.media]

    def shown(self, request: message.Request, variant: policy.Variant, view: View) -> call.View:
        """The view to be shown after a write, its key left for the service to fill in."""
        ready = self.ready(view.template, request, variant)
        chosen = msgspec.structs.replace(ready.selection, key=0)
        return call.View(chosen, ready.shape, (None,))


def tag(outcome: call.Outcome, ready: template.Ready) -> str | None:
    """The entity tag of one row's answer."""
    if outcome.data is None:
        return None
    if outcome.flat and outcome.version is not None:
        return conditions.etag(outcome.version, ready.constant)
    body = conditions.hashed(ready.constant.encode() + outcome.data)
    return conditions.etag(outcome.version or "0", body)


def modified(outcome: call.Outcome, ready: template.Ready) -> datetime | None:
    """When one row's answer was last modified, to the second.

    With related rows in it nobody knows: its own row does not change when they do.
    """
    return None if ready.compound else conditions.moment(outcome.modified)
