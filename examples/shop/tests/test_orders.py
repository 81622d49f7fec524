"""Room: examples/shop/tests. An order is made with its items in one body, and may be cancelled."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest

from examples.shop.models import OrderStatus
from examples.shop.tests.serving import JSONAPI, Served, code

PLACE = {
    "street": "Main St 1",
    "city": "Springfield",
    "state": "IL",
    "zip": "62701",
    "country": "US",
}


@pytest.fixture
def products(shop: Served) -> list[dict[str, Any]]:
    return shop.rows.products[:3]


def of(*items: tuple[str, int], **more: Any) -> dict[str, Any]:
    lines = [{"product_id": product, "quantity": quantity} for product, quantity in items]
    return {"items": lines, **more}


def money(amount: Decimal) -> str:
    return f"{amount:.2f}"


async def test_an_order_is_made_with_its_items(
    shop: Served, viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    first, second, _ = products
    given = of((first["id"], 2), (second["id"], 1), shipping_address=PLACE)
    answer = await viewer.post("/v1/orders?include=items.product", json=given)
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert data["user_id"] == shop.ids["viewer"]
    assert data["status"] == "pending"
    assert data["currency"] == "USD"
    assert data["shipping_address"] == PLACE
    assert data["total"] == money(2 * first["price"] + second["price"])
    told = {
        (each["product"]["id"], each["quantity"], each["unit_price"], each["total_price"])
        for each in data["items"]
    }
    assert told == {
        (first["id"], 2, money(first["price"]), money(2 * first["price"])),
        (second["id"], 1, money(second["price"]), money(second["price"])),
    }
    read = await viewer.get(f"{answer.headers['location']}?include=items.product")
    assert read.json()["data"] == data


async def test_a_document_orders_too(
    viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    given = {"data": {"type": "orders", "attributes": of((products[0]["id"], 3))}}
    answer = await viewer.post(
        "/v1/orders", json=given, headers={"accept": JSONAPI, "content-type": JSONAPI}
    )
    assert answer.status_code == 201
    body = answer.json()
    assert body["data"]["attributes"]["total"] == money(3 * products[0]["price"])
    assert [each["type"] for each in body["included"]] == ["items"]


async def test_missing_products_are_told_all_at_once(
    viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    before = (await viewer.get("/v1/orders?count=exact")).headers["x-total-count"]
    given = of(("prod_nil", 1), (products[0]["id"], 1), ("prod_void", 2))
    answer = await viewer.post("/v1/orders", json=given)
    assert code(answer) == (422, "VALIDATION_ERROR")
    assert answer.json()["error"]["details"] == [
        {
            "field": f"items.{product}",
            "code": "NOT_FOUND_REFERENCE",
            "message": "Product not found",
            "value": product,
        }
        for product in ("prod_nil", "prod_void")
    ]
    after = (await viewer.get("/v1/orders?count=exact")).headers["x-total-count"]
    assert before == after
    document = await viewer.post("/v1/orders", json=given, headers={"accept": JSONAPI})
    told = [(each["meta"]["field"], each["detail"]) for each in document.json()["errors"]]
    assert told == [
        (f"items.{product}", "Product not found") for product in ("prod_nil", "prod_void")
    ]


async def test_faults_of_items_stand_where_they_are(
    viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    given = {
        "items": [
            {"product_id": products[0]["id"], "quantity": 0},
            {"quantity": "two"},
            {"product_id": products[0]["id"], "quantity": 1, "unit_price": "0.01"},
        ],
        "total": "0.01",
        "currency": "EURO",
        "shipping_address": {"street": 1},
    }
    answer = await viewer.post("/v1/orders", json=given)
    assert code(answer) == (422, "VALIDATION_ERROR")
    told = {(each["pointer"], each["code"]) for each in answer.json()["error"]["details"]}
    assert told >= {
        ("/items/0/quantity", "TOO_SMALL"),
        ("/items/1/product_id", "REQUIRED"),
        ("/items/1/quantity", "INVALID_TYPE"),
        ("/items/2/unit_price", "READ_ONLY"),
        ("/total", "READ_ONLY"),
        ("/currency", "TOO_LONG"),
        ("/shipping_address/street", "INVALID_TYPE"),
    }


async def test_nobody_orders_in_another_name(
    shop: Served, viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    other = shop.ids["engineer"]
    given = of((products[0]["id"], 1), user_id=other)
    assert (await viewer.post("/v1/orders", json=given)).status_code == 403
    staff = await shop.client("manager").post("/v1/orders", json=given)
    assert staff.status_code == 201
    assert staff.json()["data"]["user_id"] == other


async def test_an_order_is_cancelled_once_and_stays_so(
    viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    made = await viewer.post("/v1/orders", json=of((products[0]["id"], 1)))
    cancel = f"{made.headers['location']}/cancel"
    first = await viewer.post(cancel, json={"reason": "Changed my mind."})
    assert first.status_code == 200
    assert first.json()["data"]["status"] == "cancelled"
    assert first.json()["data"]["version"] == 2
    again = await viewer.post(cancel)
    assert again.status_code == 200
    assert again.json()["data"] == first.json()["data"]


@pytest.mark.parametrize("status", [OrderStatus.SHIPPED, OrderStatus.DELIVERED])
async def test_an_order_on_its_way_is_not_cancelled(
    shop: Served, admin: httpx.AsyncClient, status: OrderStatus
) -> None:
    order = next(each for each in shop.rows.orders if each["status"] is status)["id"]
    for _ in range(2):
        answer = await admin.post(f"/v1/orders/{order}/cancel", json={"reason": "Too late."})
        assert code(answer) == (409, "ORDER_SHIPPED")
        error = answer.json()["error"]
        assert error["message"] == f"Order {order} has shipped."
        assert error["hint"] == "Ask for a return instead."
        assert error["documentation_url"] == "/docs/errors/ORDER_SHIPPED"
    kept = (await admin.get(f"/v1/orders/{order}")).json()["data"]
    assert (kept["status"], kept["version"]) == (status.value, 1)


async def test_a_reason_has_its_length(
    viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    made = await viewer.post("/v1/orders", json=of((products[0]["id"], 1)))
    cancel = f"{made.headers['location']}/cancel"
    answer = await viewer.post(cancel, json={"reason": "x" * 501, "force": True})
    assert code(answer) == (422, "VALIDATION_ERROR")
    told = {(each["pointer"], each["code"]) for each in answer.json()["error"]["details"]}
    assert told == {("/reason", "TOO_LONG"), ("/force", "UNKNOWN_ATTRIBUTE")}
    fine = await viewer.post(cancel, json={"reason": "x" * 500})
    assert fine.status_code == 200


async def test_cancelling_minds_the_version_that_was_seen(
    viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    made = await viewer.post("/v1/orders", json=of((products[0]["id"], 1)))
    cancel = f"{made.headers['location']}/cancel"
    other = await viewer.post(cancel, headers={"if-match": '"9-x"'})
    assert code(other) == (412, "PRECONDITION_FAILED")
    same = await viewer.post(cancel, headers={"if-match": made.headers["etag"]})
    assert same.status_code == 200


async def test_a_shipped_order_is_not_deleted(shop: Served, admin: httpx.AsyncClient) -> None:
    shipped = next(o["id"] for o in shop.rows.orders if o["status"] is OrderStatus.SHIPPED)
    assert code(await admin.delete(f"/v1/orders/{shipped}")) == (403, "FORBIDDEN")
    pending = next(o["id"] for o in shop.rows.orders if o["status"] is OrderStatus.PENDING)
    assert (await admin.delete(f"/v1/orders/{pending}")).status_code == 204
    left = await admin.get(f"/v1/items?order_id={pending}")
    assert left.json()["data"] == []


async def test_money_is_exact(admin: httpx.AsyncClient) -> None:
    made = await admin.post("/v1/products", json={"name": "Penny", "price": 0.1})
    assert made.json()["data"]["price"] == "0.10"
    order = await admin.post("/v1/orders", json=of((made.json()["data"]["id"], 3)))
    assert Decimal(order.json()["data"]["total"]) == Decimal("0.30")
    for price in ("-0.01", "0.001", "1e3x", "99999999999"):
        refused = await admin.post("/v1/products", json={"name": "Penny", "price": price})
        assert code(refused) == (422, "VALIDATION_ERROR")


async def test_an_item_cannot_name_another_order(
    viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    given = of((products[0]["id"], 1))
    given["items"][0]["order_id"] = "ord_another"
    answer = await viewer.post("/v1/orders", json=given)
    assert code(answer) == (422, "VALIDATION_ERROR")
    (detail,) = answer.json()["error"]["details"]
    assert (detail["code"], detail["pointer"]) == ("READ_ONLY", "/items/0/order_id")


async def test_items_have_a_limit(
    viewer: httpx.AsyncClient, products: list[dict[str, Any]]
) -> None:
    given = of(*[(products[0]["id"], 1)] * 1001)
    assert code(await viewer.post("/v1/orders", json=given)) == (422, "TOO_MANY_ITEMS")
