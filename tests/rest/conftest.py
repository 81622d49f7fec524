"""A library served by REST over SQLite and PostgreSQL."""

import contextlib

import httpx
import msgspec
import pytest
from sqlalchemy import insert

from accord.kernel import clock, observations, settings
from accord.protocols.rest import app
from accord.runtime import authentication, service
from accord.store import factory, schema
from tests.rest import library

SECRET = b"a secret of sixteen bytes or more"
KEYS = {
    "admin": authentication.key_of("admin", "admin-key", ("admin",), id="usr_admin", tenant="t1"),
    "reader": authentication.key_of("reader", "reader-key", ("reader",)),
    "writer": authentication.key_of("writer", "writer-key", ("writer",), id="aut_ann"),
    "other": authentication.key_of("other", "other-key", ("admin",), tenant="t2"),
}


class Served:
    """An API served; `client("admin")` speaks to it as that role, `client()` as nobody."""

    def __init__(self, database, recorder, clients):
        self.database = database
        self.recorder = recorder
        self._clients = clients
        self.rest = None

    def app(self, api=None, configured=None, **options):
        configured = configured or settings.Settings()
        made = service.Service(
            (api or library.make()).compile(),
            self.database,
            configured,
            clock.SystemClock(),
            self.recorder,
        )
        keys = authentication.Keys(KEYS.values())
        return app.Rest(made, keys, secret=options.pop("secret", SECRET), **options)

    def client(self, role=None, rest=None, **headers):
        if role:
            headers["authorization"] = f"Bearer {role}-key"
        transport = httpx.ASGITransport(rest or self.rest)
        client = httpx.AsyncClient(
            transport=transport,
            base_url="http://test",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        self._clients.append(client)
        return client


@contextlib.asynccontextmanager
async def opened(url, api=None):
    recorder = observations.Recorder()
    database = factory.open_database(settings.Database(url=url, connections=4), recorder)
    await database.start()
    clients = []
    try:
        await schema.create_all(database, [library.Base.metadata])
        async with database.session() as session:
            authors, tags, books, chapters, links = library.rows()
            for each in (authors, tags, books, chapters):
                session.orm.add_all(each)
                await session.orm.flush()
            await session.orm.execute(
                insert(library.book_tags), [{"book_id": b, "tag_id": t} for b, t in links]
            )
        served = Served(database, recorder, clients)
        served.rest = served.app(api)
        yield served
    finally:
        for client in clients:
            await client.aclose()
        await database.stop()


@pytest.fixture(scope="module")
async def served(database_url):
    """The library with its rows, for the tests of one file; they add rows but change none."""
    async with opened(database_url) as found:
        yield found


@pytest.fixture
def anybody(served):
    return served.client()


@pytest.fixture
def admin(served):
    return served.client("admin")


def replaced(**sections):
    """Default settings with some sections changed: `replaced(limits={"body_bytes": 10})`."""
    base = settings.Settings()
    changed = {
        name: msgspec.structs.replace(getattr(base, name), **given)
        if isinstance(given, dict)
        else given
        for name, given in sections.items()
    }
    return msgspec.structs.replace(base, **changed)


@pytest.fixture(autouse=True)
def shown_errors(request):
    """An unforeseen error prints its traceback, so that a failing test shows it."""
    yield
    found = request.node.funcargs.get("served")
    if found is not None:
        for each in found.recorder.of(observations.InternalError):
            print(each.traceback)
        found.recorder.clear()
