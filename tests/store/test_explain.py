"""`explain` tells the database's own plan and executes nothing."""


async def test_a_plan_names_the_index_it_uses(db):
    await db.run("create table t (id integer primary key, name text)")
    await db.run("create index by_name on t (name)")
    if db.dialect == "postgresql":
        await db.run("insert into t select n, n::text from generate_series(1, 10000) n")
        await db.run("analyze t")
    plan = await db.database.explain(db.sql("select * from t where name = ?"), ("x",))
    assert "by_name" in plan
    await db.run("insert into t values (0, 'a')")
    await db.database.explain("delete from t where id = 0")
    assert await db.value("select count(*) from t where id = 0") == 1


async def test_nested_steps_are_indented(db):
    plan = await db.database.explain(
        "select * from (select 1 as a union select 2) x order by a desc limit 1"
    )
    assert any(line.startswith(" ") for line in plan.splitlines())
