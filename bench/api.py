"""Room: bench. The shop's orders as every service of the race serves them: plain, and guarded.

The shop itself prices orders by a hook and takes fewer filters; here a create is one INSERT, and
20 parameters can be sent. Access rules are the shop's, so every guard and policy is at work.
"""

# ruff: noqa: RUF012 - lists in class bodies are how a resource is declared

from __future__ import annotations

from datetime import datetime

from accord import API, Resource, allow, caller, computed, deny, role, value
from examples.shop.models import Order, OrderItem, OrderStatus, User

api = API("bench", version="v1", title="Orders under load")
staff = role("admin", "manager")
anybody = role("admin", "manager", "engineer", "viewer")


@api.resource
class Orders(Resource[Order]):
    """What a user buys."""

    access = [
        allow("CRUD", staff),
        allow("CR", anybody, where=Order.user_id == caller.id),
        deny("D", where=Order.status == OrderStatus.SHIPPED),
    ]
    read_only = [Order.created_at, Order.updated_at]
    filters = [
        Order.id,
        Order.user_id,
        Order.status,
        Order.total,
        Order.currency,
        Order.created_at,
        Order.updated_at,
        Order.version,
    ]
    params = {
        "created_after": Order.created_at >= value(datetime),
        "created_before": Order.created_at < value(datetime),
    }
    sorts = [Order.created_at, Order.updated_at, Order.total]
    order = [Order.created_at.desc()]


@api.resource
class OrderItems(Resource[OrderItem]):
    """The lines of orders."""

    name = "items"
    operations = ["list", "get", "related"]
    access = [
        allow("CR", staff),
        allow("CR", anybody, where=OrderItem.order.has(Order.user_id == caller.id)),
    ]
    total_price = computed(OrderItem.quantity * OrderItem.unit_price)


@api.resource
class Users(Resource[User]):
    """People with an account."""

    access = [allow("CRUD", staff), allow("R", anybody, where=User.id == caller.id)]
