"""Room: serve. Makes the application of an API from settings and options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accord.kernel import observations, settings
from accord.serve import app, configuration, load


def asgi(
    source: Any,
    configured: settings.Settings | None,
    observe: observations.Observer | None,
    options: Mapping[str, object],
    worker: int = 0,
) -> app.App:
    """The application of an API or a Binding; see `accord.asgi`."""
    if configured is not None and options:
        raise TypeError("give settings or options of settings, not both")
    if configured is None:
        configured = configuration.load(configuration.keys_of(options))
    bound = load.compiled(source)
    callers = getattr(source, "dev_callers", None) or {}
    parts = app.Parts(observe=observe, dev_callers=dict(callers), worker=worker)
    return app.App(bound, configured, parts)
