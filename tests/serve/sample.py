"""A small API to be served: notes, one operation that takes its time, and a seed."""

import asyncio

from sqlalchemy import String
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from accord import API, Resource, action, allow, caller, everyone, role
from accord.kernel import ids


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=ids.generator("note"))
    owner: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(200))


api = API("notes", version="v1", title="Notes & <more>")
api.dev_callers = {"writer": "usr_writer"}


@api.resource
class Notes(Resource[Note]):
    """Notes of their owners."""

    access = [
        allow("R", everyone),
        allow("CRUD", role("admin")),
        allow("CR", role("writer"), where=Note.owner == caller.id),
        allow("linger", role("admin")),
    ]
    defaults = {Note.owner: caller.id}
    filters = [Note.owner]
    sorts = [Note.text]

    @action
    async def linger(self, note: Note, tenths: int) -> Note:
        """Take so many tenths of a second."""
        await asyncio.sleep(tenths / 10)
        return note


async def seed(database, scale=3, progress=None, *, reset=False):
    url = database.replace("sqlite:", "sqlite+aiosqlite:")
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.begin() as connection:
        if reset:
            await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
        for number in range(scale):
            row = {"id": f"note_{number}", "owner": "usr_seeded", "text": f"Note {number}"}
            await connection.execute(Note.__table__.insert(), row)
            progress(1)
    await engine.dispose()


def dev_callers(scale):
    return {"admin": "usr_boss"}
