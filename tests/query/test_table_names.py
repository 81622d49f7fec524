"""A table whose name statements give to rows is refused at start-up, before it can confuse a rule."""

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from accord import API, Resource, allow, everyone
from accord.binding import faithful


def declared(name):
    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = name
        id: Mapped[int] = mapped_column(primary_key=True)

    api = API("names", version="v1")

    @api.resource
    class Things(Resource[Thing]):
        access = [allow("R", everyone)]

    return api.binding()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("name", ["p", "t0", "T12", "x"])
def test_refused(name, dialect):
    (fault,) = faithful.unfaithful(declared(name), dialect)
    assert fault.where == f"table {name}"
    assert "longer name" in fault.fix


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("name", ["pp", "things", "t0_", "tx", "order"])
def test_taken(name, dialect):
    assert faithful.unfaithful(declared(name), dialect) == []
