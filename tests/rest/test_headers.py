"""Header fields every answer has, request ids, CORS by exact origins, observations."""

import pytest

from accord.kernel import observations
from tests.rest import conftest

pytestmark = pytest.mark.anyio

ORIGIN = "https://shop.example"


async def test_every_answer_has_the_security_headers(anybody):
    for path in ("/v1/books/book_01", "/v1/nothing", "/v1/authors"):
        answer = await anybody.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" not in answer.headers
        assert int(answer.headers["content-length"]) == len(answer.content)


async def test_hsts_over_tls_only(served):
    import httpx

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(served.rest), base_url="https://test"
    ) as client:
        answer = await client.get("/v1/books/book_01")
    assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize("given", ["a", "req-1", "x" * 128, "0af7651916cd:43dd/8448_eb.2+="])
async def test_a_request_id_is_kept(anybody, given):
    answer = await anybody.get("/v1/nothing", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] == given
    assert answer.json()["error"]["request_id"] == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", 'a"b', "<script>", "é"])
async def test_a_request_id_that_is_not_safe_is_replaced(anybody, given):
    answer = await anybody.get("/v1/nothing", headers={"x-request-id": given.encode("latin-1")})
    assert answer.headers["x-request-id"].startswith("req_")


async def test_a_correlation_id_is_echoed(anybody):
    answer = await anybody.get("/v1/books/book_01", headers={"x-correlation-id": "order-7"})
    assert answer.headers["x-correlation-id"] == "order-7"
    answer = await anybody.get("/v1/books/book_01", headers={"x-correlation-id": "a b"})
    assert "x-correlation-id" not in answer.headers


async def test_server_timing_is_told_in_development_only(served, anybody):
    assert (await anybody.get("/v1/tags")).headers["server-timing"].startswith("total;dur=")
    production = served.client(rest=served.app(configured=conftest.replaced(mode="production")))
    assert "server-timing" not in (await production.get("/v1/tags")).headers


@pytest.fixture
def shared(served):
    configured = conftest.replaced(cors={"origins": (ORIGIN,), "credentials": True})
    return served.client(rest=served.app(configured=configured))


async def test_a_page_of_a_named_origin_may_read_answers(shared):
    for path in ("/v1/books/book_01", "/v1/nothing"):
        answer = await shared.get(path, headers={"origin": ORIGIN})
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://shop.example.evil.example",
        "http://shop.example",
        "https://SHOP.example",
        "null",
        "https://shop.example/",
    ],
)
async def test_other_origins_get_no_permission(shared, origin):
    answer = await shared.get("/v1/books/book_01", headers={"origin": origin})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    assert "Origin" in answer.headers["vary"]


async def test_a_preflight_is_answered(shared):
    asked = {"origin": ORIGIN, "access-control-request-method": "PATCH"}
    answer = await shared.options("/v1/books/book_01", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert answer.headers["access-control-max-age"] == "600"
    refused = await shared.options(
        "/v1/books/book_01", headers={**asked, "origin": "https://evil.example"}
    )
    assert "access-control-allow-methods" not in refused.headers


async def test_without_origins_cors_says_nothing(anybody):
    answer = await anybody.get("/v1/books/book_01", headers={"origin": ORIGIN})
    assert "access-control-allow-origin" not in answer.headers
    assert "Origin" not in answer.headers["vary"]


async def test_every_request_is_observed_once(served):
    served.recorder.clear()
    answer = await served.client("admin").get("/v1/books/book_01?fields=id")
    await served.client().get("/v1/nothing")
    first, second = served.recorder.of(observations.RequestFinished)
    assert first.method == "GET"
    assert first.path == "/v1/books/book_01"
    assert first.status == 200
    assert first.bytes == len(answer.content)
    assert first.request_id == answer.headers["x-request-id"]
    assert first.operation == "books.get"
    assert first.caller == "usr_admin"
    assert first.code is None
    assert first.duration_ms > 0
    assert (second.status, second.code, second.operation) == (404, "ROUTE_NOT_FOUND", None)


async def test_a_denial_is_observed(served):
    served.recorder.clear()
    await served.client("reader").delete("/v1/tags/tag_art")
    denied = served.recorder.of(observations.AccessDenied)[0]
    assert (denied.code, denied.caller, denied.operation) == ("FORBIDDEN", "reader", "tags.delete")
