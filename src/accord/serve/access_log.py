"""Room: serve. Logs observations: lines of JSON for machines, coloured ones for people."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from typing import Literal, TextIO

import msgspec
import structlog

from accord.kernel import observations, settings

_LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}
_COLOURS = {"2": "\x1b[32m", "3": "\x1b[36m", "4": "\x1b[33m", "5": "\x1b[31m"}
_DIM, _RESET = "\x1b[2m", "\x1b[0m"
# Lines of requests wait so long, in seconds, for others to be written with them.
_PATIENCE = 0.05
_EVENTS = {
    "RequestFinished": "request",
    "ServerStarted": "started",
    "ServerDraining": "draining",
    "ServerStopped": "stopped",
}


class AccessLog:
    """A listener of observations that writes them to a stream.

    A line of a request costs some microseconds: it is encoded in one go and written with others
    a moment later. Everything else goes through structlog and is written at once.
    """

    def __init__(
        self,
        format: Literal["json", "console"],  # noqa: A002 - the name it has in settings
        level: str,
        stream: TextIO | None = None,
    ) -> None:
        self._stream = stream or sys.stdout
        self._colours = format == "console" and self._stream.isatty()
        self._least = _LEVELS[level]
        self._waiting: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._encode = msgspec.json.Encoder().encode
        self._line: Callable[[observations.RequestFinished], str] = (
            self._console_line if format == "console" else self._json_line
        )
        self._logger = _logger(format, self._least, self._stream, colours=self._colours)

    def __call__(self, observation: observations.Observation, /) -> None:
        if _LEVELS[observation.level] < self._least:
            return
        if isinstance(observation, observations.RequestFinished):
            self._waiting.append(self._line(observation))
            if self._timer is None:
                self._schedule()
            return
        self.flush()
        fields = {
            name: value
            for name, value in msgspec.structs.asdict(observation).items()
            if value is not None
        }
        name = type(observation).__name__
        self._logger.log(_LEVELS[observation.level], _EVENTS.get(name, name), **fields)
        self._stream.flush()

    def flush(self) -> None:
        """Writes the lines that wait."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            text = "".join(self._waiting)
            self._waiting.clear()
            self._stream.write(text)
            self._stream.flush()

    def _schedule(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
        else:
            self._timer = loop.call_later(_PATIENCE, self.flush)

    def _json_line(self, each: observations.RequestFinished) -> str:
        fields = {
            "timestamp": _iso(time.time()),
            "level": each.level,
            "event": "request",
            "method": each.method,
            "path": each.path,
            "status": each.status,
            "duration_ms": round(each.duration_ms, 3),
            "bytes": each.bytes,
            "request_id": each.request_id,
            "operation": each.operation,
            "caller": each.caller,
            "code": each.code,
        }
        return self._encode(fields).decode() + "\n"

    def _console_line(self, each: observations.RequestFinished) -> str:
        status = str(each.status)
        if self._colours:
            status = f"{_COLOURS.get(status[0], '')}{status}{_RESET}"
        tail = " ".join(part for part in (each.caller or "-", each.code) if part)
        clock = time.strftime("%H:%M:%S")
        # A path is the client's text: control characters in it must not reach a terminal.
        path = each.path if each.path.isprintable() else repr(each.path)
        text = f"{clock} {status} {each.method:6} {path} {each.duration_ms:.1f} ms"
        return f"{text} {_DIM}{tail}{_RESET}\n" if self._colours else f"{text} {tail}\n"


def of(configured: settings.Settings, stream: TextIO | None = None) -> AccessLog:
    """The log as the settings ask for; `auto` is for people in development."""
    chosen = configured.log.format
    if chosen == "auto":
        chosen = "console" if configured.mode == "development" else "json"
    return AccessLog(chosen, configured.log.level, stream)


def _iso(moment: float) -> str:
    whole, part = divmod(int(moment * 1_000_000), 1_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{part:06d}Z"


def _logger(
    format: str,  # noqa: A002 - the name it has in settings
    least: int,
    stream: TextIO,
    *,
    colours: bool,
) -> structlog.typing.FilteringBoundLogger:
    stamp = (
        structlog.processors.TimeStamper("%H:%M:%S", utc=False)
        if format == "console"
        else structlog.processors.TimeStamper("iso", utc=True)
    )
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=colours)
        if format == "console"
        else structlog.processors.JSONRenderer(serializer=_serialize)
    )
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[structlog.processors.add_log_level, stamp, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        cache_logger_on_first_use=True,
    )
    return logger


def _serialize(fields: object, **_: object) -> str:
    return msgspec.json.encode(fields).decode()
