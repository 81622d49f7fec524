"""Room: examples/shop. The same people, products and orders every time, as many as wanted."""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from accord.kernel import ids
from examples.shop import names
from examples.shop.models import Base, UserRole

SEED = 20240115
FIRST_DAY = datetime(2023, 7, 1, tzinfo=UTC)
DAYS = 730
CHUNK = 5_000
DEFAULT_ORDERS = 200

Row = dict[str, Any]
Advance = Callable[[int], None]


class NotEmptyError(RuntimeError):
    """The database already holds shop data, and nobody said that it may go."""


@dataclass
class Shop:
    """The rows that orders point at, drawn once from one seeded generator."""

    orders: int
    # Not for secrets: the very point is that everybody draws the same.
    draw: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    teams: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    team_members: list[Row] = field(default_factory=list)
    categories: list[Row] = field(default_factory=list)
    products: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw everything but the orders; the order of the calls fixes every value."""
        self._draw_teams()
        self._draw_users(max(len(names.PEOPLE), self.orders // 50))
        self._draw_categories()
        self._draw_products(max(60, self.orders // 500))

    def id(self, prefix: str, at: datetime) -> str:
        """Return an id of Accord's form, such as ``ord_01hm…``, its random part drawn."""
        return str(ids.Id(prefix, at, self.draw.getrandbits(80)))

    def moment(self, share: float) -> datetime:
        """Return a moment within the shop's two years; never a whole second, so never twice."""
        micros = int(share * DAYS * 86_400) * 1_000_000 + self.draw.randrange(1, 1_000_000)
        return FIRST_DAY + timedelta(microseconds=micros)

    def _draw_teams(self) -> None:
        for name in names.TEAMS:
            self.teams.append({"id": self.id("team", FIRST_DAY), "name": name})

    def _draw_users(self, count: int) -> None:
        roles = [UserRole.VIEWER] * 5 + [UserRole.ENGINEER] * 3 + [UserRole.MANAGER, UserRole.ADMIN]
        for number in range(count):
            created = self.moment(number / count)
            name, email = self._person(number)
            user = {
                "id": self.id("usr", created),
                "email": email,
                "name": name,
                "role": roles[(number * 7 + 9) % len(roles)],
                "department": self.draw.choice(names.DEPARTMENTS),
                "manager_id": self._manager(number),
                "is_active": number % 9 != 4,
                "loyalty_points": self.draw.randrange(0, 5_000),
                "metadata": self.draw.choice(names.METADATA),
                "created_at": created,
                "updated_at": created + timedelta(days=number % 5, microseconds=1),
                "version": 1,
            }
            self.users.append(user)
            for team in self.draw.sample(self.teams, self.draw.choice((0, 1, 1, 2, 3))):
                self.team_members.append({"team_id": team["id"], "user_id": user["id"]})

    def _person(self, number: int) -> tuple[str, str]:
        if number < len(names.PEOPLE):
            return names.PEOPLE[number]
        name = f"{self.draw.choice(names.GIVEN)} {self.draw.choice(names.FAMILY)}"
        return name, f"user{number}@example.com"

    def _manager(self, number: int) -> str | None:
        """Give everybody but the first three a manager among those who came earlier."""
        if number < 3:
            return None
        return str(self.users[self.draw.randrange(0, max(3, number // 6))]["id"])

    def _draw_categories(self) -> None:
        known: dict[str, str] = {}
        for slug, name, parent in names.CATEGORIES:
            known[slug] = self.id("cat", FIRST_DAY)
            self.categories.append(
                {
                    "id": known[slug],
                    "name": name,
                    "slug": slug,
                    "parent_id": known[parent] if parent else None,
                }
            )

    def _draw_products(self, count: int) -> None:
        for number in range(count):
            created = self.moment(number / count / 4)
            thing = names.PRODUCTS[number % len(names.PRODUCTS)]
            edition = number // len(names.PRODUCTS)
            self.products.append(
                {
                    "id": self.id("prod", created),
                    "name": f"{thing} {edition + 1}" if edition else thing,
                    "description": None if number % 7 == 3 else f"{thing}, as good as new.",
                    "price": Decimal(self.draw.randrange(199, 50_000)) / 100,
                    "in_stock": number % 5 != 2,
                    "category_id": None
                    if number % 11 == 6
                    else self.categories[number % len(self.categories)]["id"],
                    "created_at": created,
                }
            )

    def order(self, number: int) -> tuple[Row, list[Row]]:
        """Draw one order and its items; later orders are younger."""
        created = self.moment(number / self.orders)
        order_id = self.id("ord", created)
        items = [self._item(order_id, created) for _ in range(self.draw.choice((1, 2, 2, 3, 4)))]
        order = {
            "id": order_id,
            "user_id": self.draw.choice(self.users)["id"],
            "status": self.draw.choice(names.STATUSES),
            "total": sum((item["quantity"] * item["unit_price"] for item in items), Decimal(0)),
            "currency": self.draw.choice(("USD", "USD", "USD", "EUR", "GBP")),
            "shipping_address": self._address(),
            "created_at": created,
            "updated_at": created + timedelta(seconds=self.draw.randrange(0, 86_400)),
            "version": 1,
        }
        return order, items

    def _item(self, order_id: str, created: datetime) -> Row:
        product = self.draw.choice(self.products)
        return {
            "id": self.id("item", created),
            "order_id": order_id,
            "product_id": product["id"],
            "quantity": self.draw.choice((1, 1, 1, 2, 3, 5)),
            "unit_price": product["price"],
        }

    def _address(self) -> Row | None:
        if self.draw.random() < 0.1:
            return None
        city, state, zip_code, country = self.draw.choice(names.PLACES)
        street = f"{self.draw.choice(names.STREETS)} {self.draw.randrange(1, 200)}"
        place = {"city": city, "state": state, "zip": zip_code, "country": country}
        return {"street": street, **place}


async def seed(
    database: str | AsyncEngine,
    orders: int = DEFAULT_ORDERS,
    progress: Advance | None = None,
    *,
    reset: bool = False,
) -> None:
    """Fill a database with the shop: about 30 users, 60 products and ``orders`` orders, or more.

    ``database`` is an engine or a URL (``sqlite:///shop.db``, ``postgresql://…``); ``progress``
    is called with the number of orders just written. Memory stays constant; rows and ids are
    the same in every run and on every database. Tables are created when absent.
    Raises NotEmptyError when there are users already and ``reset`` is false.
    """
    async with _engine(database) as engine:
        async with engine.begin() as connection:
            if reset:
                await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
            if await connection.scalar(sa.select(sa.exists().select_from(_table("users")))):
                raise NotEmptyError(
                    f"{engine.url.render_as_string()} already holds users; "
                    "seed an empty database, or say reset=True (--reset) to drop the shop's tables"
                )
            await _fill(connection, Shop(orders), progress or (lambda _: None))
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in Base.metadata.sorted_tables:
                await connection.execute(sa.text(f"ANALYZE {table.name}"))


def dev_callers(orders: int = DEFAULT_ORDERS) -> dict[str, str]:
    """Return, by role, whose rows a key of development sees: the first active user of the role."""
    found: dict[str, str] = {}
    for user in Shop(orders).users:
        if user["is_active"]:
            found.setdefault(user["role"].value, user["id"])
    return found


@asynccontextmanager
async def _engine(database: str | AsyncEngine) -> AsyncIterator[AsyncEngine]:
    if isinstance(database, AsyncEngine):
        yield database
        return
    url = sa.make_url(database)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    engine = create_async_engine(url.set(drivername=drivers.get(url.drivername, url.drivername)))
    try:
        yield engine
    finally:
        await engine.dispose()


async def _fill(connection: AsyncConnection, shop: Shop, progress: Advance) -> None:
    for name in ("teams", "users", "team_members", "categories", "products"):
        await _write(connection, name, getattr(shop, name))
    for start in range(0, shop.orders, CHUNK):
        orders, items = [], []
        for number in range(start, min(start + CHUNK, shop.orders)):
            order, lines = shop.order(number)
            orders.append(order)
            items.extend(lines)
        await _write(connection, "orders", orders)
        await _write(connection, "items", items)
        progress(len(orders))


async def _write(connection: AsyncConnection, name: str, rows: list[Row]) -> None:
    """Write rows at the driver's full speed: COPY on PostgreSQL, executemany on SQLite."""
    table, dialect = _table(name), connection.dialect
    columns = list(table.columns)
    # The statement skips SQLAlchemy, so the models' own types must encode the values.
    encoders = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    keys = list(zip([column.name for column in columns], encoders, strict=True))
    records = (tuple(enc(row[key]) if enc else row[key] for key, enc in keys) for row in rows)
    driver = (await connection.get_raw_connection()).driver_connection
    if driver is None:
        raise RuntimeError("the database driver gave no connection")
    fields = [column.name for column in columns]
    if dialect.name == "postgresql":
        await driver.copy_records_to_table(name, records=records, columns=fields)
    else:
        await driver.executemany(_insert(name, fields), records)


def _insert(table: str, columns: list[str]) -> str:
    """Return the INSERT of our own table and column names; the values are bound."""
    named = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" for _ in columns)
    return f'INSERT INTO "{table}" ({named}) VALUES ({marks})'  # noqa: S608


def _table(name: str) -> sa.Table:
    return Base.metadata.tables[name]


def main() -> None:
    """Run ``python -m examples.shop.seed --database sqlite:///shop.db --scale 1000``."""
    parser = argparse.ArgumentParser(prog="python -m examples.shop.seed", description=__doc__)
    parser.add_argument("--database", default="sqlite:///shop.db", help="where to write")
    parser.add_argument("--scale", type=int, default=DEFAULT_ORDERS, help="how many orders")
    parser.add_argument("--reset", action="store_true", help="drop the shop's tables first")
    options = parser.parse_args()
    bar = Progress(TextColumn("orders"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with bar:
        task = bar.add_task("orders", total=options.scale)
        try:
            asyncio.run(
                seed(
                    options.database,
                    options.scale,
                    lambda count: bar.advance(task, count),
                    reset=options.reset,
                )
            )
        except NotEmptyError as error:
            raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
