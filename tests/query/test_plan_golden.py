"""Pages start at an index and stop at their limit: the databases' plans are what these files say.

50,000 rows of which a page is 20. What is kept of a plan are its nodes, the indexes and whether an
index condition is there; costs and the order of conditions are the machine's affair.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from accord import API, Resource, UtcDateTime, allow, caller, role
from accord.query import selection, shape
from tests.query import world
from tests.query.world import keyset, obj, order, page, related

ROWS = 50_000


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime}


class Member(Base):
    __tablename__ = "members"
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    team: Mapped[int] = mapped_column(index=True)
    person: Mapped[str] = mapped_column(String(20), index=True)


class Event(Base):
    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    level: Mapped[int]
    place: Mapped[int | None]
    owner: Mapped[str] = mapped_column(String(20))
    team: Mapped[int] = mapped_column(index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)

    members: Mapped[list[Member]] = relationship(
        primaryjoin="foreign(Member.team) == Event.team", viewonly=True
    )
    children: Mapped[list["Event"]] = relationship(viewonly=True)

    __table_args__ = (
        Index("ix_at", "at", "id"),
        Index("ix_level_at", text("level desc"), "at", "id"),
        Index("ix_place", "place", "id"),
        Index("ix_owner", "owner", "at", "id"),
    )


api = API("plans", version="v1")


@api.resource
class Events(Resource[Event]):
    access = [
        allow("R", role("all")),
        allow("R", role("own"), where=Event.owner == caller.id),
        allow("R", role("team"), where=Event.members.any(Member.person == caller.id)),
    ]
    filters = [Event.level, Event.owner]
    sorts = [Event.at, Event.level, Event.place]


@api.resource
class Members(Resource[Member]):
    access = [allow("R", role("all"))]
    filters = [Member.person]


FILL = {
    "sqlite": """
        with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows})
        insert into events (id, at, level, place, owner, team, parent_id)
        select i, strftime('%Y-%m-%d %H:%M:%S.000000', 1704067200 + i * 60, 'unixepoch'),
          i % 5, case when i % 10 > 0 then i % 1000 end, 'usr_' || (i % 500), i % 7000,
          case when i > 100 then i / 10 end from n""",
    "postgresql": """
        insert into events (id, at, level, place, owner, team, parent_id)
        select i, timestamptz '2024-01-01 00:00:00Z' + i * interval '1 minute',
          i % 5, case when i % 10 > 0 then i % 1000 end, 'usr_' || (i % 500), i % 7000,
          case when i > 100 then i / 10 end from generate_series(1, {rows}) i""",
}


@pytest.fixture(scope="module")
async def plans(database_url):
    async with world.serving(api, database_url) as each:
        await each.execute(FILL[each.dialect].format(rows=ROWS))
        members = [
            {"id": f"mem_{i}", "team": i * 7 % 7000, "person": f"usr_{i % 97}"} for i in range(2000)
        ]
        await each.fill({Member: members})
        await each.execute("analyze")
        yield each


FIELDS = ("id", "level")
ALL = world.caller("all")
NOON = datetime(2024, 1, 20, tzinfo=UTC)


def events(*names, where=None, **options):
    return selection.Selection(
        "events",
        fields=FIELDS,
        order=order(*names),
        page=page(20, **options),
        filter=where,
    )


CHILDREN = related("children", ("id",), resource="events", order=order("at", "id"), page=page(5))
WITH_CHILDREN = selection.Selection(
    "events", fields=FIELDS, order=order("at", "id"), page=page(20), related=(CHILDREN,)
)
BY_PERSON = selection.Through("members", selection.Compare("person", "eq", 0))

# Each has a Selection, its values and a caller.
CASES = {
    "first-page": (events("at", "id"), (), ALL),
    "keyset": (events("at", "id", keyset=keyset(0, 1)), (NOON, 20_000), ALL),
    "keyset-descending": (events("-at", "-id", keyset=keyset(0, 1)), (NOON, 20_000), ALL),
    "keyset-backward": (
        events("at", "id", keyset=keyset(0, 1, backward=True)),
        (NOON, 20_000),
        ALL,
    ),
    "keyset-mixed": (
        events("-level", "at", "id", keyset=keyset(0, 1, 2)),
        (3, NOON, 20_000),
        ALL,
    ),
    "keyset-nullable": (events("place", "id", keyset=keyset(0, 1)), (998, 49_000), ALL),
    "keyset-at-null": (events("place", "id", keyset=keyset(None, 0)), (40_000,), ALL),
    "keyset-own": (
        events("at", "id", keyset=keyset(0, 1)),
        (NOON, 20_000),
        world.caller("own", id="usr_7"),
    ),
    "keyset-own-nothing": (
        events("at", "id", keyset=keyset(0, 1)),
        (NOON, 20_000),
        world.caller("own", id="usr_nobody"),
    ),
    "own-or-team-nothing": (
        events("at", "id"),
        (),
        world.caller("own", "team", id="usr_nobody"),
    ),
    "own-or-team-something": (
        events("at", "id"),
        (),
        world.caller("own", "team", id="usr_7"),
    ),
    "through-or-nothing": (
        events("at", "id", where=selection.Or((BY_PERSON, selection.Compare("owner", "eq", 0)))),
        ("usr_nobody",),
        ALL,
    ),
    "key": (selection.Selection("events", fields=FIELDS, key=0), (20_000,), ALL),
    "related": (WITH_CHILDREN, (), ALL),
}


async def plan_of(plans, case):
    chosen, values, who = CASES[case]
    more = {"children": shape.Rel("children", obj("id"))} if chosen.related else {}
    return await plans.explain(chosen, obj(*FIELDS, **more), who, values)


def normalised(text):
    """Nodes, indexes and the presence of conditions; aliases and figures are left out."""
    lines = []
    for line in text.splitlines():
        kept = re.sub(r"  ?\(cost=.*?\)", "", line)
        kept = re.sub(r"(Index Cond|Filter|Recheck Cond|Sort Key|Presorted Key).*", r"\1", kept)
        if kept.strip() != "Filter" and not kept.strip().startswith(("Order By", "Output")):
            lines.append(kept.rstrip())
    return "\n".join(lines)


@pytest.mark.parametrize("case", CASES)
async def test_plan(plans, case, golden):
    text = normalised(await plan_of(plans, case))
    golden(text, f"{case}.{plans.dialect}.txt")


KEYSETS = [name for name in CASES if name.startswith("keyset")]


@pytest.mark.parametrize("case", KEYSETS)
async def test_keyset_page_starts_in_an_index(plans, case):
    """No row before the page is read: each arm seeks, and nothing scans the table."""
    text = await plan_of(plans, case)
    if plans.dialect == "postgresql":
        assert "Seq Scan on events" not in text
        scans = re.findall(r"Index(?: Only)? Scan.* on events.*\n(.*)", text)
        assert scans
        assert all("Index Cond" in each for each in scans), text
    else:
        seeks = re.findall(r"SEARCH t\d USING (?:COVERING )?INDEX ix_\w+ \(\w+", text)
        assert len(seeks) == arms_of(plans, case), text


def arms_of(plans, case):
    chosen, _, who = CASES[case]
    return plans.plan(chosen, obj(*FIELDS), who).sql.count("union all") + 1


@pytest.mark.parametrize("case", ["first-page", *KEYSETS])
async def test_nothing_is_sorted_for_a_page(plans, case):
    """The index gives the order; what arms give, each cut at its limit, is merged."""
    text = await plan_of(plans, case)
    arms = arms_of(plans, case)
    if plans.dialect == "postgresql":
        below = text if arms == 1 else text.split("Append", 1)[1]
        assert not re.search(r"Sort  \(cost", below), text
    else:
        # SQLite sorts the rows an arm has kept; of one arm there is nothing to merge.
        assert text.count("TEMP B-TREE") <= (arms if arms > 1 else 0), text


@pytest.mark.parametrize(
    "case", ["own-or-team-nothing", "keyset-own-nothing", "through-or-nothing"]
)
async def test_who_sees_nothing_costs_nothing(plans, case):
    """A caller without rows does not make the database look at all of them."""
    text = await plan_of(plans, case)
    assert "Seq Scan on events" not in text
    chosen, values, who = CASES[case]
    started = datetime.now(UTC)
    outcome = await plans.outcome(chosen, obj(*FIELDS), who, values)
    assert outcome.data == b"[]"
    assert datetime.now(UTC) - started < timedelta(seconds=0.5)
