"""Room: kernel. What time it is: the port, the system's clock and one moved by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Both readings come from one source, so that tests can move them together."""

    def now(self) -> datetime:
        """The time of day, aware and in UTC, to the microsecond."""
        ...

    def monotonic(self) -> float:
        """Seconds since a point of no meaning; never goes back, whatever happens to `now`."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is moved; the fake for tests.

    `ManualClock()` stands at 2024-01-15T10:30:00Z, `ManualClock(start)` at the aware time given.
    """

    def __init__(self, start: datetime = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)) -> None:
        self._now = _utc(start)
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, step: timedelta | float) -> None:
        """Moves both readings on by a timedelta or by seconds; ValueError when it is negative."""
        delta = step if isinstance(step, timedelta) else timedelta(seconds=step)
        if delta < timedelta(0):
            raise ValueError("time does not go back; use set_now to correct the time of day")
        self._now += delta
        self._monotonic += delta.total_seconds()

    def set_now(self, now: datetime) -> None:
        """Corrects the time of day, as an operator or NTP would; `monotonic` does not notice."""
        self._now = _utc(now)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)
