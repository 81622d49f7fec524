"""Room: examples/shop/tests. A served shop answers over a socket what it promises."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from examples.shop.tests import process, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[str]:
    running = process.Process(tmp_path_factory.mktemp("served"), database_url).wait()
    yield running.url
    assert running.stop() == 0, running.output
    assert "Traceback" not in running.output


def client(url: str, role: str) -> httpx.Client:
    return httpx.Client(
        base_url=url, headers={"authorization": f"Bearer {serving.secret(role)}"}, timeout=20
    )


def test_a_customer_buys_and_changes_their_mind(url: str) -> None:
    with client(url, "viewer") as http:
        shelf = http.get("/v1/products?category=electronics&in_stock=true&limit=2").json()["data"]
        items = [{"product_id": product["id"], "quantity": 1} for product in shelf]
        missing = http.post("/v1/orders", json={"items": [{"product_id": "prod_0", "quantity": 1}]})
        assert missing.json()["error"]["details"][0]["field"] == "items.prod_0"
        made = http.post("/v1/orders?include=items", json={"items": items})
        assert made.status_code == 201
        assert len(made.json()["data"]["items"]) == len(shelf)
        assert http.get(made.headers["location"]).headers["etag"].startswith('"1-')
        listed = http.get("/v1/orders?limit=1").json()["data"][0]
        assert listed["id"] == made.json()["data"]["id"]
        cancelled = http.post(f"{made.headers['location']}/cancel", json={"reason": "Too dear."})
        assert cancelled.json()["data"]["status"] == "cancelled"
        assert cancelled.headers["etag"].startswith('"2-')


def test_staff_hire_by_a_document(url: str) -> None:
    with client(url, "manager") as http:
        boss = http.get("/v1/users?role=manager&limit=1").json()["data"][0]["id"]
        team = http.get("/v1/teams?limit=1").json()["data"][0]["id"]
        given = {
            "data": {
                "type": "users",
                "attributes": {"email": "new@example.com", "name": "New"},
                "relationships": {
                    "manager": {"data": {"type": "users", "id": boss}},
                    "teams": {"data": [{"type": "teams", "id": team}]},
                },
            }
        }
        media = {"accept": serving.JSONAPI, "content-type": serving.JSONAPI}
        made = http.post("/v1/users", json=given, headers=media)
        assert made.status_code == 201
        assert {each["id"] for each in made.json()["included"]} == {boss, team}
        again = http.get(
            made.headers["location"], headers={"if-none-match": made.headers["etag"], **media}
        )
        assert again.status_code == 200
        same = http.get(
            f"{made.headers['location']}?include=manager,teams",
            headers={"if-none-match": made.headers["etag"], **media},
        )
        assert same.status_code == 304
        assert http.post("/v1/users", json=given, headers=media).status_code == 409


def test_errors_pages_and_documents_are_there(url: str) -> None:
    with httpx.Client(base_url=url) as http:
        refused = http.get("/v1/orders")
        assert refused.status_code == 401
        page = http.get(refused.json()["error"]["documentation_url"])
        assert page.status_code == 200
        assert "UNAUTHENTICATED" in page.text
        assert http.head("/v1/products").headers["content-length"] != "0"
        assert http.get("/docs").status_code == 200
        assert http.get("/openapi.json").json()["info"]["title"] == "Shop"
        assert http.get("/healthz").json() == {"status": "alive"}
