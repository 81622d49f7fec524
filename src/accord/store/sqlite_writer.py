"""Room: store. SQLite's one writer: a lock, a thread, and commits shared by flows that wait."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from concurrent import futures
from typing import Any

from accord.kernel import observations, settings
from accord.store import driving, errors, port, sqlite_connections, sqlite_errors, tuning


class _Job:
    """A flow on its way through the thread."""

    __slots__ = ("deadline", "error", "flow", "future", "result", "single", "stop")

    def __init__(
        self,
        flow: Callable[[], port.Flow[Any]],
        *,
        single: bool,
        future: asyncio.Future[Any],
        deadline: float,
    ) -> None:
        self.flow = flow
        self.single = single
        self.future = future
        self.deadline = deadline
        self.stop = False
        self.result: Any = None
        self.error: BaseException | None = None


class Writer:
    """Runs flows in groups: each in a savepoint, all in one commit (one fsync).

    SQLite has one writer. `held` is the lock, first come, first served, shared by the groups and
    by sessions, which write on a connection of their own.
    """

    def __init__(
        self,
        path: str,
        options: settings.Database,
        figures: tuning.Tuning,
        observe: observations.Observer,
    ) -> None:
        self.statements = 0
        self._options = options
        self._figures = figures
        self._observe = observe
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None
        self._pending: collections.deque[_Job] = collections.deque()
        self._draining: asyncio.Task[None] | None = None
        self._thread = futures.ThreadPoolExecutor(1, thread_name_prefix="accord-writer")
        self._guard = sqlite_connections.Guard()
        self._raw = sqlite_connections.open_connection(
            path, busy_timeout=options.busy_timeout, write=True
        )
        self._raw.set_progress_handler(self._guard, sqlite_connections.STEPS)
        # What the thread has to tell is told by the loop, where the listeners live.
        self._news: list[Callable[[], None]] = []
        self._closed = False

    def journal_mode(self) -> str:
        """Switch the file to WAL; the mode it is in then."""
        return sqlite_connections.write_ahead(self._raw, self._options.busy_timeout)

    async def run(self, flow: Callable[[], port.Flow[Any]], *, single: bool) -> Any:
        """Drive a flow in the thread, in the next group."""
        self._refuse_nesting()
        if self._closed:
            raise errors.stopping()
        if len(self._pending) >= self._figures.queue:
            raise errors.busy(f"{self._figures.queue} calls are waiting to write already.")
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._options.busy_timeout
        job = _Job(flow, single=single, future=loop.create_future(), deadline=deadline)
        self._pending.append(job)
        if self._draining is None:
            self._draining = loop.create_task(self._drain())
        try:
            return await job.future
        except asyncio.CancelledError:
            job.stop = True
            raise

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """The write lock, for a writer of another connection.

        Raises:
            Problem: DATABASE_BUSY when it is not to be had in time.
        """
        self._refuse_nesting()
        patience = self._options.busy_timeout
        try:
            async with asyncio.timeout(patience):
                await self._lock.acquire()
        except TimeoutError as error:
            raise errors.busy(f"Others have been writing for {patience:g} s.", error) from error
        self._holder = asyncio.current_task()
        try:
            yield
        finally:
            self._holder = None
            self._lock.release()

    async def close(self) -> None:
        """Finish what was begun, then close."""
        self._closed = True
        if self._draining is not None:
            await self._draining
        self._thread.shutdown()
        self._raw.close()

    # ------------------------------------------------------------ on the loop

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._pending:
                if not await self._acquire():
                    continue
                try:
                    count = min(len(self._pending), self._figures.group)
                    jobs = [self._pending.popleft() for _ in range(count)]
                    await loop.run_in_executor(self._thread, self._commit, jobs)
                finally:
                    self._lock.release()
                _resolve(jobs)
                news, self._news = self._news, []
                for tell in news:
                    tell()
        finally:
            self._draining = None

    async def _acquire(self) -> bool:
        """Take the lock; False when the flows that waited longest had to give up."""
        if not self._lock.locked():
            return await self._lock.acquire()
        try:
            async with asyncio.timeout_at(self._pending[0].deadline):
                return await self._lock.acquire()
        except TimeoutError:
            now = asyncio.get_running_loop().time()
            while self._pending and self._pending[0].deadline <= now:
                job = self._pending.popleft()
                job.error = errors.busy("Another writer has kept the database too long.")
                _resolve([job])
            return False

    def _refuse_nesting(self) -> None:
        if self._holder is not None and self._holder is asyncio.current_task():
            raise RuntimeError(
                "this task holds SQLite's write lock with a session; write through that session"
            )

    # ------------------------------------------------------------ in the thread

    def _commit(self, jobs: list[_Job]) -> None:
        """Bring every job to its result or error; never raises."""
        try:
            while jobs:
                self._raw.execute("BEGIN IMMEDIATE")
                culprit = self._run_each(jobs)
                if culprit is None:
                    self._finish(jobs)
                    return
                # SQLite rolls the whole transaction back when it stops a change or runs out of
                # space: the others start anew.
                jobs = [job for job in jobs if job.error is None]
        except BaseException as error:  # noqa: BLE001 - the jobs carry it to those who wait
            self._roll_back()
            for job in jobs:
                job.error = job.error or self._failed(error, "BEGIN IMMEDIATE")

    def _run_each(self, jobs: list[_Job]) -> _Job | None:
        """Run each job within the open transaction; the job that took it down, if any."""
        execute = self._raw.execute
        for job in jobs:
            if not job.single:
                execute("SAVEPOINT accord")
            try:
                job.result = self._drive(job)
            except BaseException as error:  # noqa: BLE001 - the job carries it to who waits
                job.error = error
                if not self._raw.in_transaction:
                    return job
                if not job.single:
                    execute("ROLLBACK TO accord")
            if not job.single:
                execute("RELEASE accord")
        return None

    def _drive(self, job: _Job) -> Any:
        if job.stop:
            raise asyncio.CancelledError
        guard = self._guard
        guard.watch = job
        drive = driving.Drive(job.flow(), single=job.single)
        while drive.statement is not None:
            sql, params = drive.statement.sql, drive.statement.params
            self.statements += 1
            started = time.perf_counter()
            guard.until = started + self._options.statement_timeout
            try:
                rows = self._raw.execute(sql, params).fetchall()
            except Exception as error:
                translated = self._failed(error, sql)
                if isinstance(translated, errors.TRANSLATED):
                    raised = drive.fail(translated)
                    raise raised from errors.cause_of(raised, error)
                raise
            finally:
                guard.until = float("inf")
                self._tell_slow(sql, time.perf_counter() - started)
            drive.send(rows)
        return drive.result

    def _finish(self, jobs: list[_Job]) -> None:
        good = [job for job in jobs if job.error is None]
        if not good:
            self._roll_back()
            return
        self._guard.watch = sqlite_connections.Nobody()
        try:
            self._raw.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            if len(good) == 1 or not isinstance(error, sqlite3.IntegrityError):
                for job in good:
                    job.error = self._failed(error, "COMMIT")
                return
            # A deferred foreign key of one of them failed: alone, only that one does.
            for job in good:
                self._commit([job])

    def _roll_back(self) -> None:
        if self._raw.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._raw.execute("ROLLBACK")

    def _failed(self, error: BaseException, sql: str) -> BaseException:
        translated = sqlite_errors.translate(error, sql)
        if translated is None:
            return error
        self._news.append(lambda: errors.observe_failure(self._observe, sql, translated, error))
        return translated

    def _tell_slow(self, sql: str, seconds: float) -> None:
        if seconds > self._options.slow_statement:
            slow = observations.SlowStatement(sql=sql, duration_ms=seconds * 1000)
            self._news.append(lambda: self._observe(slow))


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
