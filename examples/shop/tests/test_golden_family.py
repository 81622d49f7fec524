"""Room: examples/shop/tests. The golden family is what the declaration says today.

`pytest --golden-update` (or `make golden`) writes the files; their diff shows what a change of the
declaration means to clients.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

from examples.shop.api import api
from examples.shop.tests import matrix, serving
from tests.support.golden import Golden

FOLDER = pathlib.Path(__file__).parent.parent / "golden"


@pytest.fixture
def family(golden: Golden) -> Golden:
    golden.folder = FOLDER
    return golden


def accord(*words: str) -> str:
    """What the command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "accord.cli", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parent.parent.parent,
        env={"PYTHONPATH": "src:.", "COLUMNS": "160", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"},
    )
    return done.stdout


def test_the_contract(family: Golden) -> None:
    family(accord("contract", "examples.shop:api"), "contract.json")


def test_the_openapi_document(family: Golden) -> None:
    family(accord("openapi", "examples.shop:api"), "openapi.json")


def test_the_routes(family: Golden) -> None:
    family(accord("routes", "examples.shop:api"), "routes.txt")


async def test_the_access(family: Golden, shop: serving.Served) -> None:
    family(await matrix.table(shop), "access.txt")


def test_every_operation_stands_in_the_matrix() -> None:
    told = {line.split()[0] for line in (FOLDER / "access.txt").read_text("utf-8").splitlines()[1:]}
    assert told == {each.id for each in api.compile().contract.operations}


def test_nothing_else_lies_there() -> None:
    found = {path.name for path in FOLDER.iterdir()}
    assert found == {"access.txt", "contract.json", "openapi.json", "routes.txt"}
