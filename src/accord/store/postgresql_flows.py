"""Room: store. Flows on PostgreSQL: one connection, BEGIN to COMMIT, and anew where that heals."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from accord.store import (
    connections,
    driving,
    errors,
    port,
    postgresql_errors,
    postgresql_pool,
    telling,
    tuning,
)

T = TypeVar("T")

_Phase = Literal["begin", "statement", "commit", "single"]


class _FaultError(Exception):
    """A driver's error on the way from a statement to the decision what it means."""

    def __init__(self, error: Exception, sql: str, phase: _Phase) -> None:
        super().__init__(sql)
        self.error = error
        self.sql = sql
        self.phase = phase


class _AgainError(Exception):
    """A flow may run anew; `final` is what to raise when it has done so often enough."""

    def __init__(self, reason: str, final: BaseException, *, free: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.free = free


class Runner:
    """Runs flows on the connections of a pool; `count` is called for every statement sent."""

    def __init__(
        self,
        lines: postgresql_pool.Pool,
        teller: telling.Teller,
        figures: tuning.Tuning,
        *,
        patience: int,
        count: Callable[[str], None],
    ) -> None:
        self._pool = lines
        self._teller = teller
        self._figures = figures
        self._patience = patience  # connections that may be found dead before a flow gives up
        self._count = count

    async def run(
        self,
        flow: Callable[[], port.Flow[T]],
        *,
        transaction: bool,
        retries: int,
    ) -> T:
        """`port.Database.run`."""
        attempt, counted, free = 0, 0, self._patience
        while True:
            try:
                result: T = await self._attempt(flow, transaction)
                return result
            except _AgainError as again:
                if again.free and free:
                    free, delay = free - 1, 0.0
                elif not again.free and counted < retries:
                    counted += 1
                    delay = self._backoff(counted)
                else:
                    raise again.final from again.final.__cause__
                reason = again.reason
            attempt += 1
            self._teller.again(attempt, reason, delay)
            await asyncio.sleep(delay)

    async def _attempt(self, flow: Callable[[], port.Flow[Any]], transaction: bool) -> Any:
        connection = await self._pool.take()
        drive: driving.Drive | None = None
        try:
            drive = driving.Drive(flow(), single=not transaction)
            if drive.statement is not None:
                await self._drive(connection, drive, transaction)
        except _FaultError as fault:
            await self._pool.release(connection, fault.error, transaction=transaction)
            verdict = self._verdict(connection, drive, fault)
            if drive is not None:
                drive.close()
            raise verdict from errors.cause_of(verdict, fault.error)
        except BaseException as error:
            began = transaction and drive is not None
            if drive is not None:
                drive.close()
            await self._pool.release(connection, error, transaction=began)
            raise
        self._pool.give(connection)
        return drive.result

    async def _drive(
        self, connection: connections.Connection, drive: driving.Drive, transaction: bool
    ) -> None:
        if transaction:
            await _send(connection.execute("BEGIN"), "BEGIN", "begin")
        phase: _Phase = "statement" if transaction else "single"
        while drive.statement is not None:
            sql, params = drive.statement.sql, drive.statement.params
            self._count(sql)
            started = time.perf_counter()
            rows = await _send(connection.fetch(sql, params), sql, phase)
            self._teller.since(sql, started)
            drive.send(rows)
        if transaction:
            await _send(connection.execute("COMMIT"), "COMMIT", "commit")

    def _verdict(
        self,
        connection: connections.Connection,
        drive: driving.Drive | None,
        fault: _FaultError,
    ) -> BaseException:
        """What a failed statement of a flow means: run the flow anew, or an error to raise."""
        error, sql = fault.error, fault.sql
        if isinstance(error, connections.STALE):
            connection.forget(sql)
            return _AgainError("stale_plan", errors.internal(error), free=True)
        if postgresql_pool.lost(connection, error):
            unsent = fault.phase == "single" and connections.unsent(error)
            if unsent or fault.phase == "begin":
                final = self._teller.failed(error, sql)
                return _AgainError("connection_dead", final, free=True)
            if fault.phase == "statement":
                final = self._teller.failed(error, sql)
                return _AgainError("connection_lost", final, free=False)
            return errors.uncertain(error)
        reason = postgresql_errors.TRANSIENT.get(postgresql_errors.sqlstate(error) or "")
        failed = self._teller.failed(error, sql)
        if reason:
            return _AgainError(reason, failed, free=False)
        if drive is not None and isinstance(failed, errors.TRANSLATED):
            return drive.fail(failed)
        return failed

    def _backoff(self, attempt: int) -> float:
        """Doubling from `backoff` to `backoff_max`, each somewhere in its upper half."""
        longest: float = min(self._figures.backoff * 2 ** (attempt - 1), self._figures.backoff_max)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - it keeps no secret


async def _send(work: Any, sql: str, phase: _Phase) -> Any:
    try:
        return await work
    except Exception as error:
        raise _FaultError(error, sql, phase) from error
