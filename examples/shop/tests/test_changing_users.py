"""Room: examples/shop/tests. A user is merged, replaced and deleted under conditions."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from examples.shop.tests.serving import JSONAPI, Served, code

_emails = iter(f"changed{number}@example.com" for number in range(1000))


@pytest.fixture
async def made(admin: httpx.AsyncClient) -> httpx.Response:
    """The answer to the creation of a user of the test's own."""
    given = {
        "email": next(_emails),
        "name": "Jane",
        "department": "Sales",
        "metadata": {"theme": "dark"},
    }
    answer = await admin.post("/v1/users", json=given)
    assert answer.status_code == 201
    return answer


def data(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]
    assert isinstance(found, dict)
    return found


async def test_patch_merges(admin: httpx.AsyncClient, made: httpx.Response) -> None:
    at = made.headers["location"]
    for media in ("application/json", "application/merge-patch+json"):
        answer = await admin.patch(
            at, content=b'{"department": null}', headers={"content-type": media}
        )
        after = data(answer)
        assert after["department"] is None
        assert after["email"] == made.json()["data"]["email"]
        assert after["metadata"] == {"theme": "dark"}
        assert data(await admin.get(at)) == after
        assert answer.headers["etag"] == (await admin.get(at)).headers["etag"]


async def test_patch_merges_into_structured_fields(
    admin: httpx.AsyncClient, made: httpx.Response
) -> None:
    at = made.headers["location"]
    more = {"metadata": {"limits": {"daily": 2, "monthly": 9}}}
    assert data(await admin.patch(at, json=more))["metadata"] == {
        "theme": "dark",
        "limits": {"daily": 2, "monthly": 9},
    }
    less = {"metadata": {"theme": None, "limits": {"daily": None}}}
    assert data(await admin.patch(at, json=less))["metadata"] == {"limits": {"monthly": 9}}
    assert data(await admin.patch(at, json={"metadata": None}))["metadata"] is None
    assert data(await admin.patch(at, json={"metadata": {"a": 1}}))["metadata"] == {"a": 1}


async def test_a_merge_that_leaves_an_invalid_structure_is_refused(
    admin: httpx.AsyncClient, order_at: str
) -> None:
    answer = await admin.patch(order_at, json={"shipping_address": {"city": None}})
    assert code(answer) == (422, "VALIDATION_ERROR")
    (detail,) = answer.json()["error"]["details"]
    assert detail["pointer"] == "/shipping_address/city"
    moved = await admin.patch(order_at, json={"shipping_address": {"city": "Lyon"}})
    assert data(moved)["shipping_address"]["city"] == "Lyon"


@pytest.fixture
async def order_at(admin: httpx.AsyncClient) -> str:
    """Where an order with an address is."""
    address = {"street": "Rue 1", "city": "Paris", "state": "", "zip": "75000", "country": "FR"}
    answer = await admin.post("/v1/orders", json={"shipping_address": address})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


async def test_a_patch_raises_version_and_moment(
    admin: httpx.AsyncClient, made: httpx.Response
) -> None:
    before = made.json()["data"]
    after = data(await admin.patch(made.headers["location"], json={"name": "Janet"}))
    assert (before["version"], after["version"]) == (1, 2)
    assert after["updated_at"] > before["updated_at"]
    assert after["created_at"] == before["created_at"]


async def test_a_document_patches_attributes_and_links(
    shop: Served, admin: httpx.AsyncClient, made: httpx.Response
) -> None:
    at, own = made.headers["location"], made.json()["data"]["id"]
    teams = [team["id"] for team in shop.rows.teams[3:5]]
    given = {
        "data": {
            "type": "users",
            "id": own,
            "attributes": {"name": "Janet"},
            "relationships": {"teams": {"data": [{"type": "teams", "id": each} for each in teams]}},
        }
    }
    headers = {"accept": JSONAPI, "content-type": JSONAPI}
    answer = await admin.patch(at, json=given, headers=headers)
    body = answer.json()
    assert body["data"]["attributes"]["name"] == "Janet"
    assert {each["id"] for each in body["included"]} == set(teams)
    given["data"]["id"] = "usr_other"
    assert (await admin.patch(at, json=given, headers=headers)).status_code == 409


async def test_put_replaces(admin: httpx.AsyncClient, made: httpx.Response) -> None:
    at = made.headers["location"]
    email = made.json()["data"]["email"]
    after = data(await admin.put(at, json={"email": email, "name": "New"}))
    assert after["name"] == "New"
    assert after["department"] is None
    assert after["metadata"] is None
    assert after["role"] == "viewer"
    assert after["id"] == made.json()["data"]["id"]
    assert after["created_at"] == made.json()["data"]["created_at"]
    partial = await admin.put(at, json={"name": "No address"})
    assert code(partial) == (422, "VALIDATION_ERROR")
    assert partial.json()["error"]["details"][0]["field"] == "email"
    assert partial.json()["error"]["details"][0]["code"] == "REQUIRED"


async def test_a_change_is_made_to_the_version_that_was_seen(
    admin: httpx.AsyncClient, made: httpx.Response
) -> None:
    at, seen = made.headers["location"], made.headers["etag"]
    changed = await admin.patch(at, json={"name": "B"}, headers={"if-match": seen})
    assert changed.status_code == 200
    assert changed.headers["etag"] != seen
    for method, body in (("PATCH", {"name": "C"}), ("PUT", {"email": "x@x.org", "name": "C"})):
        late = await admin.request(method, at, json=body, headers={"if-match": seen})
        assert code(late) == (412, "PRECONDITION_FAILED")
    late = await admin.delete(at, headers={"if-match": seen})
    assert code(late) == (412, "PRECONDITION_FAILED")
    assert data(await admin.get(at))["name"] == "B"
    any_version = await admin.patch(at, json={"name": "D"}, headers={"if-match": "*"})
    assert any_version.status_code == 200


async def test_the_tag_of_one_representation_guards_a_change_by_another(
    admin: httpx.AsyncClient, made: httpx.Response
) -> None:
    at = made.headers["location"]
    seen = (await admin.get(f"{at}?include=teams", headers={"accept": JSONAPI})).headers["etag"]
    assert seen != made.headers["etag"]
    changed = await admin.patch(at, json={"name": "B"}, headers={"if-match": seen})
    assert changed.status_code == 200


async def test_what_did_not_change_is_not_sent_again(
    admin: httpx.AsyncClient, made: httpx.Response
) -> None:
    at = made.headers["location"]
    first = await admin.get(at)
    assert first.headers["etag"] == made.headers["etag"]
    for given in (first.headers["etag"], f'"other", {first.headers["etag"]}', "*"):
        again = await admin.get(at, headers={"if-none-match": given})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == first.headers["etag"]
    since = await admin.get(at, headers={"if-modified-since": first.headers["last-modified"]})
    assert since.status_code == 304
    await admin.patch(at, json={"name": "B"})
    changed = await admin.get(at, headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_a_list_that_did_not_change_is_not_sent_again(admin: httpx.AsyncClient) -> None:
    first = await admin.get("/v1/products?limit=5")
    again = await admin.get(
        "/v1/products?limit=5", headers={"if-none-match": first.headers["etag"]}
    )
    assert again.status_code == 304


async def test_a_date_protects_no_change(admin: httpx.AsyncClient, made: httpx.Response) -> None:
    answer = await admin.patch(
        made.headers["location"],
        json={"name": "B"},
        headers={"if-unmodified-since": made.headers["last-modified"]},
    )
    assert code(answer) == (428, "PRECONDITION_REQUIRED")


async def test_a_deleted_user_is_gone(admin: httpx.AsyncClient, made: httpx.Response) -> None:
    at = made.headers["location"]
    answer = await admin.delete(at, headers={"if-match": made.headers["etag"]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert code(await admin.get(at)) == (404, "NOT_FOUND")
    assert code(await admin.delete(at)) == (404, "NOT_FOUND")


async def test_a_user_with_orders_stays(shop: Served, admin: httpx.AsyncClient) -> None:
    user = next(
        u["id"]
        for u in shop.rows.users
        if u["role"].value == "viewer" and shop.rows.orders_of(u["id"])
    )
    assert code(await admin.delete(f"/v1/users/{user}")) == (409, "REFERENCED")
    assert (await admin.get(f"/v1/users/{user}")).status_code == 200


async def test_what_the_server_sets_is_not_set(
    admin: httpx.AsyncClient, made: httpx.Response
) -> None:
    given = {"id": "usr_mine", "created_at": "2020-01-01T00:00:00Z", "version": 7}
    answer = await admin.patch(made.headers["location"], json=given)
    assert answer.status_code == 422
    told = {each["field"]: each["code"] for each in answer.json()["error"]["details"]}
    assert told == dict.fromkeys(given, "READ_ONLY")


async def test_a_client_may_prefer_no_answer(
    admin: httpx.AsyncClient, made: httpx.Response
) -> None:
    answer = await admin.patch(
        made.headers["location"], json={"name": "B"}, headers={"prefer": "return=minimal"}
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["preference-applied"] == "return=minimal"
