"""The public vocabulary, used in full; mypy --strict and pyright must accept every line."""

from __future__ import annotations

import enum
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from sqlalchemy import JSON, ForeignKey, Numeric, String, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from accord import (
    API,
    Detail,
    Doc,
    Format,
    Ge,
    Gt,
    Le,
    Limits,
    Load,
    Lt,
    MaxLen,
    MinLen,
    Pattern,
    Problem,
    Resource,
    UtcDateTime,
    action,
    allow,
    authenticated,
    before,
    caller,
    check,
    choices,
    computed,
    deny,
    everyone,
    only,
    query,
    relation,
    role,
    value,
    via,
)


class Base(DeclarativeBase):
    pass


class Status(enum.Enum):
    OPEN = "open"
    SHIPPED = "shipped"


class Address(TypedDict):
    street: Annotated[str, MinLen(1), MaxLen(100)]
    country: Annotated[str, Pattern("^[A-Z]{2}$")]


@dataclass
class Tracking:
    carrier: str
    seen_at: datetime | None = None


class User(Base):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str]
    email: Mapped[Annotated[str, Format("email"), Doc("Where letters go.")]]
    is_active: Mapped[bool] = mapped_column(default=True)
    orders: Mapped[list[Order]] = relationship(back_populates="user")


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    status: Mapped[Status] = mapped_column(default=Status.OPEN)
    total: Mapped[Annotated[Decimal, Ge(0), Lt(1_000_000)]] = mapped_column(
        Numeric(12, 2), default=Decimal(0)
    )
    discount: Mapped[Annotated[Decimal, Gt(0), Le(1)] | None] = mapped_column(Numeric(3, 2))
    address: Mapped[Address | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)
    user: Mapped[User] = relationship(back_populates="orders")
    items: Mapped[list[Item]] = relationship(back_populates="order")


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    order: Mapped[Order] = relationship(back_populates="items")


class OrderShipped(Problem):
    """An order that has shipped cannot be changed."""

    code = "TYPING_ORDER_SHIPPED"
    status = 409
    message = "Order {0} has shipped."


api = API(
    "typed",
    version="v1",
    title="Typed",
    envelope="status",
    representation="application/vnd.api+json",
    base_path="/api/v1",
    reveal_forbidden=True,
    codes={"NOT_FOUND": "RES_001"},
    errors=[OrderShipped],
)
user, staff = role("user"), role("admin", "manager")


@api.resource
class Orders(Resource[Order]):
    """What a user buys."""

    access = [
        allow("CRUD", staff),
        allow("CR", user, where=Order.user_id == caller.id),
        allow("cancel", user & (Order.user_id == caller.id)),
        allow(["R", "tracking"], (Order.user_id == caller.id) | ~user),
        allow("U", authenticated, where=Order.user.has(User.id == caller.id), fields=["address"]),
        allow("R", everyone, where=Order.user_id == caller.claim("region", str)),
        deny("UD", where=Order.status == Status.SHIPPED),
        deny("R", ~staff, fields=[Order.discount]),
    ]
    defaults = {Order.user_id: caller.id, Order.created_at: datetime.now}
    filters = [
        Order.status,
        Order.total,
        only(Order.created_at, "gt", "lt"),
        via(Order.user, User.name),
        only(via(Order.user, User.email), "eq"),
        "buyer.is_active",
    ]
    params = {
        "created_after": Order.created_at >= value(datetime),
        "state": choices(open=Order.status == Status.OPEN, closed=Order.status != Status.OPEN),
        "buyer": Order.user.has(User.name == value(str)),
    }
    sorts = [Order.created_at, Order.total, "status"]
    search = [Order.id]
    order = [Order.created_at.desc(), Order.id]
    read_only = [Order.total, Order.created_at]
    immutable = [Order.user_id]
    hidden = [Order.deleted_at]
    rename = {Order.revision: "version", Order.items: "lines"}
    relations = [Order.items, relation(Order.user, to="users", name="buyer")]
    nested = [Order.items]
    limits = Limits(page_max=50)
    soft_delete = Order.deleted_at
    version = Order.revision
    modified = Order.updated_at
    require_conditions = True

    item_count = computed(
        select(func.count()).where(Item.order_id == Order.id).correlate(Order).scalar_subquery(),
        doc="How many lines.",
    )
    net_total = computed(Order.total * (1 - Order.discount))

    @computed(depends=[Order.status, Order.total])
    def label(self, status: str, total: Decimal) -> str:
        return f"{status} {total}"

    @before("create", "update", fields=[Order.items, "total"])
    async def price(self, values: MutableMapping[str, Any]) -> None:
        if await self.session.get(User, values["user_id"]) is None:
            detail = Detail("NOT_FOUND_REFERENCE", "No such user", field="user_id")
            raise Problem("VALIDATION_ERROR", details=[detail])

    @check(Order.created_at, Order.updated_at)
    def in_order(self, created_at: datetime, updated_at: datetime) -> None:
        if updated_at < created_at:
            raise ValueError("An order is changed after it is made.")

    @check("total")
    def not_free(self, row: Mapping[str, Any]) -> None:
        if not row["total"]:
            raise ValueError("Nothing is free.")

    @action(emits="order.cancelled", errors=[OrderShipped])
    async def cancel(
        self,
        order: Annotated[Order, Load(Order.items), Load(Order.user, User.orders)],
        reason: Annotated[str, MaxLen(500)],
    ) -> Order:
        """Cancel an order that has not shipped yet."""
        if order.status == Status.SHIPPED:
            raise OrderShipped(order.id)
        order.updated_at = self.now
        self.emit("order.noted", {"by": self.caller.id, "reason": reason})
        return order

    @action(collection=True, method="PUT", permission="create")
    async def load(self, orders: list[Tracking]) -> list[Order]:
        return []

    @action
    async def touch(self, order: Order) -> None:
        order.updated_at = self.now

    @query
    async def tracking(self, order: Order, carrier: str | None = None) -> Tracking:
        return Tracking(carrier or "post")

    @query(collection=True)
    async def mine(self) -> list[Order]:
        rows = await self.session.scalars(select(Order).where(Order.user_id == self.caller.id))
        return list(rows)


@api.resource
class Users(Resource[User]):
    links = []


@api.resource
class Items(Resource[Item]):
    operations = ["list", "get"]
    total_price = computed(Item.quantity * Item.unit_price)
    sorts = [total_price]
    filters = [total_price, only(total_price, "gt")]


async def decorators_keep_signatures(orders: Orders, order: Order) -> str:
    cancelled: Order = await orders.cancel(order, "too late")
    seen: Tracking = await orders.tracking(order)
    return cancelled.id + seen.carrier


digest: str = api.contract.digest
names: list[str] = list(api.compile().resources)
