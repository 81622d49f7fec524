"""Room: examples/shop/tests. The shop served for tests, its clients, and the rows of its seed."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx

import accord
from accord.kernel import observations
from examples.shop.api import api
from examples.shop.seed import DEFAULT_ORDERS, Row, Shop, dev_callers

JSONAPI = "application/vnd.api+json"
PROBLEM = "application/problem+json"
ORIGIN = "https://shop.example"
ROLES = ("viewer", "engineer", "manager", "admin")


class Served:
    """The shop served; `client("admin")` speaks to it as that role, `client()` as nobody."""

    def __init__(self, app: Any, seen: observations.Recorder) -> None:
        self.app = app
        self.seen = seen
        self.ids = dev_callers()
        self.rows = Rows()
        self._clients: list[httpx.AsyncClient] = []

    def client(self, role: str | None = None, **headers: str) -> httpx.AsyncClient:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if role is not None:
            sent["authorization"] = f"Bearer {secret(role)}"
        made = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://shop", headers=sent
        )
        self._clients.append(made)
        return made

    async def close(self) -> None:
        for each in self._clients:
            await each.aclose()


class Rows:
    """What the seed wrote, as Python values: tests compute from them what answers must say."""

    def __init__(self) -> None:
        shop = Shop(DEFAULT_ORDERS)
        drawn = [shop.order(number) for number in range(DEFAULT_ORDERS)]
        self.users = shop.users
        self.teams = shop.teams
        self.team_members = shop.team_members
        self.categories = shop.categories
        self.products = shop.products
        self.orders = [order for order, _ in drawn]
        self.items = [item for _, items in drawn for item in items]

    def orders_of(self, user: str) -> list[Row]:
        """The orders of one user, the youngest first."""
        found = [order for order in self.orders if order["user_id"] == user]
        return sorted(found, key=lambda row: row["created_at"], reverse=True)


def app(database_url: str, seen: observations.Recorder, **options: Any) -> Any:
    """The shop as production serves it, with a key for each role."""
    settings: dict[str, Any] = {
        "mode": "production",
        "server_secret": "no secret at all: it signs the cursors of tests",
        "database_url": database_url,
        "cors_origins": [ORIGIN],
        "keys": keys(),
    }
    return accord.asgi(api, observe=seen, **{**settings, **options})


def keys() -> list[dict[str, Any]]:
    """A key for each role, which stands for the first active user of that role."""
    callers = dev_callers()
    return [
        {
            "name": role,
            "key_sha256": hashlib.sha256(secret(role).encode()).hexdigest(),
            "roles": [role],
            "id": callers[role],
        }
        for role in ROLES
    ]


def secret(role: str) -> str:
    """The text of a role's key."""
    return f"key-of-the-{role}"


def ids(answer: httpx.Response) -> list[str]:
    """The ids of the rows of a list, in order."""
    if answer.status_code != 200:
        raise AssertionError(answer.text)
    return [row["id"] for row in answer.json()["data"]]


def named(rows: list[Row]) -> list[str]:
    """The ids of rows of the seed."""
    return [row["id"] for row in rows]


def code(answer: httpx.Response) -> tuple[int, str]:
    """The status and the error code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]
