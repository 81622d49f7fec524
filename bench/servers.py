"""Room: bench. The services under load: how each is started, asked and stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench import databases
from bench.comparators import guards
from bench.load import Client, Request

ROOT = Path(__file__).resolve().parent.parent
POOL = 4
DEV_KEY = "bench-admin-key-0123456789abcdef"


class NotRunningError(RuntimeError):
    """A service that does not start, with the end of its log."""


@dataclass(frozen=True)
class Service:
    """One service: an ASGI module under granian, or Accord itself."""

    name: str
    title: str
    databases: tuple[str, ...]
    guarded: bool = True

    def command(self, port: int, url: str) -> list[str]:
        """Return the command line; every service gets one worker process."""
        where = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        if self.name == "accord":
            serve = ["-m", "accord.cli", "serve", "bench.api:api"]
            return [sys.executable, *serve, *where, "--database", url]
        module = {"fastapi_sqlite": "fastapi_sqlalchemy", "litestar_sqlite": "litestar_sqlalchemy"}
        target = f"bench.comparators.{module.get(self.name, self.name)}:app"
        run = ["-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--no-ws"]
        return [sys.executable, *run, "--log-level", "warning", *where, target]

    def environment(self, url: str) -> dict[str, str]:
        paths = [str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "DATABASE_URL": url,
            "BENCH_POOL": str(POOL),
            "ACCORD_DEV_KEY_ADMIN": DEV_KEY,
            # No service of the race writes an access log.
            "ACCORD_LOG_LEVEL": "warning",
            # Its budget counts sessions too: of five connections, four serve statements.
            "ACCORD_DATABASE_CONNECTIONS": str(POOL + 1),
        }

    def headers(self) -> dict[str, str]:
        if self.name == "accord":
            return {"Authorization": f"Bearer {DEV_KEY}"}
        return {"Authorization": f"Bearer {guards.token()}"} if self.guarded else {}


BOTH, POSTGRESQL, SQLITE = ("postgresql", "sqlite"), ("postgresql",), ("sqlite",)
SERVICES = [
    Service("bare_best", "bare, own connections", POSTGRESQL, guarded=False),
    Service("bare_pool", "bare, asyncpg pool", POSTGRESQL, guarded=False),
    Service("bare_sqlite", "bare, sqlite3 inline", SQLITE, guarded=False),
    Service("accord", "Accord", BOTH),
    Service("fastapi_asyncpg", "FastAPI + asyncpg + orjson", POSTGRESQL),
    Service("litestar_sqlalchemy", "Litestar + SQLAlchemy", POSTGRESQL),
    Service("litestar_sqlite", "Litestar + SQLAlchemy", SQLITE),
    Service("fastapi_sqlalchemy", "FastAPI + SQLAlchemy", POSTGRESQL),
    Service("fastapi_sqlite", "FastAPI + SQLAlchemy", SQLITE),
]


class Running:
    """A started service: its port, its process tree, its headers."""

    def __init__(self, service: Service, url: str, logs: Path) -> None:
        self.service = service
        self.port = databases.free_port()
        self.headers = service.headers()
        self.log = logs / f"{service.name}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                service.command(self.port, url),
                env=service.environment(url),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def wait(self, probe: Request, seconds: float = 30) -> None:
        """Return once the probe is answered with 200; NotRunningError after so many seconds."""
        end, last = time.monotonic() + seconds, "no answer"
        while time.monotonic() < end and self.process.poll() is None:
            try:
                status, body, _ = self.client().send(probe)
            except OSError:
                time.sleep(0.1)
                continue
            if status == 200:
                return
            last = f"{probe.path} gave {status}: {str(body)[:300]}"
            time.sleep(0.2)
        self.stop()
        tail = " | ".join(self.log.read_text().strip().splitlines()[-3:])
        # What is written down may be published: no paths of this machine in it.
        tail = tail.replace(sys.executable, "python").replace(str(ROOT), ".")
        raise NotRunningError(f"{self.service.name}: {last}; log: {tail[-600:]}")

    def client(self) -> Client:
        return Client(self.port, self.headers)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
