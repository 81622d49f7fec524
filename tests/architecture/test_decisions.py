"""Decisions have teeth: each fits on a page and names the test or contract that holds it."""

import configparser
import re

import pytest

from tools import house

FOLDER = house.ROOT / "docs" / "decisions"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
HELD = re.compile(r"Held by: (?P<holders>.+)")
# A printed page.
PAGE_LINES, PAGE_WORDS = 60, 600


def _contracts() -> set[str]:
    parsed = configparser.ConfigParser()
    parsed.read(house.ROOT / ".importlinter", "utf-8")
    return {parsed[section]["name"] for section in parsed.sections() if "contract:" in section}


def _exists(holder: str) -> bool:
    path, _, test = holder.partition("::")
    file = house.ROOT / path
    if path.startswith("tests/") and file.exists():
        return not test or f"def {test}(" in file.read_text("utf-8")
    return holder in _contracts()


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_at_most_a_page(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= PAGE_LINES
    assert len(text.split()) <= PAGE_WORDS


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_ends_with_what_holds_it(path):
    last = path.read_text("utf-8").rstrip().rpartition("\n")[2]
    match = HELD.fullmatch(last)
    assert match, f"{path.name} ends with {last!r}, not with 'Held by: `tests/…` or a contract'"
    holders = re.findall(r"`([^`]+)`", match["holders"])
    assert holders, "name the holders in backticks"
    assert [holder for holder in holders if not _exists(holder)] == []


def test_decisions_are_numbered_without_gaps():
    numbers = [int(path.name[:3]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(re.fullmatch(r"\d{3}-[a-z0-9-]+\.md", path.name) for path in DECISIONS)
