"""What SQLite cannot hold faithfully is a mistake at start-up there, and only there."""

from __future__ import annotations

from accord import Resource
from accord.binding import faithful
from tests.declare.models import Everything
from tests.declare.support import compiled


class All(Resource[Everything]):
    name = "all"


def test_sqlite_is_told_what_it_would_lose(golden):
    found = faithful.unfaithful(compiled(All), "sqlite")
    golden("\n".join(str(each) for each in found))


def test_postgresql_holds_everything():
    assert faithful.unfaithful(compiled(All), "postgresql") == []
