"""A flow commits as a whole or not at all."""

import pytest

from accord.kernel import problem
from accord.store import port, violation


@pytest.fixture
async def db(db):
    await db.run("create table t (id integer primary key, name text not null)")
    return db


async def test_a_flow_returns_its_result_and_commits(db):
    def flow():
        rows = yield port.Statement(db.sql("insert into t values (?, ?) returning id"), (1, "a"))
        more = yield port.Statement("select count(*) from t")
        return rows[0][0], more[0][0]

    assert await db.database.run(flow) == (1, 1)
    assert await db.fetch("select id, name from t") == [(1, "a")]


async def test_an_error_of_the_flow_rolls_everything_back(db):
    def flow():
        yield port.Statement("insert into t values (1, 'a')")
        raise problem.Problem("FORBIDDEN")

    with pytest.raises(problem.Problem) as caught:
        await db.database.run(flow)
    assert caught.value.code == "FORBIDDEN"
    assert await db.value("select count(*) from t") == 0


async def test_an_error_of_the_database_rolls_everything_back(db):
    with pytest.raises(violation.Violation):
        await db.run("insert into t values (1, 'a')", "insert into t values (1, 'b')")
    assert await db.value("select count(*) from t") == 0


async def test_a_flow_may_put_its_own_error_in_place_of_a_violation(db):
    def flow():
        try:
            yield port.Statement("insert into t values (1, null)")
        except violation.Violation as refused:
            raise problem.Problem("NOT_NULL_VIOLATION", refused.columns[0]) from refused

    with pytest.raises(problem.Problem) as caught:
        await db.database.run(flow)
    assert caught.value.message == "name"
    assert isinstance(caught.value.__cause__, violation.Violation)


@pytest.mark.parametrize("goes_on", [False, True])
async def test_a_flow_cannot_swallow_a_violation(db, goes_on):
    def flow():
        yield port.Statement("insert into t values (1, 'a')")
        try:
            yield port.Statement("insert into t values (1, 'b')")
        except violation.Violation:
            if goes_on:
                yield port.Statement("insert into t values (2, 'b')")

    with pytest.raises(violation.Violation):
        await db.database.run(flow)
    assert await db.value("select count(*) from t") == 0


async def test_a_single_statement_needs_no_transaction(db):
    rows = await db.run(("insert into t values (?, ?) returning id", (7, "g")), transaction=False)
    assert rows == [(7,)]
    assert await db.value("select count(*) from t") == 1


async def test_a_second_statement_without_a_transaction_is_refused(db):
    with pytest.raises(RuntimeError, match="second statement"):
        await db.run("select 1", "select 2", transaction=False)


async def test_a_flow_without_statements_just_returns(db):
    def flow():
        return 5
        yield

    assert await db.database.run(flow) == 5


async def test_the_database_serves_on_after_every_kind_of_error(db):
    for statement in ("insert into t values (1, null)", "select nonsense", "insert into"):
        for transaction in (True, False):
            with pytest.raises((violation.Violation, problem.Problem)):
                await db.run(statement, transaction=transaction)
    assert await db.run("select 1") == [(1,)]
    assert await db.fetch("select 1") == [(1,)]


async def test_a_statement_that_makes_no_sense_is_an_internal_error_that_tells_callers_nothing(db):
    with pytest.raises(problem.Problem) as caught:
        await db.fetch("select secret_column from t")
    assert caught.value.code == "INTERNAL"
    assert "secret_column" not in caught.value.message
    assert "secret_column" in str(caught.value.__cause__)
    told = db.recorder.observations[-1]
    assert told.sql == "select secret_column from t"
    assert told.code == "INTERNAL"


async def test_a_wrong_number_of_parameters_is_an_internal_error(db):
    for work in (
        db.fetch("select 1", (1,)),
        db.run(("select 1", (1,))),
        db.run(("select 1", (1,)), transaction=False),
    ):
        with pytest.raises(problem.Problem) as caught:
            await work
        assert caught.value.code == "INTERNAL"
