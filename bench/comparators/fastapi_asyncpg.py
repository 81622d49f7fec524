"""Room: bench/comparators. FastAPI with asyncpg and orjson by hand: rows to dictionaries."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import asyncpg
import orjson
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from bench.comparators import guards

ORDER = "id, user_id, status, total, currency, shipping_address, created_at, updated_at, version"
BRIEF = "id, user_id, status, total, created_at"
SORTS = {"created_at": "created_at", "updated_at": "updated_at", "total": "total"}
CONDITIONS = {
    "total_gt": "total >",
    "status_ne": "status <>",
    "total_ne": "total <>",
    "created_after": "created_at >=",
    "created_before": "created_at <",
    "created_at_ne": "created_at <>",
    "updated_at_gte": "updated_at >=",
    "updated_at_lte": "updated_at <=",
    "currency": "currency =",
    "currency_ne": "currency <>",
    "user_id_ne": "user_id <>",
    "id_ne": "id <>",
    "version_gte": "version >=",
    "version_lte": "version <=",
}


async def prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "json",
        schema="pg_catalog",
        encoder=lambda v: orjson.dumps(v).decode(),
        decoder=orjson.loads,
    )


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    size = int(os.environ["BENCH_POOL"])
    app.state.pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=size, max_size=size, init=prepare
    )
    yield
    await app.state.pool.close()


async def connection(request: Request) -> AsyncIterator[asyncpg.Connection]:
    async with request.app.state.pool.acquire() as acquired:
        yield acquired


async def caller(authorization: Annotated[str | None, Header()] = None) -> dict[str, Any]:
    try:
        claims = guards.authenticate(authorization)
        guards.limit(claims["sub"])
    except guards.NotAllowedError as error:
        raise HTTPException(error.status, error.message) from None
    return claims


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


Connection = Annotated[asyncpg.Connection, Depends(connection)]
Caller = Annotated[dict[str, Any], Depends(caller)]
app = FastAPI(lifespan=lifespan)


def plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value))


def answer(data: Any, status: int = 200) -> Response:
    body = orjson.dumps({"data": data}, default=plain, option=orjson.OPT_UTC_Z)
    return Response(body, status, media_type="application/json")


def where(filters: Filters) -> tuple[str, list[Any]]:
    """Return the conditions and their values, numbered from $1."""
    parts: list[str] = ["true"]
    values: list[Any] = []
    if filters.status:
        values.append(filters.status)
        parts.append("status = any($1)")
        if len(filters.status) == 1:
            values[0], parts[-1] = filters.status[0], "status = $1"
    for name, condition in CONDITIONS.items():
        value = getattr(filters, name)
        if value is not None:
            values.append(value)
            parts.append(f"{condition} ${len(values)}")
    return " and ".join(parts), values


@app.get("/v1/orders/{order_id}", response_model=None)
async def get_order(order_id: str, db: Connection, _: Caller) -> Response:
    row = await db.fetchrow(f"select {ORDER} from orders where id = $1", order_id)
    if row is None:
        raise HTTPException(404, "no such order")
    return answer(dict(row))


@app.get("/v1/orders", response_model=None)
async def list_orders(filters: Annotated[Filters, Query()], db: Connection, _: Caller) -> Response:
    conditions, values = where(filters)
    way = "desc" if filters.sort.startswith("-") else "asc"
    key = SORTS[filters.sort.lstrip("-")]
    values.append(filters.limit)
    rows = await db.fetch(
        f"select {BRIEF if filters.fields else ORDER} from orders where {conditions} "
        f"order by {key} {way}, id {way} limit ${len(values)}",
        *values,
    )
    data = [dict(row) for row in rows]
    if filters.include:
        await add_relations(db, data)
    return answer(data)


async def add_relations(db: asyncpg.Connection, data: list[dict[str, Any]]) -> None:
    """Fetch users and items by two more statements and hang them in."""
    users = await db.fetch(
        "select id, name, email from users where id = any($1)", list({o["user_id"] for o in data})
    )
    items = await db.fetch(
        "select order_id, id, quantity, unit_price, quantity * unit_price as total_price, "
        "product_id from items where order_id = any($1) order by id",
        [order["id"] for order in data],
    )
    by_user = {user["id"]: dict(user) for user in users}
    by_order: dict[str, list[dict[str, Any]]] = {order["id"]: [] for order in data}
    for row in items:
        item = dict(row)
        by_order[item.pop("order_id")].append(item)
    for order in data:
        order["user"] = by_user[order["user_id"]]
        order["items"] = by_order[order["id"]]


@app.post("/v1/orders", response_model=None)
async def create_order(body: NewOrder, db: Connection, _: Caller) -> Response:
    row = await db.fetchrow(
        "insert into orders (id, user_id, status, total, currency, shipping_address, "
        "created_at, updated_at, version) values ($1, $2, 'pending', $3, $4, $5, now(), now(), 1) "
        f"returning {ORDER}",
        f"ord_{secrets.token_hex(13)}",
        body.user_id,
        body.total,
        body.currency,
        body.shipping_address,
    )
    return answer(dict(row), 201)
