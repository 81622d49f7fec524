"""An import-linter contract: which third-party packages each room may import.

import-linter's forbidden lists name what must not be used; a house with few dependencies is better
served by naming what may. The contract also finds rooms that no line speaks of, lines that speak of
rooms or packages nobody has, and rooms that import the package root instead of the room they mean.
"""

from __future__ import annotations

import sys
from typing import Any

import grimp
from importlinter import Contract, ContractCheck, fields, output

ROOT = "accord"


class AllowlistContract(Contract):
    """`rooms`, one line each: `room: package, package`."""

    type_name = "allowlist"

    rooms = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Compare every direct import of a foreign package with its room's line."""
        output.verbose_print(verbose, "Comparing third-party imports with the allow-list...")
        rooms = parse(list(self.rooms))  # type: ignore[call-overload]  # a field's value
        complaints = sorted(
            {*foreign_imports(graph, rooms), *idle_lines(graph, rooms), *root_imports(graph)}
        )
        return ContractCheck(kept=not complaints, metadata={"complaints": complaints})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line per complaint."""
        for complaint in check.metadata["complaints"]:
            output.print_error(complaint, bold=False)
        output.new_line()


def parse(lines: list[str]) -> dict[str, frozenset[str]]:
    """`["kernel: msgspec"]` gives `{"kernel": {"msgspec"}}`."""
    pairs = (line.partition(":") for line in lines)
    return {
        room.strip(): frozenset(filter(None, (name.strip() for name in names.split(","))))
        for room, _, names in pairs
    }


def room_of(module: str, rooms: dict[str, Any]) -> str:
    """The innermost room of the list that a module is in, or its top-level package."""
    parts = module.split(".")[1:]
    for length in range(len(parts), 0, -1):
        if ".".join(parts[:length]) in rooms:
            return ".".join(parts[:length])
    return parts[0] if parts else ""


def foreign_imports(graph: grimp.ImportGraph, rooms: dict[str, frozenset[str]]) -> list[str]:
    """Imports that no line allows."""
    complaints = []
    for importer in graph.modules:
        if importer.split(".")[0] != ROOT:
            continue
        room = room_of(importer, rooms)
        for imported in graph.find_modules_directly_imported_by(importer):
            package = imported.split(".")[0]
            if package == ROOT or package in sys.stdlib_module_names:
                continue
            if package not in rooms.get(room, frozenset()):
                details = graph.get_import_details(importer=importer, imported=imported)
                lines = ", ".join(f"l.{detail['line_number']}" for detail in details)
                allowed = ", ".join(sorted(rooms.get(room, ()))) or "nothing"
                complaints.append(
                    f"{importer} imports {package} ({lines}); {room or ROOT} may import {allowed}"
                )
    return complaints


def idle_lines(graph: grimp.ImportGraph, rooms: dict[str, frozenset[str]]) -> list[str]:
    """Rooms without a line, and lines without a room."""
    there = {name.split(".")[1] for name in graph.modules if name.startswith(f"{ROOT}.")}
    complaints = [
        f"the allow-list names {room}, which does not exist"
        for room in rooms
        if f"{ROOT}.{room}" not in graph.modules
    ]
    covered = {room.split(".")[0] for room in rooms}
    complaints += [f"the allow-list has no line for {room}" for room in there - covered]
    return complaints


def root_imports(graph: grimp.ImportGraph) -> list[str]:
    """Rooms that import the root: it stands above all floors, on the doorstep."""
    return [
        f"{importer} imports {ROOT} itself; import the room that has what it needs"
        for importer in graph.find_modules_that_directly_import(ROOT)
        if importer.startswith(f"{ROOT}.")
    ]
