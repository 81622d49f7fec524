"""Room: kernel. What the server notices about itself: a closed set of facts, and who listens.

Code emits observations and knows no logger; logs, metrics and traces are listeners. `level` is the
severity a log gives the fact; durations are in milliseconds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import ClassVar, Protocol, TypeAlias, TypeVar

import msgspec


class RequestFinished(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A request was answered, or its client went away (status 499); `code` is the Problem's."""

    level: ClassVar[str] = "info"
    method: str
    path: str
    status: int
    duration_ms: float
    bytes: int
    request_id: str
    operation: str | None = None
    caller: str | None = None
    code: str | None = None


class ServerStarted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A worker accepts requests."""

    level: ClassVar[str] = "info"
    url: str
    mode: str
    dialect: str
    worker: int = 0
    startup_ms: float = 0.0


class ServerDraining(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A worker takes no new requests and finishes those it has."""

    level: ClassVar[str] = "info"
    in_flight: int
    timeout_ms: float
    worker: int = 0


class ServerStopped(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A worker is done; `abandoned` requests were cut off by the drain timeout."""

    level: ClassVar[str] = "info"
    abandoned: int = 0
    worker: int = 0


class SlowStatement(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A statement took longer than the threshold; its parameters are never told."""

    level: ClassVar[str] = "warning"
    sql: str
    duration_ms: float
    operation: str | None = None
    request_id: str | None = None


class StatementFailed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The database refused a statement; `code` is that of the Problem it became."""

    level: ClassVar[str] = "warning"
    sql: str
    error: str
    code: str
    sqlstate: str | None = None
    operation: str | None = None
    request_id: str | None = None


class PlanCompiled(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A shape of request was compiled to SQL for the first time."""

    level: ClassVar[str] = "debug"
    resource: str
    operation: str
    dialect: str
    duration_ms: float
    sql_bytes: int


class PlanEvicted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A plan left the full cache; many of these mean that limits.plan_cache_* are too small."""

    level: ClassVar[str] = "debug"
    resource: str
    operation: str
    entries: int
    bytes: int


class AccessDenied(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A caller was refused by `code`; `caller` is None when nobody was recognised."""

    level: ClassVar[str] = "warning"
    operation: str
    code: str
    resource: str | None = None
    caller: str | None = None
    request_id: str | None = None


class RetryScheduled(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A piece of work failed in a way that time may heal; attempt 1 is the first repetition."""

    level: ClassVar[str] = "info"
    attempt: int
    reason: str
    delay_ms: float = 0.0
    operation: str | None = None
    request_id: str | None = None


class InternalError(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An exception nobody foresaw; callers are told the ids, this log alone the traceback."""

    level: ClassVar[str] = "error"
    error_id: str
    traceback: str
    request_id: str | None = None
    operation: str | None = None


class ConfigurationWarning(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The configuration works but is likely not what the operator wants."""

    level: ClassVar[str] = "warning"
    key: str
    message: str


class ListenerFailed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A listener raised while it was told the observation of the name `observation`."""

    level: ClassVar[str] = "error"
    listener: str
    observation: str
    error: str


Observation: TypeAlias = (
    RequestFinished
    | ServerStarted
    | ServerDraining
    | ServerStopped
    | SlowStatement
    | StatementFailed
    | PlanCompiled
    | PlanEvicted
    | AccessDenied
    | RetryScheduled
    | InternalError
    | ConfigurationWarning
    | ListenerFailed
)

Kind = TypeVar("Kind", bound=Observation)


class Observer(Protocol):
    """Is told observations; must return soon, for the request waits for it."""

    def __call__(self, observation: Observation, /) -> None: ...


class Observers:
    """Tells several listeners in turn; one that raises harms neither the others nor the emitter.

    Its failure is told to the other listeners as ListenerFailed, once for each observation.
    """

    def __init__(self, listeners: Iterable[Observer] = ()) -> None:
        self._listeners = tuple(listeners)

    def add(self, listener: Observer) -> None:
        """Listens from the next observation on."""
        self._listeners = (*self._listeners, listener)

    def remove(self, listener: Observer) -> None:
        """Listens no more; ValueError when it never did."""
        if listener not in self._listeners:
            raise ValueError(f"{listener!r} is not a listener")
        self._listeners = tuple(other for other in self._listeners if other != listener)

    def __call__(self, observation: Observation, /) -> None:
        for listener in self._listeners:
            try:
                listener(observation)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is not the emitter's
                self._tell_others(listener, observation, error)

    def _tell_others(self, listener: Observer, observation: Observation, error: Exception) -> None:
        failed = ListenerFailed(
            listener=getattr(listener, "__qualname__", type(listener).__qualname__),
            observation=type(observation).__name__,
            error=f"{type(error).__name__}: {error}",
        )
        for other in self._listeners:
            if other is not listener:
                # It failed on a failure; nobody is left to tell.
                with contextlib.suppress(Exception):
                    other(failed)


class Recorder:
    """Keeps all it is told, in order; the fake for tests."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []

    def __call__(self, observation: Observation, /) -> None:
        self.observations.append(observation)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Those of one kind: `recorder.of(RequestFinished)[0].status`."""
        return [each for each in self.observations if isinstance(each, kind)]

    def clear(self) -> None:
        """Forgets everything."""
        self.observations.clear()
