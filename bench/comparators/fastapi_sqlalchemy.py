"""Room: bench/comparators. FastAPI, SQLAlchemy's async ORM and Pydantic, as a good team does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from bench.comparators import guards, models, queries

engine, sessions = models.connect()
T = TypeVar("T")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as opened:
        yield opened


async def caller(authorization: Annotated[str | None, Header()] = None) -> dict[str, Any]:
    try:
        claims = guards.authenticate(authorization)
        guards.limit(claims["sub"])
    except guards.NotAllowedError as error:
        raise HTTPException(error.status, error.message) from None
    return claims


class Model(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class UserOut(Model):
    id: str
    name: str
    email: str


class ItemOut(Model):
    id: str
    quantity: int
    unit_price: Decimal
    total_price: Decimal
    product_id: str


class OrderOut(Model):
    id: str
    user_id: str
    status: str
    total: Decimal
    currency: str
    shipping_address: dict[str, str] | None
    created_at: datetime
    updated_at: datetime
    version: int


class OrderWithRelations(OrderOut):
    user: UserOut
    items: list[ItemOut]


class OrderBrief(Model):
    id: str
    user_id: str
    status: str
    total: Decimal
    created_at: datetime


class Envelope(BaseModel, Generic[T]):
    data: T


class NewOrder(BaseModel):
    user_id: str
    total: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
    currency: Annotated[str, Field(min_length=3, max_length=3)] = "USD"
    shipping_address: dict[str, str] | None = None


class Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: list[str] | None = None
    total_gt: Decimal | None = None
    status_ne: str | None = None
    total_ne: Decimal | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    created_at_ne: datetime | None = None
    updated_at_gte: datetime | None = None
    updated_at_lte: datetime | None = None
    currency: str | None = None
    currency_ne: str | None = None
    user_id_ne: str | None = None
    id_ne: str | None = None
    version_gte: int | None = None
    version_lte: int | None = None
    sort: str = "-created_at"
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    include: str | None = None
    fields: str | None = None
    fields_users: Annotated[str | None, Field(alias="fields[users]")] = None
    fields_items: Annotated[str | None, Field(alias="fields[items]")] = None


NOT_CONDITIONS = {"status", "sort", "limit", "include", "fields", "fields_users", "fields_items"}
BRIEF: type[BaseModel] = Envelope[list[OrderBrief]]
PLAIN: type[BaseModel] = Envelope[list[OrderOut]]
FULL: type[BaseModel] = Envelope[list[OrderWithRelations]]
Session = Annotated[AsyncSession, Depends(session)]
Caller = Annotated[dict[str, Any], Depends(caller)]
app = FastAPI(lifespan=lifespan)


@app.get("/v1/orders/{order_id}")
async def get_order(order_id: str, db: Session, _: Caller) -> Envelope[OrderOut]:
    order = await db.get(models.Order, order_id)
    if order is None:
        raise HTTPException(404, "no such order")
    return Envelope(data=OrderOut.model_validate(order))


@app.get("/v1/orders", response_model=None)
async def list_orders(filters: Annotated[Filters, Query()], db: Session, _: Caller) -> Response:
    given = filters.model_dump(exclude_none=True, exclude=NOT_CONDITIONS)
    query = queries.orders(filters.status, given, filters.sort, filters.limit)
    page = BRIEF if filters.fields else PLAIN
    if filters.include:
        page = FULL
        query = query.options(*(queries.RELATIONS[n] for n in filters.include.split(",")))
    rows = (await db.scalars(query)).all()
    # Validated and written out once: `response_model` would validate a second time.
    answer = page.model_validate({"data": rows})
    return Response(answer.model_dump_json(), media_type="application/json")


@app.post("/v1/orders", status_code=201)
async def create_order(body: NewOrder, db: Session, _: Caller) -> Envelope[OrderOut]:
    order = models.Order(**body.model_dump())
    db.add(order)
    await db.commit()
    return Envelope(data=OrderOut.model_validate(order))
