"""Room: bench/comparators. Litestar with msgspec structs and SQLAlchemy's async ORM."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Litestar, get, post
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.params import Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from bench.comparators import guards, models, queries

engine, sessions = models.connect()


class UserOut(msgspec.Struct):
    id: str
    name: str
    email: str


class ItemOut(msgspec.Struct):
    id: str
    quantity: int
    unit_price: Decimal
    total_price: Decimal
    product_id: str


class OrderBrief(msgspec.Struct):
    id: str
    user_id: str
    status: str
    total: Decimal
    created_at: datetime


class OrderOut(msgspec.Struct):
    id: str
    user_id: str
    status: str
    total: Decimal
    currency: str
    shipping_address: dict[str, str] | None
    created_at: datetime
    updated_at: datetime
    version: int


class OrderFull(OrderOut):
    user: UserOut
    items: list[ItemOut]


class NewOrder(msgspec.Struct):
    user_id: str
    total: Decimal
    currency: Annotated[str, msgspec.Meta(min_length=3, max_length=3)] = "USD"
    shipping_address: dict[str, str] | None = None


def allowed(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    try:
        claims = guards.authenticate(connection.headers.get("authorization"))
        guards.limit(claims["sub"])
    except guards.NotAllowedError as error:
        raise HTTPException(error.message, status_code=error.status) from None


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as opened:
        yield opened


@get("/v1/orders/{order_id:str}")
async def get_order(order_id: str, db: AsyncSession) -> dict[str, OrderOut]:
    order = await db.get(models.Order, order_id)
    if order is None:
        raise HTTPException("no such order", status_code=404)
    return {"data": msgspec.convert(order, OrderOut, from_attributes=True)}


@get("/v1/orders")
async def list_orders(  # noqa: PLR0917 - Litestar wants every parameter by name
    db: AsyncSession,
    status: list[str] | None = None,
    total_gt: Decimal | None = None,
    status_ne: str | None = None,
    total_ne: Decimal | None = None,
    created_after: datetime | None = None,
    created_before: datetime | None = None,
    created_at_ne: datetime | None = None,
    updated_at_gte: datetime | None = None,
    updated_at_lte: datetime | None = None,
    currency: str | None = None,
    currency_ne: str | None = None,
    user_id_ne: str | None = None,
    id_ne: str | None = None,
    version_gte: int | None = None,
    version_lte: int | None = None,
    sort: str = "-created_at",
    limit: Annotated[int, Parameter(ge=1, le=100)] = 20,
    include: str | None = None,
    fields: str | None = None,
) -> dict[str, Any]:
    given = {name: value for name, value in locals().items() if name in queries.CONDITIONS}
    given = {name: value for name, value in given.items() if value is not None}
    query = queries.orders(status, given, sort, limit)
    kind: Any = list[OrderBrief] if fields else list[OrderOut]
    if include:
        kind = list[OrderFull]
        query = query.options(*(queries.RELATIONS[name] for name in include.split(",")))
    rows = (await db.scalars(query)).all()
    return {"data": msgspec.convert(rows, kind, from_attributes=True)}


@post("/v1/orders")
async def create_order(data: NewOrder, db: AsyncSession) -> dict[str, OrderOut]:
    order = models.Order(**msgspec.structs.asdict(data))
    db.add(order)
    await db.commit()
    return {"data": msgspec.convert(order, OrderOut, from_attributes=True)}


app = Litestar(
    [get_order, list_orders, create_order],
    dependencies={"db": Provide(session)},
    guards=[allowed],
    on_shutdown=[engine.dispose],
    openapi_config=None,
)
