"""A service over a database of the test's own, and reads of it in few words."""

import contextlib
import json

import msgspec

from accord.kernel import clock, observations, settings
from accord.query import selection, shape
from accord.runtime import call, service
from accord.store import factory, schema


def caller(*roles, id="usr_1", **facts):  # noqa: A002 - the fact's own name
    """A known caller with those roles; `id=None` for an unknown one."""
    return call.Caller(id=id, roles=frozenset(roles), **facts)


class World:
    """A service, its database and what it has told."""

    def __init__(self, service_, recorder):
        self.service = service_
        self.database = service_.database
        self.binding = service_.binding
        self.dialect = self.database.dialect
        self.recorder = recorder

    def prepare(self, chosen, node, who, operation=None):
        if operation is None:
            operation = f"{chosen.resource}.{'get' if chosen.page is None else 'list'}"
        return self.service.prepare(
            self.binding.operations[operation], chosen, node, self.service.variant(who)
        )

    async def outcome(self, chosen, node, who, values=(), cursor="b"):
        ready = self.prepare(chosen, node, who)
        return await self.service.read(ready, list(values), who, cursor)

    async def data(self, chosen, node, who, values=(), cursor="b"):
        """The document, parsed."""
        return json.loads((await self.outcome(chosen, node, who, values, cursor)).data)

    def plan(self, chosen, node, who):
        return self.prepare(chosen, node, who).plan

    async def explain(self, chosen, node, who, values=()):
        made = self.plan(chosen, node, who)
        return await self.database.explain(made.sql, made.bind(list(values), who, "b"))

    async def execute(self, *statements):
        def work(connection):
            for each in statements:
                connection.exec_driver_sql(each)

        await self.database.schema(work)

    async def fill(self, rows):
        """Insert rows: {Model or Table: [dict, …]}."""

        def work(connection):
            for each, given in rows.items():
                if given:
                    connection.execute(getattr(each, "__table__", each).insert(), given)

        await self.database.schema(work)


@contextlib.asynccontextmanager
async def serving(api, url, *, create=True, **limits):
    """A World of that API's tables in that database."""
    recorder = observations.Recorder()
    bound = api.binding()
    # Draws nest deeper than a server would allow.
    configured = settings.load(None, {}, overrides={"limits.included_rows": 10**15})
    configured = msgspec.structs.replace(
        configured,
        database=msgspec.structs.replace(configured.database, url=url, slow_statement=60),
        limits=msgspec.structs.replace(configured.limits, **limits),
    )
    database = factory.open_database(configured.database, recorder)
    await database.start()
    try:
        if create:
            await schema.create_all(database, bound.metadata)
        yield World(
            service.Service(bound, database, configured, clock.SystemClock(), recorder), recorder
        )
    finally:
        await database.stop()


def obj(*names, **more):
    """A Shape of those fields and, by keyword, of any nodes."""
    return shape.Obj((*((name, shape.Field(name)) for name in names), *more.items()))


def order(*names):
    """`order("-created_at", "id")`."""
    return tuple(selection.Order(name.lstrip("-"), name.startswith("-")) for name in names)


def page(limit=20, **options):
    return selection.Page(limit, **options)


def keyset(*slots, backward=False):
    return selection.Keyset(slots, backward)


def related(relation, fields, alias=None, *, resource, **options):
    """A use of a relation; `resource` is its target."""
    chosen = selection.Selection(resource, fields=tuple(fields), **options)
    return selection.Related(alias or relation, relation, chosen)
