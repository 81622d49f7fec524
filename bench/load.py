"""Room: bench. One load run by wrk, and single requests for the checks."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LUA = Path(__file__).with_name("load.lua")
CONNECTIONS = 16


@dataclass(frozen=True)
class Request:
    """One request as wrk and the checks send it."""

    method: str
    path: str
    body: str = ""

    @property
    def line(self) -> str:
        return f"{self.method}\t{self.path}\t{self.body}"


@dataclass(frozen=True)
class Load:
    """What wrk saw: requests per second, latencies in milliseconds."""

    requests: int
    per_second: float
    p50: float
    p99: float
    failed: int


def wrk(port: int, requests: Path, headers: dict[str, str], seconds: float) -> Load:
    """Send the file's requests over 16 connections for so many seconds."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
    command += ["--timeout", "10s", "-s", str(LUA), f"http://127.0.0.1:{port}", "--"]
    command += [str(requests), *(f"{name}: {value}" for name, value in headers.items())]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    seen = json.loads(line.removeprefix("RESULT "))
    return Load(
        requests=seen["requests"],
        per_second=seen["requests"] / (seen["microseconds"] / 1e6),
        p50=seen["p50"] / 1000,
        p99=seen["p99"] / 1000,
        failed=seen["failed"],
    )


class Client:
    """One kept-alive connection; answers as parsed JSON, with the time each took."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Accept": "application/json", **headers}

    def send(self, request: Request) -> tuple[int, Any, float]:
        """Return status, parsed body (None when empty) and milliseconds."""
        headers = self.headers
        if request.body:
            headers = {**headers, "Content-Type": "application/json"}
        start = time.perf_counter()
        self.connection.request(request.method, request.path, request.body or None, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        elapsed = (time.perf_counter() - start) * 1000
        try:
            return answer.status, json.loads(body) if body else None, elapsed
        except ValueError:
            return answer.status, body.decode("utf-8", "replace"), elapsed

    def close(self) -> None:
        self.connection.close()
