"""Room: store. A list of connections, last in first out, with a fair queue of those who wait."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from accord.kernel import problem
from accord.store import errors


class Connection(Protocol):
    """What a pool needs to know of a connection."""

    @property
    def closed(self) -> bool: ...

    async def close(self) -> None: ...

    def terminate(self) -> None: ...


C = TypeVar("C", bound=Connection)


class Pool(Generic[C]):
    """Connections opened when needed, up to `limit`, the warmest handed out first.

    `free` is public for the hot path: `pool.free.pop() if pool.free else await pool.take()`,
    then `pool.give(connection)`. Who finds none waits in the order of coming, at most `patience`
    seconds in a queue of at most `queue` places; both ends are Problem DATABASE_BUSY.
    """

    def __init__(
        self, make: Callable[[], Awaitable[C]], *, limit: int, queue: int, patience: float
    ) -> None:
        self.free: list[C] = []
        self._make = make
        self._limit = limit
        self._queue = queue
        self._patience = patience
        self._all: set[C] = set()
        self._opening = 0
        self._waiting: collections.deque[asyncio.Future[C | None]] = collections.deque()
        self._closed = False

    @property
    def size(self) -> int:
        """How many connections there are, free or not."""
        return len(self._all)

    async def take(self) -> C:
        """A free connection, else a new one, else the next that is given back.

        Raises:
            Problem: DATABASE_BUSY, or what opening a connection raises.
        """
        deadline = asyncio.get_running_loop().time() + self._patience
        place = False
        while True:
            if self._closed:
                raise errors.stopping()
            if self.free:
                return self.free.pop()
            if len(self._all) + self._opening < self._limit:
                return await self._open()
            given = await self._wait(deadline, first=place)
            if given is not None:
                return given
            # A connection was lost and its place is ours to fill; whoever came in between took it,
            # so that the head of the queue is where this waiter belongs.
            place = True

    def give(self, connection: C) -> None:
        """Take back a connection that is in order."""
        waiting = self._waiting
        while waiting:
            waiter = waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self.free.append(connection)

    def drop(self, connection: C) -> None:
        """Close a connection that is not in order, and let the next waiter open another."""
        connection.terminate()
        self._all.discard(connection)
        self._wake()

    def purge(self) -> None:
        """Drop the free connections that died; a restarted server kills all of them at once."""
        dead = [connection for connection in self.free if connection.closed]
        if dead:
            self.free[:] = [connection for connection in self.free if not connection.closed]
            for connection in dead:
                self.drop(connection)

    async def close(self) -> None:
        """Close all connections; those in use are cut off."""
        self._closed = True
        free, self.free = self.free, []
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
        for connection in self._all.difference(free):
            connection.terminate()
        for connection in free:
            await connection.close()
        self._all.clear()

    async def _open(self) -> C:
        self._opening += 1
        try:
            connection = await self._make()
        except BaseException:
            self._opening -= 1
            self._wake()
            raise
        self._opening -= 1
        if self._closed:
            connection.terminate()
            raise errors.stopping()
        self._all.add(connection)
        return connection

    async def _wait(self, deadline: float, *, first: bool) -> C | None:
        if len(self._waiting) >= self._queue:
            raise errors.busy(f"{self._queue} calls are waiting for a connection already.")
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[C | None] = loop.create_future()
        timer = loop.call_at(deadline, _expire, waiter, self._patience)
        if first:
            self._waiting.appendleft(waiter)
        else:
            self._waiting.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                # The connection came in the very moment in which its taker was cancelled.
                self._pass_on(waiter.result())
            raise
        finally:
            timer.cancel()

    def _pass_on(self, connection: C | None) -> None:
        if connection is None:
            self._wake()
        else:
            self.give(connection)

    def _wake(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return


def _expire(waiter: asyncio.Future[C | None], patience: float) -> None:
    if not waiter.done():
        waiter.set_exception(_no_connection(patience))


def _no_connection(patience: float) -> problem.Problem:
    return errors.busy(f"No connection became free within {patience:g} s.")
