"""`statements` counts what callers sent: not BEGIN, COMMIT or what connections need to open."""

from sqlalchemy import text


async def counted(db, work):
    db.database.statements = 0
    await work
    return db.database.statements


async def session(db):
    async with db.database.session() as session:
        await session.fetch("select 1")
        await session.orm.execute(text("select 2"))


async def test_counts(db):
    assert await counted(db, db.fetch("select 1")) == 1
    assert await counted(db, db.run("select 1", transaction=False)) == 1
    assert await counted(db, db.run("select 1", "select 2", "select 3")) == 3
    assert await counted(db, session(db)) == 2
    assert await counted(db, db.database.check()) == 1
