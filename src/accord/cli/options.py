"""Room: cli. Arguments that several commands share, and what they say of themselves."""

from __future__ import annotations

import os
import pathlib
import sys
from typing import Annotated, TypeAlias

import cyclopts
import rich.console
import rich.table

from accord.binding import binding
from accord.serve import configuration, load

Target: TypeAlias = Annotated[
    str | None, cyclopts.Parameter(help="The API, as module:name.", show_default=False)
]
Database: TypeAlias = Annotated[
    str | None,
    cyclopts.Parameter(
        help="URL: sqlite:///file.db or postgresql://user:password@host/name.",
        show_default=False,
    ),
]
Json: TypeAlias = Annotated[bool, cyclopts.Parameter(help="Print JSON.", negative=())]


def target_of(given: str | None) -> str:
    """The target on the command line, else the one of the settings."""
    return given or configuration.load().app.target


def bound(given: str | None) -> binding.Binding:
    """The compiled API of a target."""
    return load.compiled(load.load(target_of(given)))


def write(text: str, output: pathlib.Path | None = None) -> None:
    """Writes to a file, or to standard output as it is."""
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        output.write_text(text, "utf-8")


def write_table(table: rich.table.Table) -> None:
    """Prints a table: as wide as the terminal, and unbroken where the output goes elsewhere."""
    wide = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 200
    console = rich.console.Console(width=wide, highlight=False, markup=False)
    with console.capture() as captured:
        console.print(table)
    write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def new_table(*columns: str) -> rich.table.Table:
    """An empty table without lines."""
    table = rich.table.Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
