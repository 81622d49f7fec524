"""Room: examples/shop/tests. The shop with its seed, served on SQLite and on PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

import accord
from accord.kernel import observations
from examples.shop.api import api
from examples.shop.seed import Shop, dev_callers, seed

JSONAPI = "application/vnd.api+json"
ORIGIN = "https://shop.example"
ROLES = ("admin", "manager", "engineer", "viewer")


class Served:
    """The shop served; `client("admin")` speaks to it as that role, `client()` as nobody."""

    def __init__(self, app: Any, seen: observations.Recorder) -> None:
        self.app = app
        self.seen = seen
        self.seed = Shop(200)
        self.ids = dev_callers()
        self._clients: list[httpx.AsyncClient] = []

    def client(self, role: str | None = None, **headers: str) -> httpx.AsyncClient:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if role is not None:
            sent["authorization"] = f"Bearer key of the {role}"
        made = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://shop", headers=sent
        )
        self._clients.append(made)
        return made

    async def close(self) -> None:
        for each in self._clients:
            await each.aclose()


def keys() -> list[dict[str, Any]]:
    """A key for each role, which stands for the first active user of that role."""
    callers = dev_callers()
    return [
        {
            "name": role,
            "key_sha256": hashlib.sha256(f"key of the {role}".encode()).hexdigest(),
            "roles": [role],
            "id": callers[role],
        }
        for role in ROLES
    ]


@pytest.fixture(scope="module")
async def shop(database_url: str) -> AsyncIterator[Served]:
    """The shop with 30 users, 60 products and 200 orders, for the tests of one file."""
    await seed(database_url)
    seen = observations.Recorder()
    app = accord.asgi(
        api,
        observe=seen,
        mode="production",
        server_secret="not a secret: it signs the cursors of tests",
        database_url=database_url,
        cors_origins=[ORIGIN],
        keys=keys(),
    )
    async with app:
        served = Served(app, seen)
        yield served
        await served.close()


@pytest.fixture
def admin(shop: Served) -> httpx.AsyncClient:
    return shop.client("admin")


@pytest.fixture
def viewer(shop: Served) -> httpx.AsyncClient:
    return shop.client("viewer")


@pytest.fixture(autouse=True)
def shown_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """An unforeseen error prints its traceback, so that a failing test shows it."""
    yield
    found = request.node.funcargs.get("shop")
    if found is not None:
        for each in found.seen.of(observations.InternalError):
            print(each.traceback)  # noqa: T201 - pytest shows it with the failure
        found.seen.clear()
