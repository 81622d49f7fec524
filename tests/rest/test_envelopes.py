"""Plain JSON comes in the envelope the API picks; equal reads are equal bytes."""

import pytest

from tests.rest import library

pytestmark = pytest.mark.anyio


@pytest.fixture
def styled(served):
    return lambda envelope, role=None, **style: served.client(
        role, rest=served.app(library.make(envelope=envelope, **style))
    )


async def test_full_has_data_meta_error_and_links(anybody):
    body = (await anybody.get("/v1/tags/tag_art")).json()
    assert body == {
        "data": {"id": "tag_art", "name": "art"},
        "meta": {"api_version": "v1"},
        "error": None,
        "links": {"self": "/v1/tags/tag_art"},
    }
    page = (await anybody.get("/v1/tags?name=art&limit=3")).json()
    assert page["meta"]["count"] == 1
    assert page["meta"]["filters_applied"] == {"name": "art"}
    assert page["error"] is None


async def test_status_has_status_data_and_meta(styled):
    client = styled("status")
    assert (await client.get("/v1/tags/tag_art")).json() == {
        "status": "success",
        "data": {"id": "tag_art", "name": "art"},
    }
    page = (await client.get("/v1/tags?name=art")).json()
    assert set(page) == {"status", "data", "meta"}
    assert page["meta"]["count"] == 1
    assert set(page["meta"]["pagination"]) == {"cursors", "has_more", "total"}


async def test_none_is_the_data_alone(styled):
    client = styled("none", representation="application/json")
    assert (await client.get("/v1/tags/tag_art")).json() == {"id": "tag_art", "name": "art"}
    page = await client.get("/v1/tags?name=art&page=1")
    assert page.json() == [{"id": "tag_art", "name": "art"}]
    assert page.headers["x-total-count"] == "1"
    assert 'rel="first"' in page.headers["link"]


async def test_jsonapi_may_be_the_default(styled):
    answer = await styled("full", representation="application/vnd.api+json").get("/v1/tags/tag_art")
    assert answer.headers["content-type"] == "application/vnd.api+json"


async def test_another_base_path(styled):
    client = styled("full", base_path="/api/v1")
    body = (await client.get("/api/v1/tags/tag_art")).json()
    assert body["links"]["self"] == "/api/v1/tags/tag_art"
    assert (await client.get("/v1/tags/tag_art")).status_code == 404


@pytest.mark.parametrize("envelope", ["full", "status"])
async def test_answers_to_writes_carry_their_request_and_time(styled, envelope):
    answer = await styled(envelope, "admin").post("/v1/tags", json={"name": f"stamp-{envelope}"})
    meta = answer.json()["meta"]
    assert meta["request_id"] == answer.headers["x-request-id"]
    assert meta["timestamp"].endswith("Z")


async def test_equal_reads_are_equal_bytes(anybody):
    for path in (
        "/v1/books/book_01",
        "/v1/books?limit=3",
        "/v1/books/book_01?include=tags,chapters",
    ):
        one, two = await anybody.get(path), await anybody.get(path)
        assert one.content == two.content
        assert one.headers["etag"] == two.headers["etag"]
        assert one.headers["x-request-id"] != two.headers["x-request-id"]
