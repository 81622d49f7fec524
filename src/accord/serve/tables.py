"""Room: serve. Whether the tables an API needs are there, and how they come to be."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from accord.binding import binding
from accord.kernel import problem, settings
from accord.store import port, schema


async def check(
    database: port.Database, bound: binding.Binding, configured: settings.Settings
) -> None:
    """The tables are there; in development on SQLite those that are missing are made.

    Raises:
        SettingsError: tables are missing, or columns of tables that are there.
    """
    missing = await missing_tables(database, bound)
    if not missing:
        await _check_columns(database, bound, configured)
        return
    if configured.mode == "development" and database.dialect == "sqlite":
        await schema.create_all(database, bound.metadata)
        return
    names = ", ".join(missing)
    raise problem.SettingsError(
        [
            problem.DeclarationError(
                "database.url",
                f"{settings.mask_url(configured.database.url)} has no {_table(missing)} {names}",
                "point it at the right database, make them with your migrations, or run "
                "`accord seed` on an empty database",
            )
        ]
    )


async def _check_columns(
    database: port.Database, bound: binding.Binding, configured: settings.Settings
) -> None:
    there = await schema.columns(database)
    missing = sorted(
        f"{table.name}.{column.name}"
        for table in tables_of(bound)
        if table.name in there and _expected(table)
        for column in table.columns
        if column.name not in there[table.name]
    )
    if missing:
        raise problem.SettingsError(
            [
                problem.DeclarationError(
                    "database.url",
                    f"{settings.mask_url(configured.database.url)} was made for older models: it "
                    f"has no {', '.join(missing)}",
                    "add them with your migrations; in development, remove the file or seed anew "
                    "with --reset",
                )
            ]
        )


async def missing_tables(database: port.Database, bound: binding.Binding) -> list[str]:
    """The tables of the API that the database does not have, by name."""
    there = await schema.table_names(database)
    return sorted({table.name for table in tables_of(bound) if _expected(table)} - there)


async def has_rows(database: port.Database, bound: binding.Binding) -> bool:
    """Whether some table of the API holds a row."""
    there = await schema.table_names(database)
    for table in tables_of(bound):
        if table.name in there and _expected(table):
            query = sa.select(sa.literal(1)).select_from(table).limit(1)
            text = str(query.compile(compile_kwargs={"literal_binds": True}))
            if await database.fetch(text):
                return True
    return False


def tables_of(bound: binding.Binding) -> Iterable[sa.Table]:
    """Every table that resources and their relations read or write."""
    found: dict[str, sa.Table] = {}
    for resource in bound.resources.values():
        # A resource over a join of tables lives in each of them.
        for table in sa.inspect(resource.model).tables:
            if isinstance(table, sa.Table):
                found[table.fullname] = table
        for relation in resource.relations.values():
            if relation.secondary is not None:
                found[relation.secondary.fullname] = relation.secondary
    return found.values()


def _expected(table: sa.Table) -> bool:
    # Only the default schema can be listed by every adapter.
    return table.schema is None


def _table(names: list[str]) -> str:
    return "table" if len(names) == 1 else "tables"
