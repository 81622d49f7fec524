"""Every example in the documentation runs, or says why it does not.

The comment before a block says how it is checked; CONTRIBUTING.md lists the comments.
"""

import dataclasses
import pathlib
import re

import pytest

from tests.docs import shell
from tools import house

PAGES = [house.ROOT / "README.md", *sorted((house.ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(
    r"(?:<!-- (?P<marker>[^\n]+?) -->\n+)?"
    r"(?P<indent> *)```(?P<language>python|console|toml)\b[^\n]*\n(?P<body>.*?)\n(?P=indent)```",
    re.DOTALL,
)


@dataclasses.dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    marker: str
    language: str
    body: str
    line: int


def blocks_of(page: pathlib.Path) -> list[Block]:
    text = page.read_text("utf-8")
    found = []
    for match in FENCE.finditer(text):
        indent = match["indent"]
        body = "\n".join(line.removeprefix(indent) for line in match["body"].split("\n"))
        line = text.count("\n", 0, match.start("language")) + 1
        found.append(Block((match["marker"] or "").strip(), match["language"], body, line))
    return found


BLOCKS = {page: blocks_of(page) for page in PAGES}
RUNNING = [page for page in PAGES if any(b.marker[:4] in {"run", "file"} for b in BLOCKS[page])]


def _name(page: pathlib.Path) -> str:
    return str(page.relative_to(house.ROOT))


def _run_python(block: Block, page: pathlib.Path, namespace: dict) -> None:
    # Blank lines before it make a traceback point at the page's line.
    source = "\n" * block.line + block.body
    exec(compile(source, str(page), "exec", dont_inherit=True), namespace)


def _commands(body: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in body.split("\n"):
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (found[-1][0][:-1] + line.strip(), [])
        elif line.strip() and found:
            found[-1][1].append(line)
    return found


def _pattern(line: str) -> re.Pattern[str]:
    """What a line of output looks like: `...` is anything, one space is any."""
    parts = (re.escape(part) for part in line.strip().split("..."))
    return re.compile(re.sub(r"(\\ )+", r"\\s+", ".*?".join(parts)))


def _run_console(block: Block, terminal: shell.Shell) -> None:
    for command, expected in _commands(block.body):
        try:
            output = terminal.run(command)
        except AssertionError as fault:
            raise AssertionError(f"line {block.line}: $ {command}\n{fault}") from None
        place = 0
        for line in expected:
            match = _pattern(line).search(output, place)
            assert match, f"line {block.line}: $ {command}\nnot there: {line}\nin:\n{output}"
            place = match.end()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_example_says_how_it_is_checked(page):
    known = re.compile(r"run|file: [\w./-]+|skip: \S.*")
    bare = [block.line for block in BLOCKS[page] if not known.fullmatch(block.marker)]
    assert not bare, f"{_name(page)}, lines {bare}: put <!-- run -->, file or skip before the block"


@pytest.mark.parametrize("page", RUNNING, ids=_name)
def test_the_examples_of_a_page_run_in_order(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    namespace: dict = {"__name__": "__main__"}
    shell.forget_local(tmp_path.parent.parent)
    terminal = shell.Shell(tmp_path)
    for block in BLOCKS[page]:
        kind, _, name = block.marker.partition(": ")
        if kind == "file":
            path = terminal.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body + "\n", "utf-8")
        elif kind == "run" and block.language == "python":
            _run_python(block, page, namespace)
        elif kind == "run":
            _run_console(block, terminal)


def test_output_is_found_in_order_with_dots_for_anything():
    assert _commands("$ accord a \\\n  b\none ... two\n$ accord c") == [
        ("accord a b", ["one ... two"]),
        ("accord c", []),
    ]
