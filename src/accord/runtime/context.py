"""Room: runtime. What an action or a hook gets as `self`'s surroundings."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy.ext import asyncio as sa_asyncio

from accord.runtime import call


class Context:
    """The session, the caller and the moment of one call, and the events it has emitted."""

    __slots__ = ("caller", "events", "now", "session")

    def __init__(
        self, session: sa_asyncio.AsyncSession, caller: call.Caller, now: datetime.datetime
    ):
        self.session = session
        self.caller = caller
        self.now = now
        self.events: list[call.Event] = []

    def emit(self, event: str, payload: Any = None) -> None:
        """Note that something happened; it is told only if the transaction commits."""
        self.events.append(call.Event(event, payload))
