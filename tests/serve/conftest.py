"""A directory of its own for every test, and servers that end with it."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from tools import house

TARGET = "tests.serve.sample:api"


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """The test's working directory, with no settings of the machine's in its environment."""
    for name in os.environ:
        if name.startswith("ACCORD_") and not name.startswith("ACCORD_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(house.ROOT))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`accord serve` in a process of its own."""

    def __init__(self, *flags, target=TARGET):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "accord.cli", "serve", target]
        if "--port" not in flags:
            command += ["--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, *flags], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def wait(self):
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.05)
        self.stop()
        raise AssertionError(self.output)

    def stop_by_itself(self):
        self.output, _ = self.process.communicate(timeout=30)
        return self.process.returncode

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.output, _ = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.output, _ = self.process.communicate()
        return self.process.returncode


@pytest.fixture
def server():
    """`server(*flags)` starts one and waits until it is ready."""
    started = []

    def start(*flags, **options):
        started.append(Server(*flags, **options))
        return started[-1].wait()

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def start_only():
    """`start_only(*flags)` starts one that is expected to end by itself."""
    started = []

    def start(*flags, **options):
        started.append(Server(*flags, **options))
        return started[-1]

    yield start
    for each in started:
        each.stop()
