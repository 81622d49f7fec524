"""A service over a database of the test's own, and writes to it in few words."""

import contextlib
import json

import msgspec
import pytest

from accord.kernel import clock, observations, problem, settings
from accord.query import selection, shape
from accord.runtime import access, call, service, writing
from accord.runtime import input as inputs
from accord.store import factory, schema
from tests.writes import api as apis
from tests.writes import family


def caller(*roles, id="per_1", **facts):  # noqa: A002 - what it sets is called so
    """A known caller with those roles; `id=None` for an unknown one."""
    return call.Caller(id=id, roles=frozenset(roles), **facts)


ADMIN = caller("admin", id="per_admin")


class World:
    """A service, its database and what it has told."""

    def __init__(self, service_, recorder):
        self.service = service_
        self.database = service_.database
        self.binding = service_.binding
        self.dialect = self.database.dialect
        self.recorder = recorder
        self.inputs = inputs.Inputs(self.binding)
        self.spent = 0

    def along(self, companions):
        """The same world with rows that are written along."""
        made = self.service
        made.writer = writing.Writer(
            made.catalog, self.database, access.Access(self.binding), made.clock, companions
        )

    def view(self, resource, who, include=()):
        """All readable fields, and ids of the relations named."""
        bound = self.binding.resources[resource]
        readable = self.service.readable(resource, self.service.variant(who))
        names = tuple(each.name for each in bound.spec.fields if each.name in readable)
        related = tuple(self._related(bound.relations[each], who) for each in include)
        entries = tuple((name, shape.Field(name)) for name in names)
        entries += tuple(
            (each.alias, shape.Rel(each.alias, shape.Obj((("id", shape.Field("id")),))))
            for each in related
        )
        chosen = selection.Selection(resource, fields=names, related=related, key=0)
        return call.View(chosen, shape.Obj(entries), (None,))

    def _related(self, relation, who):
        page = None if relation.spec.kind == "to_one" else selection.Page(50)
        chosen = selection.Selection(
            relation.target, fields=("id",), order=(selection.Order("id"),), page=page
        )
        return selection.Related(relation.spec.name, relation.spec.name, chosen)

    def call(
        self,
        operation,
        who,
        document=None,
        /,
        *,
        key=None,
        include=(),
        match=None,
        none_match=None,
        shown=True,
        **arguments,
    ):
        """A Call as an adapter makes it, of a document or of arguments."""
        bound = self.binding.operations[operation]
        spec = bound.spec
        change = None
        if spec.kind in ("create", "update", "replace"):
            change = self.inputs.change(spec.resource, spec.kind, document or {}, key=key)
        if isinstance(key, str):
            own = self.binding.resources[spec.resource].spec
            kind = next(each.type for each in own.fields if each.name == own.key)
            key = self.inputs.codecs.loose(kind).from_text(key)
        target = spec.target or spec.resource
        shows = shown and spec.output in ("resource", "list")
        return call.Call(
            bound,
            who,
            "req_1",
            key=key,
            change=change,
            conditions=call.Conditions(match=match, none_match=none_match),
            arguments=arguments,
            view=self.view(target, who, include) if shows else None,
        )

    async def run(self, made):
        """Run a Call and count its statements."""
        before = self.database.statements
        try:
            return await self.service.write(made)
        finally:
            self.spent = self.database.statements - before

    async def write(self, operation, who, document=None, /, **more):
        return await self.run(self.call(operation, who, document, **more))

    async def data(self, operation, who, document=None, /, **more):
        """What a write shows, parsed."""
        outcome = await self.write(operation, who, document, **more)
        return None if outcome.data is None else json.loads(outcome.data)

    async def refused(self, code, operation, who, document=None, /, **more):
        """The Problem of a write, which has that code."""
        with pytest.raises(problem.Problem) as caught:
            await self.write(operation, who, document, **more)
        assert caught.value.code == code, caught.value.details
        return caught.value

    def compiled(self, made):
        """The statements of a generated write."""
        flows, variant = self.service.writer._flows, self.service.variant(made.caller)
        return flows.ready(made, variant, alone=True).compiled

    async def rows(self, sql, *params):
        text = sql if self.dialect == "sqlite" else _numbered(sql)
        return [tuple(row) for row in await self.database.fetch(text, params)]

    async def value(self, sql, *params):
        return (await self.rows(sql, *params))[0][0]

    async def execute(self, *statements):
        def work(connection):
            for each in statements:
                connection.exec_driver_sql(each)

        await self.database.schema(work)

    async def fill(self, rows):
        """Insert rows: {Model or Table: [dict, …]}."""

        def work(connection):
            for each, given in rows.items():
                connection.execute(getattr(each, "__table__", each).insert(), given)

        await self.database.schema(work)


def _numbered(sql):
    head, *rest = sql.split("?")
    return head + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


@contextlib.asynccontextmanager
async def serving(url, api=None, **database):
    """A World of the family's tables in that database, with the people that tests refer to."""
    recorder = observations.Recorder()
    bound = (api or apis.make()).binding()
    configured = settings.load(None, {})
    configured = msgspec.structs.replace(
        configured,
        database=msgspec.structs.replace(
            configured.database, url=url, slow_statement=60, **database
        ),
    )
    opened = factory.open_database(configured.database, recorder)
    await opened.start()
    try:
        await schema.create_all(opened, [family.Base.metadata])
        made = World(
            service.Service(bound, opened, configured, clock.SystemClock(), recorder), recorder
        )
        if not await made.rows("select 1 from people"):
            await made.fill(PEOPLE)
        yield made
    finally:
        await opened.stop()


PEOPLE = {
    family.Person: [
        {"id": "per_admin", "email": "admin@x.y", "name": "Ada", "role": family.Role.BOSS},
        {"id": "per_1", "email": "one@x.y", "name": "One", "role": family.Role.HAND},
        {"id": "per_2", "email": "two@x.y", "name": "Two", "role": family.Role.HAND},
    ],
    family.Team: [
        {"id": 101, "name": "red", "hidden": False},
        {"id": 102, "name": "blue", "hidden": False},
        {"id": 103, "name": "grey", "hidden": True},
    ],
}
