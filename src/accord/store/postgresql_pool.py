"""Room: store. PostgreSQL's connections in use: lent out, and brought back in order after errors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from accord.store import connections, pool

_SETTLE_SECONDS = 5.0


class Pool(pool.Pool[connections.Connection]):
    """A pool that knows what an error means for the connection it happened on."""

    def __init__(
        self,
        make: Callable[[], Awaitable[connections.Connection]],
        *,
        limit: int,
        queue: int,
        patience: float,
    ) -> None:
        super().__init__(make, limit=limit, queue=queue, patience=patience)
        self._settling: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        await super().close()
        await asyncio.gather(*self._settling, return_exceptions=True)

    async def release(
        self, connection: connections.Connection, error: BaseException, *, transaction: bool
    ) -> None:
        """Give a connection back after an error, when it is in order again."""
        if isinstance(error, TimeoutError) or not isinstance(error, Exception):
            # The server is still being told to cancel; nobody should wait for that here.
            self._settle(connection, transaction)
        elif lost(connection, error):
            self.lose(connection)
        elif transaction:
            # Awaited, so that the locks are gone when the caller learns of the error.
            await asyncio.shield(self._settle(connection, transaction))
        else:
            self.give(connection)

    def lose(self, connection: connections.Connection) -> None:
        """Drop a dead connection, and the others that died with it."""
        self.drop(connection)
        self.purge()

    def _settle(self, connection: connections.Connection, transaction: bool) -> asyncio.Task[None]:
        async def settle() -> None:
            if await connection.settle(transaction=transaction, patience=_SETTLE_SECONDS):
                self.give(connection)
            else:
                self.drop(connection)

        task = asyncio.get_running_loop().create_task(settle())
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)
        return task


def lost(connection: connections.Connection, error: BaseException) -> bool:
    """Whether a connection is of no more use after an error."""
    return connection.closed or connections.broken(error)
