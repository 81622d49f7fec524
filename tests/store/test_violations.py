"""Every constraint's refusal is told in one form on both databases, in flows and sessions."""

import contextlib

import pytest
import sqlalchemy

from accord.store import violation

TABLES = (
    "create table teams (id integer primary key, name text)",
    """create table users (
        id integer primary key,
        email text unique,
        name text not null,
        age integer constraint adult check (age >= 18),
        team_id integer constraint its_team references teams (id),
        a integer, b integer, unique (a, b))""",
    'create table odd (id integer primary key, "or der" integer unique)',
    "create table lower_case (id integer primary key, name text)",
    "create unique index lower_name on lower_case (lower(name))",
    "insert into teams values (1, 'x'), (2, 'y')",
    "insert into users (id, email, name, team_id, a, b) values (1, 'e', 'n', 1, 1, 1)",
    "insert into odd values (1, 1)",
    "insert into lower_case values (1, 'a')",
)

# statement, then kind, table, columns
CASES = {
    "unique": (
        "insert into users (id, email, name) values (2, 'e', 'n')",
        ("unique", "users", ("email",)),
    ),
    "primary key": (
        "insert into users (id, name) values (1, 'n')",
        ("unique", "users", ("id",)),
    ),
    "two columns": (
        "insert into users (id, name, a, b) values (2, 'n', 1, 1)",
        ("unique", "users", ("a", "b")),
    ),
    "a quoted name": (
        "insert into odd values (2, 1)",
        ("unique", "odd", ("or der",)),
    ),
    "not null": (
        "insert into users (id, name) values (2, null)",
        ("not_null", "users", ("name",)),
    ),
}


@pytest.fixture
async def db(db):
    for statement in TABLES:
        await db.run(statement)
    return db


@contextlib.asynccontextmanager
async def through_flow(db, statement):
    with pytest.raises(violation.Violation) as caught:
        await db.run(statement)
    yield caught.value


@contextlib.asynccontextmanager
async def through_single(db, statement):
    with pytest.raises(violation.Violation) as caught:
        await db.run(statement, transaction=False)
    yield caught.value


@contextlib.asynccontextmanager
async def through_session_fetch(db, statement):
    with pytest.raises(violation.Violation) as caught:
        async with db.database.session() as session:
            await session.fetch(statement)
    yield caught.value


@contextlib.asynccontextmanager
async def through_orm(db, statement):
    with pytest.raises(violation.Violation) as caught:
        async with db.database.session() as session:
            await session.orm.execute(sqlalchemy.text(statement))
    yield caught.value


WAYS = [through_flow, through_single, through_session_fetch, through_orm]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request):
    return request.param


@pytest.mark.parametrize("case", CASES)
async def test_kind_table_and_columns(db, way, case):
    statement, expected = CASES[case]
    async with way(db, statement) as refused:
        assert (refused.kind, refused.table, refused.columns) == expected


async def test_a_check_names_its_constraint(db, way):
    async with way(db, "insert into users (id, name, age) values (2, 'n', 3)") as refused:
        assert (refused.kind, refused.constraint) == ("check", "adult")


async def test_an_expression_names_its_index_and_no_columns(db, way):
    async with way(db, "insert into lower_case values (2, 'A')") as refused:
        assert (refused.kind, refused.constraint) == ("unique", "lower_name")
        assert refused.columns == ()


async def test_a_reference_to_nothing(db, way):
    async with way(db, "insert into users (id, name, team_id) values (2, 'n', 99)") as refused:
        assert refused.kind == "foreign_key"
        if db.dialect == "postgresql":
            assert (refused.constraint, refused.columns) == ("its_team", ("team_id",))


async def test_a_row_that_is_still_referenced(db, way):
    async with way(db, "delete from teams where id = 1") as refused:
        assert refused.kind == "referenced"


async def test_a_deferred_reference_is_told_at_the_commit(db):
    await db.run(
        "create table d (id integer primary key,"
        " team_id integer references teams (id) deferrable initially deferred)"
    )
    with pytest.raises(violation.Violation) as caught:
        await db.run("insert into d values (1, 99)")
    assert caught.value.kind == "foreign_key"
    with pytest.raises(violation.Violation):
        async with db.database.session() as session:
            await session.fetch("insert into d values (1, 99)")
    assert await db.value("select count(*) from d") == 0


async def test_a_trigger_speaks_as_a_check(db):
    if db.dialect == "sqlite":
        await db.run(
            "create trigger never before insert on odd begin select raise(abort, 'never!'); end"
        )
    else:
        await db.run(
            "create function never() returns trigger language plpgsql as"
            " $$ begin raise exception 'never!'; end $$"
        )
        await db.run(
            "create trigger never before insert on odd for each row execute function never()"
        )
    with pytest.raises(violation.Violation) as caught:
        await db.run("insert into odd values (5, 5)")
    assert (caught.value.kind, str(caught.value)) == ("check", "never!")


async def test_an_exclusion_names_its_columns(post):
    await post.run("create table e (during int4range, exclude using gist (during with &&))")
    await post.run("insert into e values ('[1,5)')")
    with pytest.raises(violation.Violation) as caught:
        await post.run("insert into e values ('[2,3)')")
    assert (caught.value.kind, caught.value.columns) == ("exclusion", ("during",))


async def test_an_error_that_a_session_handles_itself_is_left_alone(db):
    async with db.database.session() as session:
        with pytest.raises(sqlalchemy.exc.IntegrityError):
            async with session.orm.begin_nested():
                await session.orm.execute(
                    sqlalchemy.text("insert into users (id, name) values (1, 'n')")
                )
        await session.fetch("insert into teams values (3, 'z')")
    assert await db.value("select count(*) from teams") == 3
