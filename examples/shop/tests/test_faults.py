"""Room: examples/shop/tests. A wrong request is told all that is wrong, where, and what to do."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from examples.shop.tests.serving import Served, code


async def test_all_failures_of_a_body_at_once(admin: httpx.AsyncClient) -> None:
    given: dict[str, Any] = {
        "email": "nobody at home",
        "name": "",
        "role": "king",
        "department": "d" * 101,
        "is_active": "yes",
        "loyalty_points": 1.5,
        "created_at": "2024-01-01T00:00:00Z",
        "colour": "red",
    }
    answer = await admin.post("/v1/users", json=given)
    assert code(answer) == (422, "VALIDATION_ERROR")
    details = answer.json()["error"]["details"]
    assert {(each["pointer"], each["code"]) for each in details} == {
        ("/email", "INVALID_FORMAT"),
        ("/name", "TOO_SHORT"),
        ("/role", "NOT_ALLOWED_VALUE"),
        ("/department", "TOO_LONG"),
        ("/is_active", "INVALID_TYPE"),
        ("/loyalty_points", "INVALID_TYPE"),
        ("/created_at", "READ_ONLY"),
        ("/colour", "UNKNOWN_ATTRIBUTE"),
    }
    by_field = {each["field"]: each for each in details}
    assert by_field["email"]["value"] == "nobody at home"
    assert by_field["role"]["message"].endswith("admin, engineer, manager, viewer")


async def test_all_failures_of_a_query_at_once(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/orders?total_gt=much&created_after=soon")
    assert code(answer) == (400, "INVALID_PARAMETER")
    told = {each["parameter"] for each in answer.json()["error"]["details"]}
    assert told == {"total_gt", "created_after"}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"", (400, "MALFORMED_JSON")),
        (b"{", (400, "MALFORMED_JSON")),
        (b"{'name': 1}", (400, "MALFORMED_JSON")),
        (b'{"name": "\xff"}', (400, "MALFORMED_JSON")),
        (b"[]", (400, "MALFORMED_REQUEST")),
        (b"null", (400, "MALFORMED_REQUEST")),
        (b"[" * 40 + b"]" * 40, (400, "JSON_TOO_DEEP")),
        (b'{"name": "' + b"x" * 1_048_576 + b'"}', (413, "BODY_TOO_LARGE")),
    ],
)
async def test_a_body_that_cannot_be_read(
    admin: httpx.AsyncClient, body: bytes, wanted: tuple[int, str]
) -> None:
    headers = {"content-type": "application/json"}
    answer = await admin.post("/v1/teams", content=body, headers=headers)
    assert code(answer) == wanted


async def test_unknown_names_come_with_the_known_ones(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/users?departement=Sales")
    assert code(answer) == (400, "UNKNOWN_PARAMETER")
    assert "did you mean 'department'?" in answer.text
    answer = await admin.get("/v1/users?fields=id,emial")
    assert code(answer) == (400, "UNKNOWN_FIELD")
    assert "did you mean 'email'?" in answer.text
    answer = await admin.get("/v1/orders?sort=-status")
    assert code(answer) == (400, "UNKNOWN_SORT")
    for name in ("created_at", "updated_at", "total"):
        assert name in answer.text


async def test_too_much_is_refused(admin: httpx.AsyncClient) -> None:
    many = "&".join(f"name_ne={number}" for number in range(51))
    assert code(await admin.get(f"/v1/teams?{many}")) == (400, "TOO_MANY_PARAMETERS")
    assert code(await admin.get("/v1/teams?name=" + "x" * 9000)) == (414, "URI_TOO_LONG")


async def test_paths_that_lead_nowhere(admin: httpx.AsyncClient) -> None:
    for path in ("/", "/v1", "/v1/user", "/v2/users", "/v1/users/usr_1/shoes", "/v1/Users"):
        answer = await admin.get(path)
        assert code(answer) == (404, "ROUTE_NOT_FOUND"), path


async def test_every_error_links_to_its_page(shop: Served) -> None:
    client = shop.client()
    for path in ("/v1/nowhere", "/v1/orders", "/v1/products?x=1", "/v1/products/prod_no"):
        error = (await client.get(path)).json()["error"]
        page = await client.get(error["documentation_url"])
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert error["code"] in page.text
        assert error["hint"].split(";")[0] in page.text
