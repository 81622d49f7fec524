"""Room: serve. The ASGI application: an API's protocols, its health, its documentation, its life."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import msgspec
from starlette import responses, types

from accord.binding import binding, faithful
from accord.documents.openapi import document
from accord.kernel import clock, observations, problem, settings
from accord.protocols.rest import app as rest
from accord.runtime import authentication, service
from accord.serve import access_log, dev_keys, docs_page, error_pages, secret, tables
from accord.store import factory, port

# How long one Python thread may keep the interpreter from another: with the default of 5 ms a
# read on the event loop waits for every thread of the database drivers.
_SWITCH_INTERVAL = 0.0002
_CHECK_SECONDS = 2.0
_OPENAPI = "/openapi.json"
_ALLOW = {"Allow": "GET, HEAD, OPTIONS"}
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Parts(msgspec.Struct, frozen=True):
    """What an app is made of beyond its binding; what is None is made from the settings.

    `dev_callers` are the ids that keys of development stand for, by role.
    """

    observe: observations.Observer | None = None
    database: port.Database | None = None
    authenticator: authentication.Authenticator | None = None
    timer: clock.Clock | None = None
    dev_callers: Mapping[str, str] = {}
    worker: int = 0


class App:
    """One API as an ASGI application.

    Its server starts it by lifespan; without a server it is an asynchronous context manager:

        async with accord.asgi(api) as app: …

    While it drains, requests that run are finished and new ones are refused with UNAVAILABLE.
    """

    def __init__(
        self, bound: binding.Binding, configured: settings.Settings, parts: Parts | None = None
    ) -> None:
        """Assemble the app; no file and no socket is opened before `start`.

        Raises:
            SettingsError: the settings do not fit together, or the database cannot be served.
            DeclarationError: the database cannot hold what the models declare.
        """
        parts = parts or Parts()
        self.binding = _prefixed(bound, configured.server.root_path)
        self.settings = configured
        self.log = None if parts.observe else access_log.of(configured)
        self.observe: observations.Observer = parts.observe or observations.Observers(
            [self.log] if self.log else []
        )
        self.database = parts.database or factory.open_database(configured.database, self.observe)
        faults = faithful.unfaithful(bound, self.database.dialect)
        if faults:
            raise problem.SettingsError(faults)
        timer = parts.timer or clock.SystemClock()
        self.service = service.Service(self.binding, self.database, configured, timer, self.observe)
        self.dev_keys = self._development(parts)
        self.rest = rest.Rest(
            self.service,
            parts.authenticator or self._authenticator(),
            secret=secret.of(configured),
            docs=self._errors_path() if configured.docs.enabled else "",
        )
        self._worker = parts.worker
        self._document: responses.Response | None = None
        self._routes = self._own_routes()
        self._running = 0
        self._idle = asyncio.Event()
        self._state: str = "new"

    # ---------------------------------------------------------------- requests

    async def __call__(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        kind = scope["type"]
        if kind == "http":
            own = self._routes.get(scope["path"])
            if own is not None:
                await self._own(own, scope, receive, send)
            elif self._state == "running":
                self._running += 1
                try:
                    await self.rest(scope, receive, send)
                finally:
                    self._running -= 1
                    if not self._running:
                        self._idle.set()
            else:
                await self._refuse(scope, receive, send)
        elif kind == "lifespan":
            await self._lifespan(receive, send)
        else:
            # A WebSocket that is closed before it is accepted gets 403 from its server.
            await send({"type": "websocket.close", "code": 1000})

    async def _own(
        self,
        route: types.ASGIApp,
        scope: types.Scope,
        receive: types.Receive,
        send: types.Send,
    ) -> None:
        if scope["method"] == "OPTIONS":
            await responses.Response(status_code=204, headers=_ALLOW)(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            fault = problem.Problem(
                "METHOD_NOT_ALLOWED", "Only GET and HEAD are allowed here.", headers=_ALLOW
            )
            await self.rest.refuse(scope, receive, send, fault)
        else:
            await route(scope, receive, send)

    async def _refuse(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        words = {
            "new": "The server has not started; its lifespan was not run.",
            "starting": "The server is starting.",
            "draining": "The server is stopping.",
            "stopped": "The server has stopped.",
        }
        # Connection is a header of HTTP/1 alone (RFC 9113, section 8.2.2).
        close = {} if scope.get("http_version", "1.1").startswith("2") else {"Connection": "close"}
        fault = problem.Problem(
            "UNAVAILABLE", words[self._state], headers={"Retry-After": "1", **close}
        )
        await self.rest.refuse(scope, receive, send, fault)

    # ---------------------------------------------------------------- life

    async def start(self) -> None:
        """Open the database and see to its tables.

        Raises:
            SettingsError: the database cannot be used, or tables are missing.
            Problem: UNAVAILABLE when it is away.
        """
        started = time.perf_counter()
        self._state = "starting"
        sys.setswitchinterval(_SWITCH_INTERVAL)
        await self.database.start()
        try:
            await tables.check(self.database, self.binding, self.settings)
        except BaseException:
            await self.database.stop()
            raise
        self._state = "running"
        server = self.settings.server
        self.observe(
            observations.ServerStarted(
                url=f"http://{server.host}:{server.port}{server.root_path}",
                mode=self.settings.mode,
                dialect=self.database.dialect,
                worker=self._worker,
                startup_ms=(time.perf_counter() - started) * 1000,
            )
        )

    async def drain(self) -> int:
        """Take no new requests and finish the running ones; how many did not make it in time."""
        self._state = "draining"
        timeout = self.settings.server.drain_timeout
        self.observe(
            observations.ServerDraining(
                in_flight=self._running, timeout_ms=timeout * 1000, worker=self._worker
            )
        )
        self._idle.clear()
        if self._running:
            try:
                async with asyncio.timeout(timeout):
                    await self._idle.wait()
            except TimeoutError:
                return self._running
        return 0

    async def stop(self) -> None:
        """Drain, then close the database; the log is written to its end."""
        abandoned = await self.drain()
        await self.database.stop()
        self._state = "stopped"
        self.observe(observations.ServerStopped(abandoned=abandoned, worker=self._worker))
        if self.log is not None:
            self.log.flush()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _lifespan(self, receive: types.Receive, send: types.Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.start()
                except (problem.AccordError, OSError) as fault:
                    await send({"type": "lifespan.startup.failed", "message": str(fault)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    # ---------------------------------------------------------------- assembly

    def _development(self, parts: Parts) -> tuple[dev_keys.DevKey, ...]:
        if self.settings.mode != "development" or parts.authenticator is not None:
            return ()
        return dev_keys.prepare(self.binding.contract.roles, parts.dev_callers)

    def _authenticator(self) -> authentication.Authenticator:
        keys = [*self.settings.keys, *(each.key for each in self.dev_keys)]
        return authentication.Keys(keys, development=self.settings.mode == "development")

    def _own_routes(self) -> dict[str, Any]:
        prefix = self.settings.server.root_path
        routes: dict[str, Any] = {
            "/healthz": responses.JSONResponse({"status": "alive"}, headers=_NO_STORE),
            "/readyz": self._readyz,
            prefix + _OPENAPI: self._openapi,
        }
        if self.settings.docs.enabled:
            title = self.binding.contract.title
            path = prefix + self.settings.docs.path
            page = docs_page.DocsPage(title, path, prefix + _OPENAPI)
            routes.update(page.routes())
            pages = error_pages.ErrorPages(self.binding.contract, self._errors_path())
            routes.update(pages.routes())
        return routes

    def _errors_path(self) -> str:
        """The address below which error codes are explained."""
        return f"{self.settings.server.root_path}{self.settings.docs.path.rstrip('/')}/errors"

    async def _openapi(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        """The OpenAPI document, written when it is first asked for: that takes its time."""
        answer = self._document
        if answer is None:
            found = document.document(self.binding.contract, self.settings.limits)
            headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
            answer = self._document = responses.Response(
                document.encode(found), headers=headers, media_type="application/json"
            )
        await answer(scope, receive, send)

    async def _readyz(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        """Whether this process should be sent requests: it runs and reaches its database."""
        if self._state != "running":
            await self._refuse(scope, receive, send)
            return
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self.database.check()
        except TimeoutError:
            fault = problem.Problem("UNAVAILABLE", "The database does not answer.")
            await self.rest.refuse(scope, receive, send, fault)
        except problem.Problem as fault:
            await self.rest.refuse(scope, receive, send, fault)
        else:
            ready = responses.JSONResponse({"status": "ready"}, headers=_NO_STORE)
            await ready(scope, receive, send)


def _prefixed(bound: binding.Binding, prefix: str) -> binding.Binding:
    """The binding with a path before its own, so that routes and links have it alike."""
    if not prefix:
        return bound
    style = bound.contract.style
    style = msgspec.structs.replace(style, base_path=prefix + style.base_path)
    contract = msgspec.structs.replace(bound.contract, style=style)
    return dataclasses.replace(bound, contract=contract)
