"""mypy --strict and pyright accept the vocabulary and the examples, and see mistakes in its use."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SUBJECTS = ["tests/typing/api.py", "examples/shop/api.py"]
WRONG = """
from accord import API, Resource, allow, role, only
from tests.typing.api import Order

api = API("x", version="v1", envelop="full")

@api.resource
class Orders(Resource[Order]):
    access = [allow("R", "admin")]
    filters = [only(Order.total, "greater")]
    require_conditions = "yes"
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    # A report in colours or for a terminal's width could not be read here.
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_examples_are_accepted(checker: str) -> None:
    done = run(checker, *SUBJECTS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_wrong_use_is_seen(checker: str) -> None:
    wrong = ROOT / "tests" / "typing" / f"wrong_{os.getpid()}_{checker}.py"
    wrong.write_text(WRONG, "utf-8")
    try:
        done = run(checker, str(wrong))
    finally:
        wrong.unlink()
    assert done.returncode != 0
    for line in (5, 9, 10, 11):
        assert f"{wrong.name}:{line}:" in done.stdout, done.stdout


def test_the_typed_example_compiles() -> None:
    from tests.typing import api

    assert api.names == ["items", "orders", "users"]
