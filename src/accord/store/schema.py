"""Room: store. Creating tables where there are none, for tests, seeds and first starts."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy

from accord.store import port


async def create_all(database: port.Database, metadatas: Iterable[sqlalchemy.MetaData]) -> None:
    """Create the tables that do not exist yet, all in one transaction."""
    wanted = tuple(metadatas)

    def create(connection: sqlalchemy.Connection) -> None:
        for metadata in wanted:
            metadata.create_all(connection)

    await database.schema(create)


async def table_names(database: port.Database) -> frozenset[str]:
    """The tables of the database's default schema."""
    return await database.schema(
        lambda connection: frozenset(sqlalchemy.inspect(connection).get_table_names())
    )


async def columns(database: port.Database) -> dict[str, frozenset[str]]:
    """The columns of each table of the database's default schema."""

    def read(connection: sqlalchemy.Connection) -> dict[str, frozenset[str]]:
        found = sqlalchemy.inspect(connection).get_multi_columns()
        return {
            name: frozenset(str(column["name"]) for column in listed)
            for (_, name), listed in found.items()
        }

    return await database.schema(read)


async def is_empty(database: port.Database) -> bool:
    """Whether the database has no table at all."""
    return not await table_names(database)
