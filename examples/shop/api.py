"""Room: examples/shop. What of the shop is exposed, to whom, and what can be done with it."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import select

from accord import (
    API,
    Detail,
    Load,
    MaxLen,
    Problem,
    Resource,
    action,
    allow,
    authenticated,
    before,
    caller,
    choices,
    computed,
    deny,
    everyone,
    role,
    value,
    via,
)
from examples.shop.models import (
    Category,
    Order,
    OrderItem,
    OrderStatus,
    Product,
    Team,
    User,
    UserRole,
)

api = API(
    "shop",
    version="v1",
    title="Shop",
    description="Users, orders and products.",
    reveal_forbidden=True,
)

staff = role("admin", "manager")
anybody = role("admin", "manager", "engineer", "viewer")


class OrderShipped(Problem):
    """An order that is on its way, or has arrived, cannot be changed any more."""

    code = "ORDER_SHIPPED"
    status = 409
    message = "Order {0} has shipped."
    hint = "Ask for a return instead."


@api.resource
class Users(Resource[User]):
    """People with an account."""

    access = [
        allow("CRUD", staff),
        allow("R", authenticated),
        allow("U", anybody, where=User.id == caller.id, fields=[User.name, "metadata"]),
        deny("R", ~staff, where=User.id != caller.id, fields=[User.loyalty_points]),
        deny("D", where=User.role == UserRole.ADMIN),
    ]
    read_only = [User.created_at]
    filters = [
        User.role,
        User.department,
        User.is_active,
        User.email,
        User.name,
        User.manager_id,
        User.created_at,
        via(User.manager, User.name),
        via(User.teams, Team.name),
    ]
    params = {
        "status": choices(active=User.is_active.is_(True), inactive=User.is_active.is_(False)),
        "created_after": User.created_at >= value(datetime),
        "created_before": User.created_at < value(datetime),
    }
    sorts = [User.created_at, User.name, User.email]
    search = [User.name, User.email]
    order = [User.created_at]
    links = [User.teams]


@api.resource
class Teams(Resource[Team]):
    """Groups of users."""

    access = [allow("CRUD", staff), allow("R", authenticated)]
    filters = [Team.name]
    sorts = [Team.name]
    order = [Team.name]


@api.resource
class Orders(Resource[Order]):
    """What a user buys."""

    access = [
        allow("CRUD", staff),
        allow("CR", anybody, where=Order.user_id == caller.id),
        allow("cancel", staff),
        allow("cancel", anybody, where=Order.user_id == caller.id),
        deny("C", ~staff, fields=[Order.status]),
        deny("D", where=Order.status == OrderStatus.SHIPPED),
    ]
    defaults = {Order.user_id: caller.id, Order.total: Decimal(0)}
    read_only = [Order.total, Order.created_at]
    filters = [
        Order.status,
        Order.total,
        Order.currency,
        Order.user_id,
        Order.created_at,
        via(Order.user, User.email),
    ]
    params = {
        "created_after": Order.created_at >= value(datetime),
        "created_before": Order.created_at < value(datetime),
    }
    sorts = [Order.created_at, Order.updated_at, Order.total]
    order = [Order.created_at.desc()]
    nested = [Order.items]

    @before("create", fields=[Order.items])
    async def price(self, values: MutableMapping[str, Any]) -> None:
        """Give every item its product's price, and the order their sum."""
        items = values["items"]
        wanted = {item["product_id"] for item in items}
        found = await self.session.execute(
            select(Product.id, Product.price).where(Product.id.in_(wanted))
        )
        prices: dict[str, Decimal] = dict(iter(found))
        missing = [
            Detail("NOT_FOUND_REFERENCE", "Product not found", field=f"items.{id_}", value=id_)
            for id_ in sorted(wanted - prices.keys())
        ]
        if missing:
            raise Problem("VALIDATION_ERROR", "Some products do not exist.", details=missing)
        total = Decimal(0)
        for item in items:
            item["unit_price"] = prices[item["product_id"]]
            total += item["quantity"] * item["unit_price"]
        values["total"] = total

    @action(emits="order.cancelled", errors=[OrderShipped])
    async def cancel(
        self,
        order: Annotated[Order, Load(Order.items)],
        reason: Annotated[str, MaxLen(500)] = "",
    ) -> Order:
        """Cancel an order that has not shipped yet."""
        if order.status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED):
            raise OrderShipped(order.id)
        # Who asks twice, for want of an answer, must not be told of a mistake.
        if order.status is OrderStatus.CANCELLED:
            return order
        order.status = OrderStatus.CANCELLED
        self.emit("order.cancelled", {"id": order.id, "reason": reason})
        return order


@api.resource
class OrderItems(Resource[OrderItem]):
    """The lines of orders; they come with their order and do not change after."""

    name = "items"
    operations = ["list", "get", "related"]
    access = [
        allow("CR", staff),
        allow("CR", anybody, where=OrderItem.order.has(Order.user_id == caller.id)),
    ]
    read_only = [OrderItem.unit_price]
    filters = [OrderItem.order_id, OrderItem.product_id, OrderItem.quantity]
    total_price = computed(OrderItem.quantity * OrderItem.unit_price)
    sorts = [OrderItem.quantity, OrderItem.unit_price, total_price]


@api.resource
class Products(Resource[Product]):
    """Things for sale; anybody may look."""

    access = [allow("CRUD", staff), allow("R", everyone)]
    read_only = [Product.created_at]
    filters = [
        Product.name,
        Product.price,
        Product.in_stock,
        Product.category_id,
        Product.created_at,
        via(Product.category, Category.slug),
    ]
    params = {"category": Product.category.has(Category.slug == value(str))}
    sorts = [Product.price, Product.name, Product.created_at]
    search = [Product.name, Product.description]
    order = [Product.created_at.desc()]


@api.resource
class Categories(Resource[Category]):
    """The shelves of the shop, in a tree; anybody may look."""

    access = [allow("CRUD", staff), allow("R", everyone)]
    filters = [Category.slug, Category.name, Category.parent_id]
    sorts = [Category.name, Category.slug]
    search = [Category.name]
    order = [Category.name]
