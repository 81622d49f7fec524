"""A small family of tables with every kind of relation, nulls and rules, and its rules in Python.

`RULES` says in Python what the declarations say in SQL; tests/query/interpreter.py reads it. A
rule is a function of (row, caller, data) that answers True, False or None, as SQL does.
"""

import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Column, Enum, ForeignKey, Integer, Numeric, String, Table, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from accord import (
    API,
    Resource,
    UtcDateTime,
    allow,
    caller,
    choices,
    computed,
    deny,
    role,
    value,
)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime, Decimal: Numeric(10, 2)}


class Mood(enum.Enum):
    """Stored by value, whose order as text is not the order of the members."""

    SUNNY = "sunny"
    CLOUDY = "cloudy"
    RAINY = "rainy"


wearing = Table(
    "wearing",
    Base.metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Group(Base):
    __tablename__ = "groups"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    rank: Mapped[int | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))

    parent: Mapped["Group | None"] = relationship(remote_side="Group.id", viewonly=True)
    children: Mapped[list["Group"]] = relationship(viewonly=True)
    people: Mapped[list["Person"]] = relationship(viewonly=True)


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    worn_by: Mapped[list["Person"]] = relationship(secondary=wearing, viewonly=True)


class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    nick: Mapped[str | None] = mapped_column(Text)
    age: Mapped[int | None]
    score: Mapped[Decimal]
    weight: Mapped[float | None]
    active: Mapped[bool | None]
    mood: Mapped[Mood] = mapped_column(
        Enum(
            Mood,
            native_enum=False,
            length=10,
            values_callable=lambda kind: [each.value for each in kind],
        )
    )
    born: Mapped[datetime | None]
    salary: Mapped[int | None]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    group: Mapped[Group | None] = relationship(viewonly=True)
    boss: Mapped["Person | None"] = relationship(remote_side="Person.id", viewonly=True)
    reports: Mapped[list["Person"]] = relationship(viewonly=True)
    tags: Mapped[list[Tag]] = relationship(secondary=wearing, viewonly=True)
    notes: Mapped[list["Note"]] = relationship(viewonly=True)


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    body: Mapped[str] = mapped_column(String(50))
    stars: Mapped[int | None]
    public: Mapped[bool]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    person: Mapped[Person] = relationship(viewonly=True)


api = API("family", version="v1")
everything = role("all")


@api.resource
class Groups(Resource[Group]):
    access = [
        allow("R", everything),
        allow("R", role("some"), where=Group.rank > 0),
        allow("R", role("own"), where=Group.people.any(Person.id == caller.id)),
    ]
    filters = [Group.name, Group.rank]
    sorts = [Group.name, Group.rank]
    search = [Group.name]


@api.resource
class Tags(Resource[Tag]):
    access = [
        allow("R", everything),
        allow("R", role("some"), where=Tag.label != "a_b"),
        allow("R", role("own"), where=Tag.worn_by.any(Person.id == caller.id)),
    ]
    filters = [Tag.label]
    sorts = [Tag.label]


@api.resource
class People(Resource[Person]):
    access = [
        allow("R", everything),
        allow("R", role("some"), where=Person.age >= 18),
        allow("R", role("some"), where=Person.group.has(Group.rank > 1)),
        allow("R", role("own"), where=Person.id == caller.id),
        allow("R", role("own"), where=Person.boss.has(Person.id == caller.id)),
        deny("R", ~everything, where=Person.active.is_(False)),
        deny("R", role("some"), where=Person.nick == "nobody"),
        deny("R", ~everything, where=Person.id != caller.id, fields=[Person.salary]),
        deny("R", role("own"), where=Person.age > 40, fields=[Person.nick]),
    ]
    doubled = computed(Person.score * 2)
    params = {
        "at_least": Person.age >= value(int),
        "in_group": Person.group.has(Group.name == value(str)),
        "state": choices(on=Person.active.is_(True), unknown=Person.active.is_(None)),
    }
    filters = [
        Person.name,
        Person.nick,
        Person.age,
        Person.score,
        Person.weight,
        Person.active,
        Person.mood,
        Person.born,
        Person.salary,
    ]
    sorts = [
        Person.name,
        Person.age,
        Person.score,
        Person.weight,
        Person.active,
        Person.mood,
        Person.born,
        doubled,
    ]
    search = [Person.name, Person.nick]


@api.resource
class Notes(Resource[Note]):
    access = [
        allow("R", everything),
        allow("R", role("some"), where=Note.public),
        allow("R", role("own"), where=Note.person_id == caller.id),
        deny("R", ~everything, where=Note.stars < 0),
    ]
    filters = [Note.body, Note.stars, Note.public]
    sorts = [Note.body, Note.stars]


TABLES = (Group, Tag, Person, Note)
MODELS = {"groups": Group, "tags": Tag, "people": Person, "notes": Note}

# The same rules in Python ------------------------------------------------------------------


def more(value_, bound):
    return None if value_ is None else value_ > bound


def same(a, b):
    return None if a is None or b is None else a == b


def any_of(*values):
    if any(each is True for each in values):
        return True
    return None if any(each is None for each in values) else False


def all_of(*values):
    if any(each is False for each in values):
        return False
    return None if any(each is None for each in values) else True


def opposite(value_):
    return None if value_ is None else not value_


def me(who):
    """The caller's id as the column holds ids; what is no number is nobody's."""
    return int(who.id) if who.id is not None and who.id.isdecimal() else None


def group_rules(row, who, data):
    if "all" in who.roles:
        return True
    found = []
    if "some" in who.roles:
        found.append(more(row["rank"], 0))
    if "own" in who.roles:
        found.append(any(p["group_id"] == row["id"] and p["id"] == me(who) for p in data["people"]))
    return any_of(*found)


def tag_rules(row, who, data):
    return (
        "all" in who.roles
        or ("some" in who.roles and row["label"] != "a_b")
        or ("own" in who.roles and (me(who), row["id"]) in data["wearing"])
    )


def person_rules(row, who, data):
    if "all" in who.roles:
        allowed, denied = True, []
    else:
        found = []
        if "some" in who.roles:
            found.append(more(row["age"], 17))
            found.append(
                any(g["id"] == row["group_id"] and more(g["rank"], 1) for g in data["groups"])
            )
        if "own" in who.roles:
            found.append(same(row["id"], me(who)))
            found.append(same(row["boss_id"], me(who)) is True)
        allowed, denied = any_of(*found), [row["active"] is False]
    if "some" in who.roles:
        denied.append(same(row["nick"], "nobody"))
    return all_of(allowed, *(each is False for each in denied))


def note_rules(row, who, data):
    if "all" in who.roles:
        return True
    found = [False]
    if "some" in who.roles:
        found.append(row["public"])
    if "own" in who.roles:
        found.append(same(row["person_id"], me(who)))
    stars = row["stars"]
    denied = None if stars is None else stars < 0
    return all_of(any_of(*found), denied is False)


def salary_mask(row, who):
    return "all" in who.roles or opposite(same(row["id"], me(who))) is False


def nick_mask(row, who):
    return "own" not in who.roles or more(row["age"], 40) is False


RULES = {
    "groups": group_rules,
    "tags": tag_rules,
    "people": person_rules,
    "notes": note_rules,
}
MASKS = {("people", "salary"): salary_mask, ("people", "nick"): nick_mask}
PARAMS = {
    "at_least": lambda row, given, data: opposite(
        None if row["age"] is None else row["age"] < given
    ),
    "in_group": lambda row, given, data: any(
        g["id"] == row["group_id"] and g["name"] == given for g in data["groups"]
    ),
    ("state", "on"): lambda row, given, data: row["active"] is True,
    ("state", "unknown"): lambda row, given, data: row["active"] is None,
}
COMPUTED = {("people", "doubled"): lambda row: row["score"] * 2}
SEARCH = {"people": ("name", "nick"), "groups": ("name",)}

# relation: (target, kind, pairs of rows that are related)
RELATIONS = {
    ("people", "group"): ("groups", "to_one", lambda a, b, data: a["group_id"] == b["id"]),
    ("people", "boss"): ("people", "to_one", lambda a, b, data: a["boss_id"] == b["id"]),
    ("people", "reports"): ("people", "to_many", lambda a, b, data: b["boss_id"] == a["id"]),
    ("people", "notes"): ("notes", "to_many", lambda a, b, data: b["person_id"] == a["id"]),
    ("people", "tags"): (
        "tags",
        "many_to_many",
        lambda a, b, data: (a["id"], b["id"]) in data["wearing"],
    ),
    ("tags", "worn_by"): (
        "people",
        "many_to_many",
        lambda a, b, data: (b["id"], a["id"]) in data["wearing"],
    ),
    ("groups", "parent"): ("groups", "to_one", lambda a, b, data: a["parent_id"] == b["id"]),
    ("groups", "children"): ("groups", "to_many", lambda a, b, data: b["parent_id"] == a["id"]),
    ("groups", "people"): ("people", "to_many", lambda a, b, data: b["group_id"] == a["id"]),
    ("notes", "person"): ("people", "to_one", lambda a, b, data: a["person_id"] == b["id"]),
}
