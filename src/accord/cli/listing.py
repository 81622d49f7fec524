"""Room: cli. The list of settings."""

from __future__ import annotations

import msgspec

from accord.cli import options
from accord.kernel import settings


def print_json() -> None:
    """The settings as a JSON list."""
    found = [
        {
            "key": each.key,
            "type": each.type,
            "default": each.default,
            "allowed": each.allowed,
            "env": each.env,
            "meaning": each.meaning,
        }
        for each in settings.describe()
    ]
    options.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")


def print_table() -> None:
    """The settings for people."""
    table = options.new_table("setting", "default", "variable", "meaning")
    for each in settings.describe():
        table.add_row(each.key, _shown(each.default), each.env, each.meaning)
    options.write_table(table)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "–"
    return str(value) or "–"
