"""Room: serve. `accord.asgi`, which loads what serving needs only when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, MutableMapping
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias

from accord.kernel import observations, settings

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


class Application(Protocol):
    """An ASGI 3 application that can also be run without a server, by `async with`."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def asgi(
    api: Any,
    settings: settings.Settings | None = None,
    *,
    observe: observations.Observer | None = None,
    **options: object,
) -> Application:
    """The ASGI application of an API, for granian, uvicorn or tests.

    Settings come from `accord.toml`, `ACCORD_*` variables and `options`, which are keys of
    settings with an underscore for the dot:

        app = accord.asgi(api, database_url="sqlite:///shop.db", mode="production")

    `settings` takes the place of all three. `observe` is told what happens in the log's place.

    Raises:
        DeclarationError: the declaration has mistakes, or the settings are wrong.
    """
    # Starlette and the database drivers are loaded here, so that `import accord` stays quick.
    assembly: Any = importlib.import_module("accord.serve.assembly")
    made: Application = assembly.asgi(api, settings, observe, options)
    return made
