"""Room: examples/shop/tests. HEAD, OPTIONS and calls from the pages of other origins."""

from __future__ import annotations

import httpx

from examples.shop.tests.serving import ORIGIN, Served, code


async def test_head_is_get_without_its_body(shop: Served, admin: httpx.AsyncClient) -> None:
    for path in ("/v1/orders?limit=3&offset=0", f"/v1/users/{shop.ids['admin']}", "/v1/products"):
        get, head = await admin.get(path), await admin.head(path)
        assert head.status_code == 200
        assert head.content == b""
        different = {"x-request-id"}
        assert {k: v for k, v in head.headers.items() if k not in different} == {
            k: v for k, v in get.headers.items() if k not in different
        }
    refused = await shop.client().head("/v1/orders")
    assert (refused.status_code, refused.content) == (401, b"")
    missing = await admin.head("/v1/users/usr_nobody")
    assert missing.status_code == 404


async def test_options_tell_what_is_allowed(shop: Served) -> None:
    client = shop.client()
    for path, allowed in (
        ("/v1/orders", "GET, HEAD, POST, OPTIONS"),
        ("/v1/orders/ord_any", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("/v1/orders/ord_any/items", "GET, HEAD, OPTIONS"),
        ("/v1/orders/ord_any/cancel", "POST, OPTIONS"),
        ("/v1/items", "GET, HEAD, OPTIONS"),
    ):
        answer = await client.options(path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["allow"] == allowed, path


async def test_other_methods_are_told_which_there_are(admin: httpx.AsyncClient) -> None:
    for method, path, allowed in (
        ("DELETE", "/v1/orders", "GET, HEAD, POST, OPTIONS"),
        ("POST", "/v1/items", "GET, HEAD, OPTIONS"),
        ("GET", "/v1/orders/ord_any/cancel", "POST, OPTIONS"),
        ("BREW", "/v1/products", "GET, HEAD, POST, OPTIONS"),
    ):
        answer = await admin.request(method, path)
        assert code(answer) == (405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"] == allowed


async def test_pages_of_a_known_origin_may_call(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/products?limit=1", headers={"origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "Origin" in answer.headers["vary"]
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"ETag", "Link", "Location", "X-Request-ID", "X-Total-Count"} <= set(exposed)
    refused = await admin.get("/v1/users/usr_nobody", headers={"origin": ORIGIN})
    assert refused.headers["access-control-allow-origin"] == ORIGIN


async def test_pages_of_other_origins_may_not(admin: httpx.AsyncClient) -> None:
    for origin in ("https://shop.example.evil", "http://shop.example", "null"):
        answer = await admin.get("/v1/products?limit=1", headers={"origin": origin})
        assert "access-control-allow-origin" not in answer.headers
        assert "Origin" in answer.headers["vary"]


async def test_browsers_ask_first(shop: Served) -> None:
    answer = await shop.client().options(
        "/v1/orders/ord_any",
        headers={
            "origin": ORIGIN,
            "access-control-request-method": "PATCH",
            "access-control-request-headers": "authorization, content-type, if-match",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    for name in ("authorization", "content-type", "if-match"):
        assert name in allowed
    assert int(answer.headers["access-control-max-age"]) > 0


async def test_every_answer_is_safe_to_show(admin: httpx.AsyncClient) -> None:
    for path in ("/v1/products?limit=1", "/v1/nowhere", "/docs/errors/NOT_FOUND"):
        headers = (await admin.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
