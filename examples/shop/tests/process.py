"""Room: examples/shop/tests. `accord serve` as a process of its own."""

from __future__ import annotations

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import httpx

from examples.shop.tests import serving

ROOT = pathlib.Path(__file__).resolve().parents[3]
PATIENCE = 30.0


class Process:
    """The shop, seeded and served in a directory of its own, until `stop`."""

    def __init__(self, folder: pathlib.Path, database_url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.output = ""
        command = [sys.executable, "-m", "accord.cli", "serve", "examples.shop:api", "--seed"]
        self._process = subprocess.Popen(  # noqa: S603 - the command is our own
            [*command, "--port", str(port), "--database", database_url],
            cwd=folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self) -> Process:
        """Return when it is ready; AssertionError with its output when it does not come up."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.05)
        self.stop()
        raise AssertionError(self.output)

    def stop(self) -> int:
        """End it as an operator does, and return its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            text, _ = self._process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            text, _ = self._process.communicate()
        self.output = self.output or text
        return self._process.returncode


def _environment() -> dict[str, str]:
    """This process's environment without settings of Accord, with a key for each role."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ACCORD_")}
    keys = {f"ACCORD_DEV_KEY_{role.upper()}": serving.secret(role) for role in serving.ROLES}
    return {**kept, **keys, "PYTHONPATH": str(ROOT)}
