"""Draws the rooms and the imports between them: `python -m tools.house_plan [--write]`."""

from __future__ import annotations

import ast
import configparser
import sys

import grimp

from tools import house

FILE = house.ROOT / "docs" / "explanation" / "house.md"

HEAD = """# The house plan

<!-- Written by `make generated` from the source: do not edit. -->

A directory listing of `src/accord/` reads like the path of a request. Each room is a package with one
job, and its modules say so in their first line. Imports go downstairs only: the floors below are
contracts that `make check` holds (`.importlinter`), and this page is drawn from the import graph, so
it cannot be out of date.
"""


def floors() -> list[list[str]]:
    """The floors of .importlinter, highest first, each a list of rooms."""
    contracts = configparser.ConfigParser()
    contracts.read(house.ROOT / ".importlinter", "utf-8")
    layers = contracts["importlinter:contract:floors"]["layers"].split("\n")
    return [[room.strip(" ()") for room in layer.split("|")] for layer in layers if layer.strip()]


def jobs() -> dict[str, str]:
    """Each room's job, as its package says it."""
    found = {}
    for module in house.modules():
        if module.path.name == "__init__.py" and module.folders:
            first = (ast.get_docstring(module.tree) or "").partition("\n")[0]
            found["/".join(module.folders)] = first.partition(". ")[2]
    return found


def arrows() -> dict[str, list[str]]:
    """Which rooms each room imports, from the import graph."""
    graph = grimp.build_graph("accord", cache_dir=None)
    rooms = {module.name: module.room.split("/")[0] for module in house.modules()}
    found: dict[str, set[str]] = {room: set() for room in rooms.values()}
    for importer, room in rooms.items():
        for imported in graph.find_modules_directly_imported_by(importer):
            found[room].add(rooms[imported])
    return {room: sorted(others - {room, "accord"}) for room, others in found.items()}


def nearest(imports: dict[str, list[str]]) -> dict[str, list[str]]:
    """The arrows that no longer way implies: what the drawing shows."""

    def reach(room: str) -> set[str]:
        return {room}.union(*(reach(other) for other in imports[room]))

    return {
        room: [
            other
            for other in others
            if not any(other in reach(via) for via in others if via != other)
        ]
        for room, others in imports.items()
    }


def draw() -> str:
    """The page: a drawing, then a table of rooms."""
    imports, told = arrows(), jobs()
    built = [[room for room in floor if room in imports] for floor in floors()]
    lines = [HEAD, "```mermaid", "flowchart TD"]
    for number, floor in enumerate(filter(None, built)):
        boxes = " ".join(f"{room}[{room}]" for room in floor)
        lines.append(f"    subgraph floor{number}[ ]\n        {boxes}\n    end")
    shown = nearest({room: others for room, others in imports.items() if room != "accord"})
    lines += [f"    {room} --> {other}" for room, others in shown.items() for other in others]
    lines += [
        "```",
        "",
        "An arrow that follows from two others is left out; the table has them all.",
    ]
    lines += ["", "| room | its job | imports |", "|---|---|---|"]
    for room in (room for floor in built for room in floor):
        lines.append(f"| `{room}` | {told[room]} | {', '.join(imports[room]) or '–'} |")
        lines += [
            f"| `{inner}` | {job} | |"
            for inner, job in told.items()
            if inner.startswith(f"{room}/")
        ]
    planned = [room for floor in floors() for room in floor if room not in imports]
    lines += ["", f"Planned, with their floors kept free: {', '.join(planned)}.", ""]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it with the source."""
    complaints = house.write_or_compare(FILE, draw(), write="--write" in arguments)
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
