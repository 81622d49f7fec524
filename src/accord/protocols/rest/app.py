"""Room: protocols/rest. The ASGI application of one API's REST side: a request in, bytes out."""

from __future__ import annotations

import asyncio
import time
import traceback

from accord.kernel import ids, observations, problem, temporal
from accord.protocols.rest import (
    assembly,
    cors,
    faults,
    kit,
    message,
    negotiate,
    querystring,
    route,
    watch,
)
from accord.runtime import authentication, service

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SECURITY: tuple[message.Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
_CHALLENGE = tuple(
    (name.lower().encode(), value.encode()) for name, value in authentication.CHALLENGE.items()
)
_HSTS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


class Rest:
    """Serves one binding by REST.

    `secret` keys the cursors: at least 16 bytes, equal in all workers and across restarts.
    `docs` is the address below which error codes are explained, '' for nowhere. Lifespan,
    health and documentation pages are the business of whoever mounts this.
    """

    def __init__(
        self,
        served: service.Service,
        authenticator: authentication.Authenticator,
        *,
        secret: bytes,
        docs: str = "",
    ) -> None:
        if not 16 <= len(secret) <= 64:
            raise ValueError("the secret has 16 to 64 bytes")
        settings = served.settings
        self._service = served
        self._authenticator = authenticator
        self._limits = settings.limits
        self._timeout = settings.server.request_timeout
        self._development = settings.mode == "development"
        self._tools = kit.make(served, secret)
        self.routes = assembly.routes(self._tools)
        style = served.binding.contract.style
        self._negotiator = negotiate.Negotiator(style.representation)
        self._faults = faults.Faults(served.binding.contract, docs)
        self._cors = cors.Cors(settings.cors)
        varies = (
            b"Accept, Authorization, Origin" if self._cors.enabled else b"Accept, Authorization"
        )
        self._always = ((b"vary", varies), *_SECURITY)

    async def __call__(
        self, scope: message.Scope, receive: message.Receive, send: message.Send
    ) -> None:
        """One HTTP request (ASGI 3); other kinds of scope are refused with ValueError."""
        if scope["type"] != "http":
            raise ValueError(f"REST serves http, not {scope['type']}")
        started = time.perf_counter()
        request = message.Request(scope, receive)
        guard = watch.Watch(receive, self._timeout, follows=request.method in _SAFE_METHODS)
        try:
            response = await self._answer(request)
        except problem.Problem as fault:
            response = self._refusal(request, fault)
        except asyncio.CancelledError:
            if guard.reason is None:
                raise
            guard.forgive()
            response = self._ended(request, guard)
        except Exception:  # noqa: BLE001 - whatever happens, the client gets an answer
            response = self._broken(request)
        finally:
            guard.stop()
        if response.status != 499:
            await self._send(request, response, send, started)
        self._observe(request, response, started)

    async def refuse(
        self,
        scope: message.Scope,
        receive: message.Receive,
        send: message.Send,
        fault: problem.Problem,
    ) -> None:
        """Answers a request with a Problem and nothing else, such as UNAVAILABLE while draining."""
        started = time.perf_counter()
        request = message.Request(scope, receive)
        request.choice = self._negotiator.choose(request.headers.get(b"accept"))
        response = self._refusal(request, fault)
        await self._send(request, response, send, started)
        self._observe(request, response, started)

    async def _answer(self, request: message.Request) -> message.Response:
        request.choice = self._negotiator.choose(request.headers.get(b"accept"))
        query: bytes = request.scope.get("query_string", b"")
        if len(query) + len(request.path) > self._limits.uri_bytes:
            raise problem.Problem(
                "URI_TOO_LONG",
                f"Path and query are longer than {self._limits.uri_bytes} bytes.",
            )
        endpoint, request.key = self.routes.match(request.path)
        if request.method == "OPTIONS":
            allow = (b"allow", endpoint.allow.encode())
            return message.Response(204, [allow, *self._cors.preflight(request, endpoint.allow)])
        handler = endpoint.handler(request.method)
        request.operation = handler.operation.spec.id
        if query:
            request.query = querystring.text_of(query)
        if request.choice.success is None:
            raise self._negotiator.refusal()
        given = request.header(b"authorization")
        credentials = authentication.parse(given, request.address) if given else None
        request.caller = self._authenticator.authenticate(credentials)
        return await handler.answer(request)

    async def _send(
        self,
        request: message.Request,
        response: message.Response,
        send: message.Send,
        started: float,
    ) -> None:
        headers, body = response.headers, response.body
        if body or response.status not in {204, 304}:
            headers.append((b"content-length", b"%d" % len(body)))
        headers.append((b"x-request-id", request.id.encode("ascii")))
        headers.extend(self._always)
        given = request.headers
        if self._cors.enabled:
            headers.extend(self._cors.headers(given.get(b"origin")))
        correlation = given.get(b"x-correlation-id")
        if correlation is not None and message.REQUEST_ID.fullmatch(correlation):
            headers.append((b"x-correlation-id", correlation))
        if request.secure:
            headers.append(_HSTS)
        if self._development:
            spent = (time.perf_counter() - started) * 1000
            headers.append((b"server-timing", b"total;dur=%.2f" % spent))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        sent = b"" if request.method == "HEAD" else body
        await send({"type": "http.response.body", "body": sent})

    def _refusal(self, request: message.Request, fault: problem.Problem) -> message.Response:
        """The answer to a request that was refused on purpose."""
        response = self._faults.response(fault, request, self._now())
        if fault.code in _DENIALS and request.operation is not None:
            self._service.observe(
                observations.AccessDenied(
                    operation=request.operation,
                    code=fault.code,
                    resource=request.operation.partition(".")[0],
                    caller=request.caller.id,
                    request_id=request.id,
                )
            )
        if fault.status == 401 and "WWW-Authenticate" not in fault.headers:
            response.headers.extend(_CHALLENGE)
        if fault.retryable and not any(name == b"retry-after" for name, _ in response.headers):
            response.headers.append((b"retry-after", b"1"))
        return response

    def _ended(self, request: message.Request, guard: watch.Watch) -> message.Response:
        """A request that its client left, or that took too long."""
        if guard.reason == "gone":
            return message.Response(499, [], code="CANCELLED")
        limit = f"The request was stopped after {self._timeout:g} seconds."
        return self._refusal(request, problem.Problem("DEADLINE_EXCEEDED", limit))

    def _broken(self, request: message.Request) -> message.Response:
        """An error nobody foresaw: the log gets the traceback, the client its id alone."""
        error_id = ids.new("err")
        self._service.observe(
            observations.InternalError(
                error_id=error_id,
                traceback=traceback.format_exc(),
                request_id=request.id,
                operation=request.operation,
            )
        )
        fault = problem.Problem("INTERNAL", f"Something went wrong here; its id is {error_id}.")
        return self._faults.response(fault, request, self._now())

    def _now(self) -> str:
        return temporal.format_timestamp(self._service.clock.now())

    def _observe(
        self, request: message.Request, response: message.Response, started: float
    ) -> None:
        self._service.observe(
            observations.RequestFinished(
                method=request.method,
                path=route.shown(request.path, 500),
                status=response.status,
                duration_ms=(time.perf_counter() - started) * 1000,
                bytes=len(response.body),
                request_id=request.id,
                operation=request.operation,
                caller=request.caller.id,
                code=response.code,
            )
        )


_DENIALS = frozenset({"UNAUTHENTICATED", "INVALID_CREDENTIALS", "FORBIDDEN", "FIELD_FORBIDDEN"})
