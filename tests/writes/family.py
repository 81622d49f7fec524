"""The models of the write tests: every kind of key, default, constraint and relation."""

import enum
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Index,
    Interval,
    LargeBinary,
    Numeric,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    event,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates

from accord import UtcDateTime
from accord.kernel import ids


class Base(DeclarativeBase):
    type_annotation_map = {
        datetime: UtcDateTime,
        Decimal: Numeric(12, 2),
        dict[str, object]: JSON(none_as_null=True),
    }


def now():
    return datetime.now(UTC)


class Role(enum.Enum):
    BOSS = "boss"
    HAND = "hand"


class State(enum.Enum):
    OPEN = "is-open"
    CLOSED = "is-closed"


class Mode(enum.Enum):
    FAST = "quick"
    SLOW = "slowly"


def by_value(kind):
    return [member.value for member in kind]


memberships = Table(
    "memberships",
    Base.metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("team_id", ForeignKey("teams.id"), primary_key=True),
    Column("since", UtcDateTime, default=now, nullable=False),
)


class Person(Base):
    """A key made in Python, a reference to itself, links, a version, defaults of Python."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=ids.generator("per"))
    email: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(20))
    role: Mapped[Role] = mapped_column(
        Enum(Role, values_callable=by_value, native_enum=False, length=10), default=Role.HAND
    )
    boss_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    nickname: Mapped[str | None] = mapped_column(String(20))
    secret: Mapped[str | None] = mapped_column(String(20))
    profile: Mapped[dict[str, object] | None]
    # A default that looks at the other values of its row.
    handle: Mapped[str] = mapped_column(
        String(120), default=lambda context: "@" + context.get_current_parameters()["name"]
    )
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    seen_at: Mapped[datetime] = mapped_column(default=func.now(), onupdate=func.now())
    version: Mapped[int] = mapped_column(default=1)
    boss: Mapped["Person | None"] = relationship(remote_side="Person.id", back_populates="hands")
    hands: Mapped[list["Person"]] = relationship(back_populates="boss", passive_deletes="all")
    teams: Mapped[list["Team"]] = relationship(
        secondary=memberships, back_populates="people", passive_deletes=True
    )
    __mapper_args__ = {"version_id_col": version}


class Team(Base):
    """A key made by the database; some teams are hidden."""

    __tablename__ = "teams"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    hidden: Mapped[bool] = mapped_column(default=False)
    people: Mapped[list[Person]] = relationship(secondary=memberships, back_populates="teams")


class Project(Base):
    """Two levels of nested rows, an enum of the database, constraints with names."""

    __tablename__ = "projects"
    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=ids.generator("prj"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(100))
    budget: Mapped[Decimal] = mapped_column(default=Decimal(0))
    state: Mapped[State] = mapped_column(
        Enum(State, values_callable=by_value, name="project_state"), default=State.OPEN
    )
    owner_id: Mapped[str] = mapped_column(ForeignKey("people.id", name="fk_owner"))
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    level: Mapped[int] = mapped_column(server_default=text("3"))
    version: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Person] = relationship()
    tasks: Mapped[list["Task"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", passive_deletes=True
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("code", name="uq_project_code"),
        CheckConstraint("budget >= 0", name="ck_project_budget"),
    )


class Task(Base):
    """No version; constraints without names."""

    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(50))
    points: Mapped[int] = mapped_column(default=1)
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    project: Mapped[Project] = relationship(back_populates="tasks")
    assignee: Mapped[Person | None] = relationship()
    steps: Mapped[list["Step"]] = relationship(
        back_populates="task", cascade="all, delete-orphan", passive_deletes=True
    )
    __table_args__ = (UniqueConstraint("project_id", "title"), CheckConstraint("points > 0"))


class Step(Base):
    __tablename__ = "steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(50))
    task: Mapped[Task] = relationship(back_populates="steps")


class Note(Base):
    """Deleted softly; without a version."""

    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=ids.generator("note"))
    body: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime] = mapped_column(default=func.now())
    deleted_at: Mapped[datetime | None]
    answers_id: Mapped[str | None] = mapped_column(ForeignKey("notes.id"))
    author: Mapped[Person] = relationship()
    answers: Mapped["Note | None"] = relationship(remote_side="Note.id")


class Device(Base):
    """A UUID as key and values of every awkward type."""

    __tablename__ = "devices"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    label: Mapped[str | None] = mapped_column(String(50))
    owner: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    price: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    weight: Mapped[float | None]
    active: Mapped[bool] = mapped_column(default=True)
    blob: Mapped[bytes | None] = mapped_column(LargeBinary)
    uptime: Mapped[timedelta | None] = mapped_column(Interval)
    made_on: Mapped[date | None]
    extra: Mapped[dict[str, object] | None]
    mode: Mapped[Mode | None] = mapped_column(Enum(Mode))  # stored by name


class Country(Base):
    """A key that the caller chooses, a sequence, and rows that belong to a numbered owner."""

    __tablename__ = "countries"
    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(50))
    rank: Mapped[int | None] = mapped_column(Sequence("country_rank", start=1000))
    owner: Mapped[int | None]
    token: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    counted: Mapped[int] = mapped_column(default=1)


class Meter(Base):
    """What only the database fills in, and rules read it."""

    __tablename__ = "meters"
    id: Mapped[int] = mapped_column(primary_key=True)
    reading: Mapped[int]
    grade: Mapped[int] = mapped_column(server_default=text("5"))
    double: Mapped[int] = mapped_column(Computed("reading * 2", persisted=True))


class Bare(Base):
    """Nothing but a key made by the database, and what has a default."""

    __tablename__ = "bares"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str | None] = mapped_column(String(10), server_default="plain")


class Ticket(Base):
    """A validator and a listener: only the mapper can write it."""

    __tablename__ = "tickets"
    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=ids.generator("tick"))
    number: Mapped[str] = mapped_column(String(20))
    state: Mapped[State] = mapped_column(
        Enum(State, values_callable=by_value, name="tick_state"), default=State.OPEN
    )
    slug: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    low: Mapped[int | None]
    high: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Person | None] = relationship()
    lines: Mapped[list["Line"]] = relationship(
        back_populates="ticket", cascade="all, delete-orphan", passive_deletes=True
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ux_ticket_number", "number", unique=True),)

    @validates("number")
    def tidy(self, _key, value):
        return value.strip().upper()


@event.listens_for(Ticket, "before_insert")
@event.listens_for(Ticket, "before_update")
def give_slug(_mapper, _connection, ticket):
    assert isinstance(ticket.state, State)
    ticket.slug = f"{ticket.number}-{ticket.state.name}".lower()


class Line(Base):
    """A nested row with a validator of its own."""

    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(50))
    count: Mapped[int] = mapped_column(CheckConstraint("count > 0", name="ck_line_count"))
    ticket: Mapped[Ticket] = relationship(back_populates="lines")

    @validates("text")
    def tidy(self, _key, value):
        return value.strip()


class Audit(Base):
    """A table outside the API, for rows written along."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(50))
    row_id: Mapped[str | None] = mapped_column(String(50))
    title: Mapped[str | None] = mapped_column(String(100))
    document: Mapped[dict[str, object] | None]
