"""A value that the database cannot hold is VALIDATION_ERROR, never an internal error."""

import pytest

from accord.kernel import problem

NUMBER = 10**30


@pytest.fixture
async def db(db):
    await db.run("create table t (id integer primary key, name varchar(5), n integer)")
    return db


async def refused(work):
    with pytest.raises(problem.Problem) as caught:
        await work
    assert caught.value.code == "VALIDATION_ERROR"
    assert caught.value.status == 422


async def test_a_number_out_of_range(db):
    await refused(db.run(("insert into t (id, n) values (?, ?)", (1, NUMBER))))
    await refused(db.fetch("select ? + id from t", (NUMBER,)))


async def test_half_a_surrogate_pair(db):
    await refused(db.run(("insert into t (id, name) values (?, ?)", (1, "\ud800"))))


async def test_a_result_out_of_range(post):
    await refused(post.run("select 2147483647 + n.n from (values (1)) n(n)"))


async def test_nul_and_length_in_postgresql(post):
    await post.run("create table t (id integer primary key, name varchar(5), n integer)")
    await refused(post.run(("insert into t (id, name) values (?, ?)", (1, "a\x00b"))))
    await refused(post.run(("insert into t (id, name) values (?, ?)", (1, "longer than five"))))
    with pytest.raises(problem.Problem) as caught:
        async with post.database.session() as session:
            await session.fetch("insert into t (id, name) values ($1, $2)", (1, "a\x00b"))
    assert caught.value.code == "VALIDATION_ERROR"


async def test_a_bad_value_harms_no_other_flow(db):
    await refused(db.run(("insert into t (id, n) values (?, ?)", (1, NUMBER))))
    await db.run(("insert into t (id, n) values (?, ?)", (1, 5)))
    assert await db.value("select n from t") == 5
    assert not db.recorder.observations
