"""Pages by offset, in all four spellings, tell where they stand."""

import pytest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "query",
    [
        "page[number]=2&page[size]=10",
        "page=2&size=10",
        "limit=10&offset=10",
        "page[limit]=10&page[offset]=10",
        "page=2&limit=10",
    ],
)
async def test_all_spellings_are_one_page(anybody, query):
    answer = await anybody.get(f"/v1/books?{query}")
    body = answer.json()
    assert [row["id"] for row in body["data"]] == [f"book_{n}" for n in range(10, 20)]
    assert body["meta"]["pagination"] == {
        "limit": 10,
        "offset": 10,
        "total": 25,
        "current_page": 2,
        "total_pages": 3,
        "has_more": True,
    }
    base = "/v1/books?page%5Blimit%5D=10&page%5Boffset%5D="
    assert body["links"] == {
        "first": base + "0",
        "prev": base + "0",
        "next": base + "20",
        "last": base + "20",
    }
    assert answer.headers["x-total-count"] == "25"
    assert answer.headers["x-page-limit"] == "10"
    assert answer.headers["x-page-offset"] == "10"
    for rel in ("first", "prev", "next", "last"):
        assert f'<{body["links"][rel]}>; rel="{rel}"' in answer.headers["link"]


async def test_the_last_page_has_no_next(anybody):
    body = (await anybody.get("/v1/books?page=3&size=10")).json()
    assert len(body["data"]) == 5
    assert body["links"]["next"] is None
    assert body["meta"]["pagination"]["has_more"] is False


async def test_a_page_beyond_the_end_is_empty(anybody):
    body = (await anybody.get("/v1/books?page=9&size=10")).json()
    assert body["data"] == []
    assert body["meta"]["pagination"]["total"] == 25
    assert body["links"]["last"].endswith("offset%5D=20")


async def test_an_empty_list_has_no_pages(anybody):
    body = (await anybody.get("/v1/books?page=1&price_gt=1000")).json()
    assert body["meta"]["pagination"]["total"] == 0
    assert body["meta"]["pagination"]["total_pages"] == 0
    assert body["links"]["last"].endswith("offset%5D=0")


async def test_next_leads_to_the_last_page_whatever_the_start(anybody):
    path, seen = "/v1/books?limit=10&offset=3", []
    while path:
        body = (await anybody.get(path)).json()
        seen += [row["id"] for row in body["data"]]
        last, path = body["links"]["last"], body["links"]["next"]
    assert seen == [f"book_{n:02}" for n in range(3, 25)]
    assert last.endswith("offset%5D=23")


async def test_a_total_may_be_left_out(anybody):
    answer = await anybody.get("/v1/books?page=1&size=10&count=none")
    pagination = answer.json()["meta"]["pagination"]
    assert pagination["total"] is None
    assert pagination["total_pages"] is None
    assert pagination["has_more"] is True
    assert answer.json()["links"]["last"] is None
    assert "x-total-count" not in answer.headers


async def test_filters_count_only_their_rows_and_stay_in_links(anybody):
    body = (await anybody.get("/v1/books?page=1&size=2&status=draft&price_lt=10")).json()
    assert body["meta"]["pagination"]["total"] == 4
    assert body["links"]["next"] == (
        "/v1/books?price_lt=10&status=draft&page%5Blimit%5D=2&page%5Boffset%5D=2"
    )
    assert body["meta"]["filters_applied"] == {"price_lt": "10", "status": "draft"}


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "offset=-1",
        "offset=1.5",
        "page=99999999999",
        "offset=2147483648",
        "page=2147483647",
    ],
)
async def test_places_out_of_bounds_are_refused(anybody, query):
    answer = await anybody.get(f"/v1/books?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "INVALID_PARAMETER"


async def test_a_count_beyond_the_cap_says_at_least(served):
    from accord.protocols.rest import pagination
    from accord.query import selection
    from accord.runtime import call

    info = call.PageInfo(count=20, more=True, total=10_000, capped=True)
    shown = pagination.by_offset("/v1/books", selection.Page(20, offset=0), info, 0)
    assert b'"total":"10000+"' in shown.pagination
    assert (b"x-total-count", b"10000+") in shown.headers
    assert b'"last":null' in shown.links
