"""Writes what users can rely on into surface.txt: `python -m tools.surface [--write]`.

Public names with their signatures, error codes with their statuses, settings with their defaults,
commands with their flags. A difference in review is a change of the surface and needs a line in
CHANGELOG.md. Rooms that do not exist yet have no section.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
import typing
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from tools import house

FILE = house.ROOT / "surface.txt"
HEAD = "# Written by `make generated`. A change here needs a line in CHANGELOG.md."


def _find(module: str, name: str) -> Any:
    """An attribute of a module that may not be there yet, or None."""
    try:
        there = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    return getattr(importlib.import_module(module), name, None) if there else None


# ---------------------------------------------------------------- names


def names() -> Iterator[str]:
    """The names of `accord.__all__`, with the public members of our own classes below them."""
    accord = importlib.import_module("accord")
    for name in sorted(getattr(accord, "__all__", ())):
        thing = getattr(accord, name)
        yield f"accord.{name}{_signature(thing)}"
        if inspect.isclass(thing) and thing.__module__.startswith("accord"):
            yield from (f"accord.{name}.{member}" for member in _members(thing))


def _signature(thing: object) -> str:
    if not callable(thing):
        return f": {type(thing).__name__}"
    try:
        text = str(inspect.signature(thing))
    except (TypeError, ValueError):
        return "(...)"
    # A default without a repr of its own shows where in memory it lies.
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def _members(owner: type) -> Iterator[str]:
    found: dict[str, str] = {}
    for base in reversed([c for c in owner.__mro__ if c.__module__.startswith("accord")]):
        found |= {name: f": {note}" for name, note in inspect.get_annotations(base).items()}
        for name, member in vars(base).items():
            plain = inspect.unwrap(getattr(member, "__func__", member))
            if inspect.isfunction(plain):
                found[name] = _signature(plain)
            elif isinstance(member, property):
                found[name] = ": property"
    return (f"{name}{text}" for name, text in sorted(found.items()) if not name.startswith("_"))


# ---------------------------------------------------------------- errors, settings


def errors() -> Iterator[str]:
    """`CODE 404 NOT_FOUND retryable`, one line per row of the table."""
    for code, row in sorted((_find("accord.kernel.errors", "ERRORS") or {}).items()):
        yield f"{code} {row.status} {row.grpc}{' retryable' if row.retryable else ''}"


def details() -> Iterator[str]:
    """The codes of single fields."""
    yield from sorted(_find("accord.kernel.errors", "DETAILS") or {})


def settings() -> Iterator[str]:
    """`server.port: int = 8000`, one line per setting."""
    root = _find("accord.kernel.settings", "Settings")
    yield from _keys(root, "") if root else ()


def _keys(struct: type, prefix: str) -> Iterator[str]:
    hints = typing.get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        kind = hints[field.name]
        if inspect.isclass(kind) and issubclass(kind, msgspec.Struct):
            yield from _keys(kind, f"{prefix}{field.encode_name}.")
        else:
            kind_text = kind.__name__ if isinstance(kind, type) else str(kind)
            yield f"{prefix}{field.encode_name}: {kind_text}{_default(field)}"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default is not msgspec.NODEFAULT:
        return f" = {field.default!r}"
    if field.default_factory is not msgspec.NODEFAULT:
        return f" = {field.default_factory()!r}"
    return ""


# ---------------------------------------------------------------- commands


def commands() -> Iterator[str]:
    """`accord serve TARGET --port`, one line per command, recursively."""
    app = _find("accord.cli", "app")
    yield from _command(app, "accord") if app else ()


def _command(app: Any, path: str) -> Iterator[str]:
    if app.default_command is not None:
        arguments = app.assemble_argument_collection(parse_docstring=False)
        words = ["|".join(argument.names) for argument in arguments if argument.show]
        yield " ".join([path, *words])
    flags = {*app.help_flags, *app.version_flags}
    for name in sorted(set(app) - flags):
        yield from _command(app[name], f"{path} {name}")


# ---------------------------------------------------------------- the file

SECTIONS: dict[str, Callable[[], Iterable[str]]] = {
    "names": names,
    "errors": errors,
    "details": details,
    "settings": settings,
    "commands": commands,
}


def surface() -> str:
    """The whole file."""
    parts = [HEAD]
    for title, section in SECTIONS.items():
        lines = list(section())
        if lines:
            parts.append("\n".join([f"[{title}]", *lines]))
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or compare it with what the code says."""
    complaints = house.write_or_compare(FILE, surface(), write="--write" in arguments)
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
