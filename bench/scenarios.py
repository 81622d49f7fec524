"""Room: bench. What is asked: scenarios whose ids and parameters vary from request to request."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.load import Request

VARIETY = 4_000
STATUSES = ["pending", "processing", "shipped", "delivered", "cancelled"]
RELATIONS = (
    "&include=user,items&fields[users]=id,name,email"
    "&fields[items]=id,quantity,unit_price,total_price,product_id"
)


@dataclass(frozen=True)
class Sample:
    """Ids that exist, drawn from the seeded database."""

    orders: list[str]
    users: list[str]


@dataclass(frozen=True)
class Target:
    """A ratio of ours to a comparator that 5-performance.md asks for."""

    against: str
    least: float


@dataclass(frozen=True)
class Scenario:
    """A named kind of request; `make` draws one of them."""

    name: str
    title: str
    make: Callable[[random.Random, Sample], Request]
    variety: int = VARIETY
    writes: bool = False
    # By database; a comparator's name may stand for a group, see `report`.
    targets: tuple[Target, ...] = ()
    sqlite_targets: tuple[Target, ...] = ()

    def requests(self, sample: Sample) -> list[Request]:
        """Return the requests of a run, the same in every run over the same data."""
        draw = random.Random(f"bench {self.name}")
        return [self.make(draw, sample) for _ in range(self.variety)]


def one(draw: random.Random, sample: Sample) -> Request:
    return Request("GET", f"/v1/orders/{draw.choice(sample.orders)}")


def money(draw: random.Random, low: int, high: int) -> str:
    return f"{draw.randrange(low * 100, high * 100) / 100:.2f}"


def page(draw: random.Random, _: Sample) -> Request:
    status, total = draw.choice(STATUSES), money(draw, 0, 800)
    path = f"/v1/orders?status={status}&total_gt={total}&sort=-created_at&limit=20"
    return Request("GET", path)


def include(draw: random.Random, sample: Sample) -> Request:
    return Request("GET", page(draw, sample).path + RELATIONS)


def day(draw: random.Random, first: int, last: int) -> str:
    """Return a moment between two months of 2023-07 onwards, to the second."""
    months = 6 + draw.randrange(first, last)
    year, month = 2023 + months // 12, months % 12 + 1
    clock = f"{draw.randrange(24):02}:{draw.randrange(60):02}:{draw.randrange(60):02}"
    return f"{year}-{month:02}-{draw.randrange(1, 29):02}T{clock}Z"


def many(draw: random.Random, sample: Sample) -> Request:
    """Return 20 parameters, every value but the constants drawn anew.

    No second bound on `total`: SQLite would take both for a narrow range, choose the index on
    `total` and sort half the table, and the row would measure that plan and nothing else.
    """
    parameters: list[tuple[str, Any]] = [
        *(("status", status) for status in draw.sample(STATUSES, 3)),
        ("total_gt", money(draw, 0, 300)),
        ("status_ne", draw.choice(STATUSES)),
        ("total_ne", money(draw, 0, 4000)),
        ("created_after", day(draw, 0, 12)),
        ("created_before", day(draw, 14, 23)),
        ("created_at_ne", day(draw, 0, 23)),
        ("updated_at_gte", day(draw, 0, 6)),
        ("updated_at_lte", day(draw, 23, 25)),
        ("currency", draw.choice(["USD", "EUR", "GBP"])),
        ("currency_ne", draw.choice(["CHF", "SEK", "JPY"])),
        ("user_id_ne", draw.choice(sample.users)),
        ("id_ne", draw.choice(sample.orders)),
        ("version_gte", draw.choice([0, 1])),
        ("version_lte", draw.randrange(1, 100)),
        ("sort", "-created_at"),
        ("limit", 20),
        ("fields", "id,user_id,status,total,created_at"),
    ]
    return Request("GET", "/v1/orders?" + "&".join(f"{name}={v}" for name, v in parameters))


def create(draw: random.Random, sample: Sample) -> Request:
    address = {"street": f"High Road {draw.randrange(200)}", "city": "Leeds", "state": "ENG"}
    body = {
        "user_id": draw.choice(sample.users),
        "total": money(draw, 1, 900),
        "currency": draw.choice(["USD", "EUR", "GBP"]),
        "shipping_address": {**address, "zip": "LS1 1UR", "country": "GB"},
    }
    return Request("POST", "/v1/orders", json.dumps(body, separators=(",", ":")))


def targets(fastapi: float, pool: float, best: float) -> tuple[Target, ...]:
    return (
        Target("fastapi_sqlalchemy", fastapi),
        Target("bare_pool", pool),
        Target("bare_best", best),
    )


SCENARIOS = [
    Scenario(
        "one",
        "One row by id",
        one,
        targets=targets(10, 1.2, 0.6),
        sqlite_targets=(Target("fastapi_sqlite", 10), Target("bare_sqlite", 0.4)),
    ),
    Scenario("page", "Page of 20, filtered and sorted", page, targets=targets(10, 1.1, 0.7)),
    Scenario("include", "Page of 20 with two relations", include, targets=targets(10, 0.9, 0.7)),
    Scenario("many", "20 query parameters, varying", many, targets=targets(5, 0.9, 0.6)),
    Scenario("identical", "Identical requests (one URL)", page, variety=1),
    Scenario("create", "Create", create, writes=True, targets=targets(5, 0.75, 0.6)),
]
