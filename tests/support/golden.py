"""The `golden` fixture: compares text with a file next to the test.

`golden(text)` in `tests/query/test_pages.py::test_first_page[sqlite]` reads
`tests/query/test_pages.golden/first_page-sqlite.txt`; `golden(text, "first.sql")` names the file.
`pytest --golden-update` (or ACCORD_GOLDEN_UPDATE=1, or `make golden`) writes what is missing or
different; review the diff before committing it.
"""

import difflib
import os
import pathlib
import re

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden-update",
        action="store_true",
        default=os.environ.get("ACCORD_GOLDEN_UPDATE", "") not in {"", "0"},
        help="write golden files instead of comparing with them",
    )


def _default_name(node_name: str) -> str:
    stem = node_name.removeprefix("test_")
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-") + ".txt"


class Golden:
    """Compares text with the golden files of one test module."""

    def __init__(self, test_path: pathlib.Path, node_name: str, *, update: bool) -> None:
        self.folder = test_path.with_suffix(".golden")
        self.node_name = node_name
        self.update = update

    def __call__(self, text: str, name: str | None = None) -> None:
        """Fail with a diff when `text` is not the file's; a final newline is always there."""
        __tracebackhide__ = True
        path = self.folder / (name or _default_name(self.node_name))
        text = text.rstrip("\n") + "\n"
        before = path.read_text("utf-8") if path.exists() else None
        if before == text:
            return
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            return
        if before is None:
            pytest.fail(f"{path} does not exist: run `make golden` and review it\n\n{text}")
        diff = difflib.unified_diff(
            before.splitlines(), text.splitlines(), "golden", "now", lineterm="", n=4
        )
        pytest.fail(
            f"differs from {path} (if meant: `make golden`)\n\n" + "\n".join(diff), pytrace=False
        )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(text, name=None)` compares text with a file beside the test."""
    return Golden(
        request.path, request.node.name, update=bool(request.config.getoption("--golden-update"))
    )
