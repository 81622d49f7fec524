"""A database of documents, filled per test, and reads that give ids."""

import pytest

from accord.query import selection
from tests.access import documents
from tests.query import world
from tests.query.world import obj, order, page


class Reading:
    """Fills the tables and reads ids, or refusals' codes."""

    def __init__(self, each):
        self.world = each

    async def fill(self, **tables):
        """`documents=[{…}]`; ids are given in order where none are."""
        await self.clear()
        known = {
            "folders": documents.Folder,
            "documents": documents.Document,
            "comments": documents.Comment,
            "readers": documents.readers,
        }
        rows = {}
        for name, table in known.items():
            given = [{"id": n, **row} for n, row in enumerate(tables.get(name, ()), 1)]
            if name == "readers":
                given = tables.get(name, ())
            columns = {key for row in given for key in row}
            defaults = {
                "documents": {"title": "t"},
                "comments": {"body": "b", "author": "nobody"},
                "folders": {"name": "f"},
            }.get(name, {})
            rows[table] = [{**dict.fromkeys(columns), **defaults, **row} for row in given]
        await self.world.fill(rows)

    async def clear(self):
        tables = ("readers", "comments", "documents", "folders")
        await self.world.execute(*(f'delete from "{name}"' for name in tables))

    async def ids(self, who, resource="documents", condition=None, values=(), **options):
        rows = await self.rows(who, resource, ("id",), condition, values, **options)
        return [row["id"] for row in rows]

    async def rows(self, who, resource, fields, condition=None, values=(), **options):
        options.setdefault("order", order("id"))
        chosen = selection.Selection(
            resource, fields=fields, filter=condition, page=page(50), **options
        )
        return await self.world.data(chosen, obj(*fields), who, values)

    async def item(self, who, number, resource="documents", fields=("id",)):
        chosen = selection.Selection(resource, fields=fields, key=0)
        return await self.world.data(chosen, obj(*fields), who, (number,))


@pytest.fixture(scope="module")
async def opened(database_url):
    async with world.serving(documents.api, database_url) as each:
        yield Reading(each)


@pytest.fixture
async def reading(opened):
    await opened.clear()
    return opened
