"""A database made for other models stops the start, with words that say what is missing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from accord import DeclarationError, asgi
from tests.serve import sample


async def test_a_missing_column_stops_the_start_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    app = asgi(sample.api, database_url=f"sqlite:///{path}")
    async with app:
        pass
    table = next(iter(sample.Base.metadata.tables.values()))
    column = next(each for each in reversed(list(table.columns)) if not each.primary_key)
    with sqlite3.connect(path) as raw:
        raw.execute("pragma foreign_keys = off")
        raw.execute(f'alter table "{table.name}" rename column "{column.name}" to older')
    with pytest.raises(DeclarationError, match=f"{table.name}.{column.name}"):
        async with asgi(sample.api, database_url=f"sqlite:///{path}"):
            pass
