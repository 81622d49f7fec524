"""The API of the write tests over the family's models."""

from collections.abc import MutableMapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import select

from accord import (
    API,
    Detail,
    Load,
    Problem,
    Resource,
    action,
    allow,
    authenticated,
    before,
    caller,
    check,
    deny,
    query,
    relation,
    role,
)
from tests.writes.family import (
    Bare,
    Country,
    Device,
    Line,
    Meter,
    Note,
    Person,
    Project,
    Role,
    State,
    Step,
    Task,
    Team,
    Ticket,
)

admin, member, reader, writer, clerk = (
    role(name) for name in ("admin", "member", "reader", "writer", "clerk")
)


class ProjectClosed(Problem):
    """A closed project stays as it is."""

    code = "WRITES_TEST_PROJECT_CLOSED"
    status = 409
    message = "Project {0} is closed."


def make(*resources, reveal=False):
    """A new API of those resource classes, or of all in this file."""
    api = API("works", version="v1", reveal_forbidden=reveal)
    for each in resources or RESOURCES:
        api.resource(each)
    return api


class People(Resource[Person]):
    access = [
        allow("CRUD", admin),
        allow("R", authenticated, where=Person.role != Role.BOSS),
        allow("U", member, where=Person.id == caller.id, fields=[Person.name, Person.nickname]),
        allow("U", role("keeper")),
        deny("R", ~admin, where=Person.id != caller.id, fields=[Person.nickname]),
        deny("D", where=Person.role == Role.BOSS),
    ]
    write_only = [Person.secret]
    links = [Person.teams]


class Teams(Resource[Team]):
    access = [allow("CRUD", admin), allow("R", authenticated, where=~Team.hidden)]


class Projects(Resource[Project]):
    access = [
        allow("CRUD", admin),
        allow("CR", member, where=Project.owner_id == caller.id),
        allow(
            "U",
            member,
            where=Project.owner_id == caller.id,
            fields=[Project.title, Project.budget, Project.state, Project.owner_id],
        ),
        allow("R", reader, fields=[Project.id, Project.title, Project.owner_id]),
        allow("U", reader, where=Project.owner_id == caller.id),
        allow("C", writer),
        allow(
            [
                "close",
                "retitle",
                "fail",
                "steal",
                "vanish",
                "nothing",
                "worth",
                "peek",
                "sneak",
                "sneak_orm",
                "twins",
                "found",
                "wrong",
                "spawn",
                "state_of",
                "states",
            ],
            admin,
        ),
        allow(["close", "retitle", "steal", "found"], member, where=Project.owner_id == caller.id),
        deny(["U", "D", "retitle"], where=Project.state == State.CLOSED),
    ]
    defaults = {Project.owner_id: caller.id}
    nested = [Project.tasks]

    @check(Project.starts, Project.ends)
    def in_order(self, starts: date | None, ends: date | None) -> None:
        if starts and ends and ends < starts:
            raise ValueError("It cannot end before it starts.")

    @action(emits="project.closed", errors=[ProjectClosed])
    async def close(
        self, project: Annotated[Project, Load(Project.tasks)], reason: str = ""
    ) -> Project:
        """Close a project that has no tasks left."""
        if project.tasks:
            raise ProjectClosed(project.id)
        project.state = State.CLOSED
        if reason:
            self.emit("project.closed", {"reason": reason})
        return project

    @action
    async def retitle(self, project: Project, title: str) -> Project:
        project.title = title
        return project

    @action
    async def fail(self, project: Project) -> Project:
        project.title = "half done"
        self.emit("project.failed")
        await self.session.flush()
        raise ZeroDivisionError

    @action
    async def steal(self, project: Project, to: str) -> Project:
        project.owner_id = to
        return project

    @action
    async def vanish(self, project: Project) -> None:
        await self.session.delete(project)

    @action
    async def nothing(self, project: Project) -> Project | None:
        return None

    @action
    async def wrong(self, project: Project, wanted: str) -> Project:
        project.code = wanted
        return project

    @query
    async def worth(self, project: Project) -> Decimal:
        return project.budget

    @query
    async def state_of(self, project: Project) -> State:
        return project.state

    @query(collection=True)
    async def states(self) -> list[State]:
        return list(State)

    @query(collection=True)
    async def peek(self, titles: list[str]) -> list[Project]:
        found = await self.session.scalars(select(Project).where(Project.title.in_(titles)))
        by_title = {each.title: each for each in found}
        return [by_title[title] for title in titles if title in by_title]

    @query
    async def sneak(self, project: Project) -> str:
        project.title = "sneaked"
        await self.session.flush()
        return project.title

    @query
    async def sneak_orm(self, project: Project) -> str:
        project.title = "sneaked"
        return project.title

    @action(collection=True)
    async def found(self, code: str, owner: str) -> Project:
        made = Project(code=code, title=code, owner_id=owner)
        self.session.add(made)
        return made

    @action(collection=True)
    async def twins(self, code: str) -> list[Project]:
        rows = [Project(code=f"{code}{end}", title=code, owner_id=self.caller.id) for end in "ba"]
        self.session.add_all(rows)
        return rows

    @action(collection=True)
    async def spawn(self) -> Project:
        return Project(code="lost")


class Tasks(Resource[Task]):
    access = [
        allow("CRUD", admin),
        allow("R", authenticated),
        allow("CU", member, where=Task.project.has(Project.owner_id == caller.id)),
    ]
    nested = [Task.steps]


class Steps(Resource[Step]):
    access = [allow("CRUD", admin), allow("R", authenticated), allow("C", member)]


class Notes(Resource[Note]):
    access = [
        allow("CRUD", admin),
        allow("CRUD", authenticated, where=Note.author_id == caller.id),
    ]
    soft_delete = Note.deleted_at
    relations = [Note.author, relation(Note.answers, to="notes")]
    defaults = {Note.author_id: caller.id}


class Devices(Resource[Device]):
    access = [allow("CRUD", admin)]


class Meters(Resource[Meter]):
    access = [
        allow("CRUD", admin),
        allow("R", authenticated),
        allow("CU", member, where=(Meter.grade == 5) & (Meter.double <= 20)),
    ]


class Countries(Resource[Country]):
    access = [
        allow("CRUD", admin),
        allow("CRU", member, where=Country.owner == caller.id),
        allow("CRU", reader, where=Country.token == caller.id),
    ]
    version = Country.counted  # which the mapper does not know of


class Bares(Resource[Bare]):
    access = [allow("CRUD", admin)]


class Tickets(Resource[Ticket]):
    access = [
        allow("CRUD", admin),
        allow("CRU", member, where=Ticket.owner_id == caller.id),
        deny("CU", member, where=Ticket.slug == "BAD-OPEN".lower()),
    ]
    read_only = [Ticket.slug]
    defaults = {Ticket.slug: ""}
    nested = [Ticket.lines]

    @check(Ticket.low, Ticket.high)
    def ordered(self, row: Any) -> None:
        if row["low"] is not None and row["high"] is not None and row["low"] > row["high"]:
            raise ValueError("low must not be above high.")


class Lines(Resource[Line]):
    access = [allow("CRUD", admin), allow("CR", member)]


class HookedNotes(Resource[Note]):
    """The same notes with hooks."""

    name = "hooked-notes"
    type_name = "HookedNote"
    relations = [Note.author]
    access = [
        allow("CRUD", admin),
        allow("CRUD", member, where=Note.author_id == caller.id),
    ]
    defaults = {Note.author_id: caller.id}

    @before("create", "update", fields=[Note.body])
    async def tidy(self, values: MutableMapping[str, Any]) -> None:
        await self.session.execute(select(Team.id).limit(1))
        self.emit("note.tidied")
        values["body"] = values["body"].strip()
        if values["body"] == "rude":
            detail = Detail("NOT_ALLOWED_VALUE", "Be kind.", field="body")
            raise Problem("VALIDATION_ERROR", details=[detail])

    @before("delete")
    def keep(self, values: MutableMapping[str, Any]) -> None:
        raise Problem("CONFLICT", "Notes stay.")


RESOURCES = (
    People,
    Teams,
    Projects,
    Tasks,
    Steps,
    Notes,
    Devices,
    Meters,
    Bares,
    Countries,
    Tickets,
    Lines,
    HookedNotes,
)
