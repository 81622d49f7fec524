"""Room: examples/shop/tests. The shop with its seed, served on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from accord.kernel import observations
from examples.shop.seed import seed
from examples.shop.tests import serving


@pytest.fixture(scope="module")
async def shop(database_url: str) -> AsyncIterator[serving.Served]:
    """The shop with 30 users, 60 products and 200 orders, for the tests of one file."""
    await seed(database_url)
    seen = observations.Recorder()
    async with serving.app(database_url, seen) as app:
        served = serving.Served(app, seen)
        yield served
        await served.close()


@pytest.fixture
def admin(shop: serving.Served) -> httpx.AsyncClient:
    return shop.client("admin")


@pytest.fixture
def viewer(shop: serving.Served) -> httpx.AsyncClient:
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
