"""The source files of the house and their rooms, for the other tools and the architecture tests."""

from __future__ import annotations

import ast
import dataclasses
import functools
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "accord"


@dataclasses.dataclass(frozen=True)
class Module:
    """One source file: its path, dotted name and the packages it is in below `accord`."""

    path: pathlib.Path
    name: str
    folders: tuple[str, ...]

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.path.read_text("utf-8"), str(self.path))

    @property
    def room(self) -> str:
        """`accord` for the root, `kernel`, …, and `protocols/rest` for an adapter."""
        depth = 2 if self.folders[:1] == ("protocols",) else 1
        return "/".join(self.folders[:depth]) or "accord"

    @property
    def place(self) -> str:
        """The path as messages show it."""
        return str(self.path.relative_to(ROOT))


def modules() -> list[Module]:
    """Every source file of the package, sorted by path."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        folders = inside.parent.parts
        tail = () if path.stem == "__init__" else (path.stem,)
        found.append(Module(path, ".".join(("accord", *folders, *tail)), folders))
    return found


def write_or_compare(path: pathlib.Path, text: str, *, write: bool) -> list[str]:
    """Write a generated file; or say in one sentence how it differs from what it should be."""
    if write:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return []
    if not path.exists() or path.read_text("utf-8") != text:
        return [f"{path.relative_to(ROOT)} is not current: run `make generated` and review it"]
    return []
