"""Measures what budgets.toml bounds: `python -m tools.budgets [--shrink]`.

Without an option it prints today's figures beside the budget's. `--shrink` lowers the counts of
budgets.toml to today's; it never raises one: that takes a person, and a `why`.
"""

from __future__ import annotations

import ast
import pathlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator

from tools import house

FILE = house.ROOT / "budgets.toml"
# The machine is shared: the best run is the one that was disturbed least.
IMPORT_RUNS = 5

Function = ast.FunctionDef | ast.AsyncFunctionDef
Found = tuple[int, str]


def longest_file() -> Found:
    """Lines of the longest source file."""
    return max((len(_lines(module.path)), module.place) for module in house.modules())


def longest_function() -> Found:
    """Lines of the longest function, its decorators and docstring left out."""
    return max(
        ((_length(node), f"{where}:{node.lineno} {node.name}") for where, node in _functions()),
        default=(0, ""),
    )


def widest_constructor() -> Found:
    """Parameters of the widest `__init__`, `self` left out."""
    return max(
        (
            (_width(node.args), f"{where}:{node.lineno}")
            for where, node in _functions()
            if node.name == "__init__"
        ),
        default=(0, ""),
    )


def type_ignores() -> Found:
    """Comments that silence mypy or pyright, in the source and the tools."""
    paths = [module.path for module in house.modules()] + _python("tools")
    return _count(paths, re.compile(r"#\s*(type|pyright):\s*ignore"))


def explicit_any() -> Found:
    """Places where an annotation of the source says `Any`."""
    worst: list[Found] = []
    for module in house.modules():
        nodes = (node for note in _annotations(module.tree) for node in ast.walk(note))
        names = sum(_is_any(node) for node in nodes)
        worst.append((names, module.place))
    return sum(number for number, _ in worst), max(worst)[1] if any(n for n, _ in worst) else ""


def mocks() -> Found:
    """Uses of mock libraries and of monkeypatch's attribute setter in the tests."""
    pattern = re.compile(
        r"unittest\.mock|\bimport mock\b|\bMagicMock\b|\bAsyncMock\b|monkeypatch\.setattr"
        r"|\bmocker\b"
    )
    return _count([p for p in _python("tests") if p.parent.name != "architecture"], pattern)


def import_milliseconds() -> Found:
    """Time `import accord` spends in Accord's own modules, the best of a few runs."""
    runs = [_import_once() for _ in range(IMPORT_RUNS)]
    return min(runs)


MEASURES: dict[str, Callable[[], Found]] = {
    measure.__name__: measure
    for measure in (
        longest_file,
        longest_function,
        widest_constructor,
        type_ignores,
        explicit_any,
        mocks,
        import_milliseconds,
    )
}


def _import_once() -> Found:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import accord"],
        capture_output=True,
        text=True,
        check=True,
        cwd=house.ROOT,
    )
    rows = re.findall(
        r"import time:\s+(\d+) \|\s+\d+ \|\s+(accord(?:\.\S+)?)\n", done.stderr + "\n"
    )
    total = sum(int(own) for own, _ in rows)
    slowest = max(((int(own), name) for own, name in rows), default=(0, ""))
    return round(total / 1000), f"{slowest[1]} {slowest[0] / 1000:.1f} ms"


def _lines(path: pathlib.Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def _python(folder: str) -> list[pathlib.Path]:
    return sorted((house.ROOT / folder).rglob("*.py"))


def _functions() -> Iterator[tuple[str, Function]]:
    for module in house.modules():
        for node in ast.walk(module.tree):
            if isinstance(node, Function):
                yield module.place, node


def _length(node: Function) -> int:
    documented = ast.get_docstring(node, clean=False) is not None and len(node.body) > 1
    docstring = node.body[0]
    spent = (docstring.end_lineno or 0) - docstring.lineno + 1 if documented else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - spent


def _width(arguments: ast.arguments) -> int:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return len(named) - 1 + bool(arguments.vararg) + bool(arguments.kwarg)


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        note = node.returns if isinstance(node, Function) else getattr(node, "annotation", None)
        if isinstance(note, ast.expr):
            yield note


def _is_any(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "Any"
    return isinstance(node, ast.Name) and node.id == "Any"


def _count(paths: list[pathlib.Path], pattern: re.Pattern[str]) -> Found:
    counts = [
        (len(pattern.findall(path.read_text("utf-8"))), str(path.relative_to(house.ROOT)))
        for path in paths
    ]
    total = sum(number for number, _ in counts)
    return total, max(counts)[1] if total else ""


def budgets() -> dict[str, dict[str, int | str]]:
    """The budgets as the file has them: `most`, `goal`, and a `why` where most exceeds goal."""
    return tomllib.loads(FILE.read_text("utf-8"))


def _shrink(name: str, figure: int) -> None:
    text = FILE.read_text("utf-8")
    pattern = re.compile(rf"(\[{name}\]\nmost = )(\d+)")
    FILE.write_text(pattern.sub(rf"\g<1>{figure}", text), "utf-8")


def main(arguments: list[str]) -> int:
    """Print today's figures; with --shrink, lower the counts that fell."""
    over = 0
    for name, budget in budgets().items():
        figure, where = MEASURES[name]()
        most, goal = int(budget["most"]), int(budget["goal"])
        mark = "OVER" if figure > most else ""
        over += figure > most
        print(f"{name:<20} {figure:>5} of {most:>4} (goal {goal:>3})  {mark:<4} {where}")
        if "--shrink" in arguments and figure < most and most > goal:
            _shrink(name, max(figure, goal))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
