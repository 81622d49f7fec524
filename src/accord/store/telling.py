"""Room: store. What an adapter tells of its statements: the failed and the slow ones."""

from __future__ import annotations

import time

from accord.kernel import observations
from accord.store import errors, sessions


class Teller:
    """Translates errors and tells observations; a statement is slow after `slow` seconds."""

    def __init__(
        self, observe: observations.Observer, translate: sessions.Translate, *, slow: float
    ) -> None:
        self.slow = slow
        self._observe = observe
        self._translate = translate

    def failed(self, error: BaseException, sql: str) -> BaseException:
        """The Violation or Problem of an error, told; the error itself if it is no database's."""
        translated = self._translate(error, sql)
        if translated is None:
            return error
        errors.observe_failure(self._observe, sql, translated, error)
        return translated

    def late(self, error: BaseException, sql: str, seconds: float | None) -> BaseException:
        """The Problem of a statement that was stopped after `seconds`, told."""
        translated = errors.timeout(seconds, error)
        errors.observe_failure(self._observe, sql, translated, error)
        return translated

    def took(self, sql: str, seconds: float) -> None:
        """Tell of a statement if it was slow."""
        if seconds > self.slow:
            self._observe(observations.SlowStatement(sql=sql, duration_ms=seconds * 1000))

    def since(self, sql: str, started: float) -> None:
        """Tell of a statement if it was slow; `started` is of `time.perf_counter`."""
        self.took(sql, time.perf_counter() - started)

    def again(self, attempt: int, reason: str, delay: float = 0.0) -> None:
        """Tell that something is tried again, `delay` seconds from now."""
        self._observe(
            observations.RetryScheduled(attempt=attempt, reason=reason, delay_ms=delay * 1000)
        )
