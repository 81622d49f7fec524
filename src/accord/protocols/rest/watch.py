"""Room: protocols/rest. Ends work that nobody waits for: past its deadline, or client gone.

Most requests are over within milliseconds, so nothing but one timer is made for them; only
one that lives longer gets a task that listens for the client's departure.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from accord.protocols.rest import message

_PATIENCE = 0.05


class Watch:
    """Watches one request, whose task it cancels; `reason` says why it did.

    `follows` is for reads: a write goes on when its client leaves, for it may have happened.
    """

    __slots__ = (
        "_follows",
        "_handle",
        "_listener",
        "_loop",
        "_receive",
        "_task",
        "_timeout",
        "reason",
    )

    def __init__(self, receive: message.Receive, timeout: float, *, follows: bool) -> None:
        self.reason: Literal["deadline", "gone"] | None = None
        self._receive = receive
        self._timeout = timeout
        self._follows = follows
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._listener: asyncio.Task[None] | None = None
        self._handle = self._loop.call_later(min(_PATIENCE, timeout), self._arm)

    def stop(self) -> None:
        """The request is answered."""
        self._handle.cancel()
        if self._listener is not None:
            self._listener.cancel()

    def forgive(self) -> None:
        """Takes the cancellation back, so that the task can answer."""
        if self._task is not None:
            self._task.uncancel()

    def _arm(self) -> None:
        rest = max(0.0, self._timeout - _PATIENCE)
        self._handle = self._loop.call_later(rest, self._end, "deadline")
        if self._follows:
            self._listener = self._loop.create_task(self._listen())

    async def _listen(self) -> None:
        while True:
            event = await self._receive()
            if event["type"] == "http.disconnect":
                self._end("gone")
                return

    def _end(self, reason: Literal["deadline", "gone"]) -> None:
        if self.reason is None and self._task is not None:
            self.reason = reason
            self._task.cancel()
