"""Room: examples/shop/tests. Plain answers stand in the envelope "full", and tell who asked."""

from __future__ import annotations

import re

import httpx
import pytest

from examples.shop.tests.serving import JSONAPI, PROBLEM, Served

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


async def test_one_row(shop: Served, admin: httpx.AsyncClient) -> None:
    category = shop.rows.categories[1]
    answer = await admin.get(f"/v1/categories/{category['id']}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "data": {name: category[name] for name in ("id", "name", "slug", "parent_id")},
        "meta": {"api_version": "v1"},
        "error": None,
        "links": {"self": f"/v1/categories/{category['id']}"},
    }
    assert list(answer.json()) == ["data", "meta", "error", "links"]


async def test_a_page_of_rows(shop: Served, admin: httpx.AsyncClient) -> None:
    body = (await admin.get("/v1/teams?name_like=e&limit=2&offset=0")).json()
    teams = [t for t in shop.rows.teams if "e" in t["name"].lower()]
    teams.sort(key=lambda team: team["name"])
    assert list(body) == ["data", "meta", "error", "links"]
    assert body["data"] == [{"id": t["id"], "name": t["name"]} for t in teams[:2]]
    assert body["error"] is None
    assert set(body["meta"]) == {"api_version", "pagination", "count", "filters_applied"}
    assert body["meta"]["count"] == 2
    assert body["meta"]["filters_applied"] == {"name_like": "e"}
    assert body["meta"]["pagination"]["total"] == len(teams)
    assert set(body["links"]) == {"first", "prev", "next", "last"}


async def test_a_change_tells_of_its_request(admin: httpx.AsyncClient) -> None:
    answer = await admin.post(
        "/v1/teams", json={"name": "Telling"}, headers={"x-request-id": "asked-1"}
    )
    meta = answer.json()["meta"]
    assert meta["api_version"] == "v1"
    assert meta["request_id"] == "asked-1" == answer.headers["x-request-id"]
    assert TIMESTAMP.fullmatch(meta["timestamp"])


async def test_equal_reads_are_equal_bytes(shop: Served, admin: httpx.AsyncClient) -> None:
    for path in (
        f"/v1/users/{shop.ids['viewer']}",
        "/v1/orders?limit=3",
        "/v1/users?include=teams",
    ):
        first, second = await admin.get(path), await admin.get(path)
        assert first.content == second.content
        assert first.headers["etag"] == second.headers["etag"]
        assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_an_error(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/v1/teams", json={"nam": "x"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error", "meta"}
    assert TIMESTAMP.fullmatch(body["meta"]["timestamp"])
    assert body["error"] == {
        "code": "VALIDATION_ERROR",
        "message": "2 values are not valid.",
        "details": [
            {
                "field": "nam",
                "pointer": "/nam",
                "code": "UNKNOWN_ATTRIBUTE",
                "message": body["error"]["details"][0]["message"],
            },
            {
                "field": "name",
                "pointer": "/name",
                "code": "REQUIRED",
                "message": body["error"]["details"][1]["message"],
            },
        ],
        "hint": "Correct the fields named in the details; they list all failures at once.",
        "documentation_url": "/docs/errors/VALIDATION_ERROR",
        "request_id": answer.headers["x-request-id"],
    }
    assert body["error"]["details"][0]["message"] == "nam is not known; did you mean 'name'?"


async def test_a_trace_is_named_when_there_is_one(admin: httpx.AsyncClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    parent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    answer = await admin.get("/v1/users/usr_nobody", headers=parent)
    assert answer.json()["error"]["trace_id"] == trace
    answer = await admin.get("/v1/users/usr_nobody", headers={"traceparent": "00-nonsense"})
    assert "trace_id" not in answer.json()["error"]


async def test_request_ids_are_kept_or_made(admin: httpx.AsyncClient) -> None:
    given = await admin.get(
        "/v1/products?limit=1", headers={"x-request-id": "mine", "x-correlation-id": "ours"}
    )
    assert given.headers["x-request-id"] == "mine"
    assert given.headers["x-correlation-id"] == "ours"
    made = await admin.get("/v1/products?limit=1", headers={"x-request-id": "not\tgood"})
    assert made.headers["x-request-id"].startswith("req_")
    lost = await admin.get("/v1/nowhere", headers={"x-request-id": "mine"})
    assert lost.json()["error"]["request_id"] == "mine"


async def test_problems_by_rfc_9457(admin: httpx.AsyncClient) -> None:
    accept = {"accept": f"application/json, {PROBLEM};q=0.9"}
    answer = await admin.get("/v1/users/usr_nobody", headers={**accept, "x-request-id": "mine"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json() == {
        "type": "/docs/errors/NOT_FOUND",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such row in users.",
        "instance": "/v1/users/usr_nobody",
        "code": "NOT_FOUND",
        "hint": "Check the id; list the collection to see what you can read.",
        "errors": [],
        "request_id": "mine",
    }
    fine = await admin.get("/v1/products?limit=1", headers=accept)
    assert fine.headers["content-type"] == "application/json"


async def test_problems_as_documents(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/users/usr_nobody", headers={"accept": JSONAPI})
    assert answer.headers["content-type"] == JSONAPI
    (error,) = answer.json()["errors"]
    assert (error["status"], error["code"], error["title"]) == ("404", "NOT_FOUND", "Not found")
    assert error["links"] == {"type": "/docs/errors/NOT_FOUND"}


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json;q=0.4, application/vnd.api+json;q=0.5", JSONAPI),
        ("application/vnd.api+json, */*;q=0.1", JSONAPI),
        ("application/vnd.api+json;q=0, */*", "application/json"),
    ],
)
async def test_the_client_chooses_the_representation(
    shop: Served, accept: str | None, wanted: str
) -> None:
    client = shop.client("admin")
    del client.headers["accept"]
    answer = await client.get("/v1/products", headers={"accept": accept} if accept else {})
    assert answer.headers["content-type"] == wanted
    assert "Accept" in answer.headers["vary"]


async def test_what_is_not_served_is_not_acceptable(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/products", headers={"accept": "text/csv"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (406, "NOT_ACCEPTABLE")
    answer = await admin.post(
        "/v1/teams", content="name=x", headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "UNSUPPORTED_MEDIA_TYPE"


async def test_both_representations_show_the_same_rows(admin: httpx.AsyncClient) -> None:
    for path in ("/v1/products?limit=5", "/v1/users?limit=5&sort=name", "/v1/items?limit=5"):
        plain = (await admin.get(path)).json()["data"]
        documents = (await admin.get(path, headers={"accept": JSONAPI})).json()["data"]
        assert [{"id": each["id"], **each["attributes"]} for each in documents] == plain
