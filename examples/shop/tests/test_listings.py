"""Room: examples/shop/tests. The documented listings answer with the rows they speak of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import httpx

from examples.shop.models import OrderStatus
from examples.shop.tests.serving import ROLES, Served, ids, named


async def test_active_users_by_creation_downwards(shop: Served, admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/users?status=active&sort=created_at:desc&limit=20&offset=0")
    active = [user for user in shop.rows.users if user["is_active"]]
    active.sort(key=lambda user: user["created_at"], reverse=True)
    assert ids(answer) == named(active)[:20]
    meta = answer.json()["meta"]
    assert meta["filters_applied"] == {"status": "active"}
    assert meta["count"] == 20
    assert meta["pagination"]["total"] == len(active)


async def test_inactive_users_are_the_others(shop: Served, admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/users?status=inactive&limit=100")
    assert set(ids(answer)) == {u["id"] for u in shop.rows.users if not u["is_active"]}
    refused = await admin.get("/v1/users?status=asleep")
    assert refused.status_code == 400
    assert "active, inactive" in refused.json()["error"]["details"][0]["message"]


async def test_orders_after_a_day_and_above_a_total(shop: Served, admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/orders?created_after=2024-01-01&total_gt=100&limit=100")
    day = datetime(2024, 1, 1, tzinfo=UTC)
    found = [o for o in shop.rows.orders if o["created_at"] >= day and o["total"] > 100]
    found.sort(key=lambda order: order["created_at"], reverse=True)
    assert found
    assert ids(answer) == named(found)[:100]
    assert all(Decimal(row["total"]) > 100 for row in answer.json()["data"])
    assert answer.json()["meta"]["filters_applied"] == {
        "created_after": "2024-01-01",
        "total_gt": "100",
    }


async def test_products_of_a_category_by_its_slug(shop: Served, admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/products?category=electronics&in_stock=true")
    shelf = next(c["id"] for c in shop.rows.categories if c["slug"] == "electronics")
    found = [p for p in shop.rows.products if p["category_id"] == shelf and p["in_stock"]]
    assert found
    assert sorted(ids(answer)) == sorted(named(found))
    assert ids(await admin.get("/v1/products?category=nowhere")) == []


async def test_users_by_a_word_with_some_fields(shop: Served, admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/users?search=john&fields=id,name,email")
    found = [u for u in shop.rows.users if "john" in (u["name"] + u["email"]).lower()]
    assert len(found) > 1
    assert answer.json()["data"] == [
        {"id": user["id"], "name": user["name"], "email": user["email"]} for user in found
    ]


async def test_a_word_of_300_characters_is_searched_for(admin: httpx.AsyncClient) -> None:
    for word in ("x" * 300, "ö" * 300, "%" * 300):
        answer = await admin.get("/v1/users", params={"search": word})
        assert ids(answer) == []
        assert answer.json()["meta"]["filters_applied"] == {"search": word}


async def test_wildcards_in_a_word_are_plain_characters(
    shop: Served, admin: httpx.AsyncClient
) -> None:
    for word, email in (("100%", "emily@example.com"), ("r_s", "vale@example.com")):
        answer = await admin.get("/v1/users", params={"search": word})
        assert [row["email"] for row in answer.json()["data"]] == [email]


async def test_orders_of_a_user(shop: Served, admin: httpx.AsyncClient) -> None:
    shipping = [o["user_id"] for o in shop.rows.orders if o["status"] is OrderStatus.SHIPPED]
    user = max(shipping, key=lambda each: len(shop.rows.orders_of(each)))
    answer = await admin.get(f"/v1/users/{user}/orders?limit=100")
    assert ids(answer) == named(shop.rows.orders_of(user))
    shipped = [o for o in shop.rows.orders_of(user) if o["status"] is OrderStatus.SHIPPED]
    assert shipped
    answer = await admin.get(f"/v1/users/{user}/orders?status=shipped&limit=100")
    assert ids(answer) == named(shipped)
    missing = await admin.get("/v1/users/usr_nobody/orders")
    assert missing.status_code == 404


async def test_the_manager_of_a_user(shop: Served, admin: httpx.AsyncClient) -> None:
    user = next(u for u in shop.rows.users if u["manager_id"])
    answer = await admin.get(f"/v1/users/{user['id']}/manager")
    assert answer.json()["data"]["id"] == user["manager_id"]
    top = next(u for u in shop.rows.users if not u["manager_id"])
    answer = await admin.get(f"/v1/users/{top['id']}/manager")
    assert answer.status_code == 200
    assert answer.json()["data"] is None


async def test_categories_stand_in_a_tree(shop: Served) -> None:
    client = shop.client()
    answer = await client.get("/v1/categories?include=parent,children&limit=100")
    by_slug = {row["slug"]: row for row in answer.json()["data"]}
    assert set(by_slug) == {row["slug"] for row in shop.rows.categories}
    assert by_slug["electronics"]["parent"] is None
    assert by_slug["laptops"]["parent"]["slug"] == "computers"
    children = {row["slug"] for row in by_slug["electronics"]["children"]}
    assert children == {"computers", "phones", "audio"}


async def test_one_row_of_each_kind(shop: Served, admin: httpx.AsyncClient) -> None:
    for name in ("users", "teams", "orders", "items", "products", "categories"):
        row = getattr(shop.rows, name)[3]
        answer = await admin.get(f"/v1/{name}/{row['id']}")
        assert answer.status_code == 200
        data = answer.json()["data"]
        assert data["id"] == row["id"]
        assert answer.headers["etag"].startswith('"')


async def test_values_travel_in_one_form(shop: Served, admin: httpx.AsyncClient) -> None:
    row = next(order for order in shop.rows.orders if order["shipping_address"])
    data = (await admin.get(f"/v1/orders/{row['id']}")).json()["data"]
    assert data == {
        "id": row["id"],
        "user_id": row["user_id"],
        "status": row["status"].value,
        "total": f"{row['total']:.2f}",
        "currency": row["currency"],
        "shipping_address": row["shipping_address"],
        "created_at": f"{row['created_at']:%Y-%m-%dT%H:%M:%S.%f}Z",
        "updated_at": f"{row['updated_at']:%Y-%m-%dT%H:%M:%S.%f}Z",
        "version": 1,
    }
    item = shop.rows.items[0]
    data = (await admin.get(f"/v1/items/{item['id']}")).json()["data"]
    assert data["total_price"] == f"{item['quantity'] * item['unit_price']:.2f}"


async def test_everybody_reads_the_same_bytes(shop: Served) -> None:
    answers = [(await shop.client(role).get("/v1/products")).content for role in (None, *ROLES)]
    assert len(set(answers)) == 1


async def test_relations_of_relations_are_nested(shop: Served, admin: httpx.AsyncClient) -> None:
    order = shop.rows.orders[0]
    answer = await admin.get(
        f"/v1/orders/{order['id']}?include=user.manager,items.product.category"
    )
    data = answer.json()["data"]
    assert data["user"]["id"] == order["user_id"]
    items = [item for item in shop.rows.items if item["order_id"] == order["id"]]
    assert {each["id"] for each in data["items"]} == {each["id"] for each in items}
    assert all("category" in each["product"] for each in data["items"])


async def test_filters_lead_through_relations(shop: Served, admin: httpx.AsyncClient) -> None:
    teams = {team["name"]: team["id"] for team in shop.rows.teams}
    members = {
        each["user_id"] for each in shop.rows.team_members if each["team_id"] == teams["Search"]
    }
    answer = await admin.get("/v1/users", params={"filter[teams.name]": "Search", "limit": "100"})
    assert set(ids(answer)) == members
    answer = await admin.get("/v1/users?filter[teams.nam]=Search")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "UNKNOWN_FILTER"


async def test_a_tree_of_conditions(shop: Served, admin: httpx.AsyncClient) -> None:
    tree = "or(eq(status,'pending'),and(eq(currency,'EUR'),gt(total,500)))"
    answer = await admin.get("/v1/orders", params={"filter": tree, "limit": "100"})

    def wanted(order: dict[str, object]) -> bool:
        total = order["total"]
        assert isinstance(total, Decimal)
        return order["status"] is OrderStatus.PENDING or (
            order["currency"] == "EUR" and total > 500
        )

    assert set(ids(answer)) == {order["id"] for order in shop.rows.orders if wanted(order)}
