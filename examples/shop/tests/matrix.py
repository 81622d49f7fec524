"""Room: examples/shop/tests. Every operation of the shop, asked for by every role, as a table."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from accord.contract import operation
from examples.shop.api import api
from examples.shop.models import OrderStatus
from examples.shop.tests import serving

WHO = (None, *serving.ROLES)
Body = dict[str, Any]


@dataclass
class Asker:
    """One role asking; `own` is the id of the user it stands for, '' for strangers."""

    shop: serving.Served
    role: str | None
    client: httpx.AsyncClient
    admin: httpx.AsyncClient
    numbers: Iterator[int]

    @property
    def own(self) -> str:
        return "" if self.role is None else self.shop.ids[self.role]

    @property
    def other(self) -> str:
        """A user with orders for whom no key stands."""
        known = set(self.shop.ids.values())
        return next(str(o["user_id"]) for o in self.shop.rows.orders if o["user_id"] not in known)

    async def made(self, name: str, body: Body) -> str:
        """The id of a new row, which the request may change or delete."""
        answer = await self.admin.post(f"/v1/{name}", json=body)
        if answer.status_code != 201:
            raise AssertionError(answer.text)
        return str(answer.json()["data"]["id"])


Subject = Callable[[Asker], Awaitable[str]]
Content = Callable[[Asker], Body]


@dataclass(frozen=True)
class Case:
    """One line: the request, on which row, with which body."""

    row: str
    subject: Subject | None = None
    body: Content | None = None


def seeded(name: str, position: int = 0) -> Subject:
    async def found(asker: Asker) -> str:
        return str(getattr(asker.shop.rows, name)[position]["id"])

    return found


def user(role: str) -> Subject:
    async def made(asker: Asker) -> str:
        return await asker.made("users", {**new_user(asker), "role": role})

    return made


async def self(asker: Asker) -> str:
    return asker.own


async def another(asker: Asker) -> str:
    return asker.other


def order(*, own: bool, status: OrderStatus = OrderStatus.PENDING) -> Subject:
    async def made(asker: Asker) -> str:
        owner = asker.own if own else asker.other
        return await asker.made(
            "orders", {**new_order(asker), "user_id": owner, "status": status.value}
        )

    return made


def seeded_order(*, own: bool) -> Subject:
    async def found(asker: Asker) -> str:
        return str(asker.shop.rows.orders_of(asker.own if own else asker.other)[0]["id"])

    return found


def item(*, own: bool) -> Subject:
    async def found(asker: Asker) -> str:
        parent = await seeded_order(own=own)(asker)
        return next(str(i["id"]) for i in asker.shop.rows.items if i["order_id"] == parent)

    return found


def new(name: str, body: Content) -> Subject:
    async def made(asker: Asker) -> str:
        return await asker.made(name, body(asker))

    return made


def new_user(asker: Asker) -> Body:
    return {"email": f"matrix{next(asker.numbers)}@example.com", "name": "Someone"}


def new_order(asker: Asker) -> Body:
    return {"items": [{"product_id": asker.shop.rows.products[0]["id"], "quantity": 1}]}


def new_product(_: Asker) -> Body:
    return {"name": "Something", "price": "1.00"}


def new_team(asker: Asker) -> Body:
    return {"name": f"Team {next(asker.numbers)}"}


def new_category(asker: Asker) -> Body:
    number = next(asker.numbers)
    return {"name": f"Shelf {number}", "slug": f"shelf-{number}"}


def fixed(**body: Any) -> Content:
    return lambda _: body


OWN_OR_NOT = {
    "users": (Case("own", self), Case("another's", another)),
    "orders": (
        Case("own", seeded_order(own=True)),
        Case("another's", seeded_order(own=False)),
    ),
    "items": (Case("own", item(own=True)), Case("another's", item(own=False))),
    "teams": (Case("", seeded("teams")),),
    "products": (Case("", seeded("products")),),
    "categories": (Case("", seeded("categories")),),
}
FRESH: dict[str, Content] = {
    "teams": new_team,
    "products": new_product,
    "categories": new_category,
}
CASES: dict[str, tuple[Case, ...]] = {
    "users.create": (Case("", None, new_user),),
    "users.replace": (
        Case("own", self, lambda asker: {**new_user(asker), "name": "Me"}),
        Case("another's", user("viewer"), new_user),
    ),
    "users.update": (
        Case("own name", self, fixed(name="Me")),
        Case("own role", self, fixed(role="admin")),
        Case("another's name", user("viewer"), fixed(name="You")),
    ),
    "users.delete": (Case("a viewer", user("viewer")), Case("an admin", user("admin"))),
    "orders.create": (
        Case("own", None, new_order),
        Case("another's", None, lambda asker: {**new_order(asker), "user_id": asker.other}),
        Case("own, shipped", None, lambda asker: {**new_order(asker), "status": "shipped"}),
    ),
    "orders.replace": (Case("own", order(own=True), lambda asker: {"user_id": asker.own}),),
    "orders.update": (Case("own", order(own=True), fixed(status="processing")),),
    "orders.delete": (
        Case("own", order(own=True)),
        Case("another's", order(own=False)),
        Case("another's, shipped", order(own=False, status=OrderStatus.SHIPPED)),
    ),
    "orders.cancel": (
        Case("own", order(own=True), fixed()),
        Case("another's", order(own=False), fixed()),
        Case("own, shipped", order(own=True, status=OrderStatus.SHIPPED), fixed()),
    ),
}


def cases(asked: operation.Operation) -> tuple[Case, ...]:
    """The lines of one operation."""
    if asked.id in CASES:
        return CASES[asked.id]
    if asked.kind == "list":
        return (Case(""),)
    if asked.kind in {"get", "related"}:
        return OWN_OR_NOT[asked.resource]
    body = FRESH[asked.resource]
    if asked.kind == "create":
        return (Case("", None, body),)
    subject = new(asked.resource, body)
    return (Case("", subject, None if asked.kind == "delete" else body),)


async def table(shop: serving.Served) -> str:
    """The whole table. What is shown as `200 ·7` is a list of which 7 rows are seen."""
    numbers = itertools.count(1)
    admin = shop.client("admin")
    askers = [Asker(shop, role, shop.client(role), admin, numbers) for role in WHO]
    lines = [("operation", "row", *(role or "stranger" for role in WHO))]
    operations = api.compile().contract.operations
    # Reads come first, so that what they see is the seed alone.
    for asked in sorted(operations, key=lambda each: each.method != "GET"):
        for case in cases(asked):
            cells = [await _cell(asker, asked, case) for asker in askers]
            lines.append((asked.id, case.row, *cells))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


async def _cell(asker: Asker, asked: operation.Operation, case: Case) -> str:
    if asker.role is None and case.row.startswith("own"):
        return "-"
    path = f"/v1{asked.path}"
    if case.subject is not None:
        path = path.replace("{id}", await case.subject(asker))
    body = None if case.body is None else case.body(asker)
    counted = asked.method == "GET" and asked.output == "list"
    answer = await asker.client.request(
        asked.method, f"{path}?count=exact" if counted else path, json=body
    )
    return _told(answer)


def _told(answer: httpx.Response) -> str:
    status = answer.status_code
    if status < 300:
        total = answer.headers.get("x-total-count")
        return f"{status}" if total is None else f"{status} ·{total}"
    code = answer.json()["error"]["code"]
    if code in {"UNAUTHENTICATED", "FORBIDDEN"}:
        return str(status)
    return f"{status} field" if code == "FIELD_FORBIDDEN" else f"{status} {code}"
