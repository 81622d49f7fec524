"""Room: examples/shop/tests. Who may see and do what; refusals are 403 here, never 404."""

from __future__ import annotations

import httpx
import pytest

from examples.shop.tests.serving import ROLES, Served, code, ids, named


async def test_strangers_see_products_and_categories_only(shop: Served) -> None:
    client = shop.client()
    for path in ("/v1/products", "/v1/categories"):
        assert (await client.get(path)).status_code == 200
    for path in ("/v1/users", "/v1/teams", "/v1/orders", "/v1/items", "/v1/users/usr_x"):
        answer = await client.get(path)
        assert code(answer) == (401, "UNAUTHENTICATED")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for path in ("/v1/products", "/v1/orders", "/v1/users"):
        assert code(await client.post(path, json={})) == (401, "UNAUTHENTICATED")


async def test_false_keys_are_refused_everywhere(shop: Served) -> None:
    for given in ("Bearer wrong", "Bearer dev_admin_x", "Basic YTpi", "key-of-the-admin"):
        client = shop.client(authorization=given)
        for path in ("/v1/products", "/v1/users"):
            assert code(await client.get(path)) == (401, "INVALID_CREDENTIALS")


@pytest.mark.parametrize("role", ["viewer", "engineer"])
async def test_people_see_their_own_orders(shop: Served, role: str) -> None:
    client = shop.client(role)
    mine = shop.rows.orders_of(shop.ids[role])
    assert mine
    assert ids(await client.get("/v1/orders?limit=100")) == named(mine)
    mine_ids = {order["id"] for order in mine}
    items = {item["id"] for item in shop.rows.items if item["order_id"] in mine_ids}
    assert set(ids(await client.get("/v1/items?limit=100"))) == items
    for user in shop.rows.users[:10]:
        own = user["id"] == shop.ids[role]
        answer = await client.get(f"/v1/users/{user['id']}/orders?limit=100")
        assert ids(answer) == (named(mine) if own else [])


@pytest.mark.parametrize("role", ["viewer", "engineer"])
async def test_orders_of_others_are_forbidden_not_hidden(shop: Served, role: str) -> None:
    client = shop.client(role)
    other = next(o["id"] for o in shop.rows.orders if o["user_id"] != shop.ids[role])
    item = next(i["id"] for i in shop.rows.items if i["order_id"] == other)
    for method, path in (
        ("GET", f"/v1/orders/{other}"),
        ("GET", f"/v1/orders/{other}/items"),
        ("GET", f"/v1/orders/{other}/user"),
        ("GET", f"/v1/items/{item}"),
        ("POST", f"/v1/orders/{other}/cancel"),
        ("PATCH", f"/v1/orders/{other}"),
        ("DELETE", f"/v1/orders/{other}"),
    ):
        body: dict[str, object] | None = {} if method in {"POST", "PATCH"} else None
        answer = await client.request(method, path, json=body)
        assert code(answer) == (403, "FORBIDDEN"), (method, path)
    for path in ("/v1/orders/ord_none", "/v1/orders/ord_none/items", "/v1/items/item_none"):
        assert code(await client.get(path)) == (404, "NOT_FOUND"), path


@pytest.mark.parametrize("role", ["manager", "admin"])
async def test_staff_see_all_orders(shop: Served, role: str) -> None:
    client = shop.client(role)
    answer = await client.get("/v1/orders?count=exact")
    assert answer.headers["x-total-count"] == "200"


async def test_loyalty_points_are_ones_own_business(shop: Served) -> None:
    for role in ROLES:
        rows = (await shop.client(role).get("/v1/users?limit=100")).json()["data"]
        shown = {row["id"] for row in rows if row["loyalty_points"] is not None}
        everybody = {user["id"] for user in shop.rows.users}
        assert shown == (everybody if role in {"manager", "admin"} else {shop.ids[role]})


async def test_orders_of_others_do_not_come_by_include(shop: Served) -> None:
    client = shop.client("viewer")
    rows = (await client.get("/v1/users?include=orders&limit=100")).json()["data"]
    seen = {row["id"]: [order["id"] for order in row["orders"]] for row in rows}
    for user, orders in seen.items():
        mine = named(shop.rows.orders_of(user))[:20] if user == shop.ids["viewer"] else []
        assert orders == mine


async def test_people_change_their_name_and_nothing_more(shop: Served) -> None:
    client = shop.client("engineer")
    own = f"/v1/users/{shop.ids['engineer']}"
    answer = await client.patch(own, json={"name": "Me", "metadata": {"theme": "dark"}})
    assert answer.status_code == 200
    assert answer.json()["data"]["name"] == "Me"
    for field, value in (
        ("role", "admin"),
        ("is_active", False),
        ("loyalty_points", 9),
        ("manager_id", shop.ids["engineer"]),
        ("teams", []),
    ):
        answer = await client.patch(own, json={field: value})
        assert code(answer) == (403, "FIELD_FORBIDDEN"), field
        assert answer.json()["error"]["details"][0]["pointer"] == f"/{field}"
    other = f"/v1/users/{shop.ids['viewer']}"
    assert code(await client.patch(other, json={"name": "You"})) == (403, "FORBIDDEN")
    assert code(await client.delete(own)) == (403, "FORBIDDEN")


async def test_status_is_for_staff(shop: Served) -> None:
    given = {"items": [{"product_id": shop.rows.products[0]["id"], "quantity": 1}]}
    refused = await shop.client("viewer").post("/v1/orders", json={**given, "status": "shipped"})
    assert code(refused) == (403, "FIELD_FORBIDDEN")
    made = await shop.client("manager").post("/v1/orders", json={**given, "status": "shipped"})
    assert made.json()["data"]["status"] == "shipped"


async def test_admins_are_not_deleted(shop: Served, admin: httpx.AsyncClient) -> None:
    made = await admin.post(
        "/v1/users", json={"email": "root@example.com", "name": "R", "role": "admin"}
    )
    at = made.headers["location"]
    assert code(await admin.delete(at)) == (403, "FORBIDDEN")
    await admin.patch(at, json={"role": "viewer"})
    assert (await admin.delete(at)).status_code == 204


async def test_strangers_learn_nothing_by_asking_wrongly(shop: Served) -> None:
    client = shop.client()
    assert code(await client.post("/v1/users", content=b"{")) == (401, "UNAUTHENTICATED")
    viewer = shop.client("viewer")
    answer = await viewer.post("/v1/products", json={"nonsense": 1})
    assert code(answer) == (403, "FORBIDDEN")
