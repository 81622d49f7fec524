"""Room: bench/comparators. The SELECTs that the SQLAlchemy services share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import load_only, selectinload

from bench.comparators.models import Item, Order, User

COLUMNS = {
    name: getattr(Order, name)
    for name in ("id", "user_id", "status", "total", "currency", "created_at", "updated_at")
} | {"version": Order.version}
# parameter -> (column, method of the column)
CONDITIONS = {
    "total_gt": (Order.total, "__gt__"),
    "status_ne": (Order.status, "__ne__"),
    "total_ne": (Order.total, "__ne__"),
    "created_after": (Order.created_at, "__ge__"),
    "created_before": (Order.created_at, "__lt__"),
    "created_at_ne": (Order.created_at, "__ne__"),
    "updated_at_gte": (Order.updated_at, "__ge__"),
    "updated_at_lte": (Order.updated_at, "__le__"),
    "currency": (Order.currency, "__eq__"),
    "currency_ne": (Order.currency, "__ne__"),
    "user_id_ne": (Order.user_id, "__ne__"),
    "id_ne": (Order.id, "__ne__"),
    "version_gte": (Order.version, "__ge__"),
    "version_lte": (Order.version, "__le__"),
}


def orders(
    statuses: list[str] | None, given: dict[str, Any], sort: str, limit: int
) -> Select[Order]:
    """Return the page as a SELECT of entities."""
    query = select(Order)
    if statuses:
        single = len(statuses) == 1
        query = query.where(Order.status == statuses[0] if single else Order.status.in_(statuses))
    for name, value in given.items():
        column, method = CONDITIONS[name]
        query = query.where(getattr(column, method)(value))
    column = COLUMNS[sort.lstrip("-")]
    if sort.startswith("-"):
        return query.order_by(column.desc(), Order.id.desc()).limit(limit)
    return query.order_by(column, Order.id).limit(limit)


RELATIONS = {
    "user": selectinload(Order.user).options(load_only(User.id, User.name, User.email)),
    "items": selectinload(Order.items).options(
        load_only(Item.id, Item.order_id, Item.quantity, Item.unit_price, Item.product_id)
    ),
}
