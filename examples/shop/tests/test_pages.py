"""Room: examples/shop/tests. Pages lead through all orders, forth and back, by cursor and offset."""

from __future__ import annotations

import httpx
import pytest

from examples.shop.tests.serving import JSONAPI, Served, code, ids, named


async def walk(client: httpx.AsyncClient, start: str, way: str) -> tuple[list[list[str]], str]:
    """The ids of every page that links lead to, and the address of the last page."""
    pages: list[list[str]] = []
    link: str | None = start
    last = start
    while link is not None:
        answer = await client.get(link)
        pages.append(ids(answer))
        last, link = link, answer.json()["links"][way]
        assert len(pages) < 100
    return pages, last


@pytest.mark.parametrize(
    "query",
    ["", "sort=total", "sort=-total,created_at", "sort=updated_at", "total_gt=100&sort=-total"],
)
async def test_cursors_lead_through_all_orders_forth_and_back(
    admin: httpx.AsyncClient, query: str
) -> None:
    whole: list[str] = []
    for offset in range(0, 400, 100):
        whole += ids(await admin.get(f"/v1/orders?{query}&limit=100&offset={offset}".lstrip("&")))
    forth, last = await walk(admin, f"/v1/orders?{query}&limit=17", "next")
    assert [each for page in forth for each in page] == whole
    assert all(len(page) == 17 for page in forth[:-1])
    back, _ = await walk(admin, last, "prev")
    assert [each for page in reversed(back) for each in page] == whole


async def test_a_page_by_cursor_tells_of_itself(shop: Served, admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/orders?page[limit]=10")
    body = answer.json()
    found = body["meta"]["pagination"]
    assert set(found) == {"cursors", "has_more", "total"}
    assert found["cursors"]["before"] is None
    assert found["has_more"] is True
    assert found["total"] is None
    assert body["links"]["prev"] is None
    assert answer.headers["link"] == (
        f'<{body["links"]["first"]}>; rel="first", <{body["links"]["next"]}>; rel="next"'
    )
    second = await admin.get(
        "/v1/orders", params={"limit": 10, "cursor": found["cursors"]["after"]}
    )
    newest = sorted(shop.rows.orders, key=lambda order: order["created_at"], reverse=True)
    assert ids(second) == named(newest)[10:20]
    before = second.json()["meta"]["pagination"]["cursors"]["before"]
    first = await admin.get("/v1/orders", params={"page[limit]": 10, "page[before]": before})
    assert ids(first) == ids(answer)


async def test_a_count_is_made_when_asked_for(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/orders?limit=5&count=exact")
    assert answer.json()["meta"]["pagination"]["total"] == 200
    assert answer.headers["x-total-count"] == "200"


@pytest.mark.parametrize(
    "query", ["limit=30&offset=60", "page[number]=3&page[size]=30", "page=3&size=30"]
)
async def test_pages_by_offset_tell_of_themselves(
    shop: Served, admin: httpx.AsyncClient, query: str
) -> None:
    answer = await admin.get(f"/v1/orders?{query}")
    newest = sorted(shop.rows.orders, key=lambda order: order["created_at"], reverse=True)
    assert ids(answer) == named(newest)[60:90]
    found = answer.json()["meta"]["pagination"]
    assert found == {
        "limit": 30,
        "offset": 60,
        "total": 200,
        "current_page": 3,
        "total_pages": 7,
        "has_more": True,
    }
    assert answer.headers["x-total-count"] == "200"
    assert answer.headers["x-page-limit"] == "30"
    assert answer.headers["x-page-offset"] == "60"
    links = answer.json()["links"]
    assert set(links) == {"first", "prev", "next", "last"}
    assert ids(await admin.get(links["first"])) == named(newest)[:30]
    assert ids(await admin.get(links["prev"])) == named(newest)[30:60]
    assert ids(await admin.get(links["next"])) == named(newest)[90:120]
    assert ids(await admin.get(links["last"])) == named(newest)[180:]


async def test_keysets_may_be_written_by_hand(shop: Served, admin: httpx.AsyncClient) -> None:
    oldest = sorted(shop.rows.orders, key=lambda order: order["created_at"])
    after = oldest[41]
    answer = await admin.get(
        "/v1/orders",
        params={
            "sort": "created_at,id",
            "after_created_at": f"{after['created_at']:%Y-%m-%dT%H:%M:%S.%fZ}",
            "after_id": after["id"],
            "limit": "5",
        },
    )
    assert ids(answer) == named(oldest)[42:47]


async def test_callers_page_through_what_they_may_see(shop: Served) -> None:
    for role in ("viewer", "engineer"):
        client = shop.client(role)
        pages, _ = await walk(client, "/v1/orders?limit=2", "next")
        seen = [each for page in pages for each in page]
        assert seen == named(shop.rows.orders_of(shop.ids[role]))


async def test_a_cursor_opens_no_other_list(admin: httpx.AsyncClient) -> None:
    body = (await admin.get("/v1/orders?limit=2")).json()
    cursor = body["meta"]["pagination"]["cursors"]["after"]
    for other in ("orders?sort=total", "orders?status=pending", "users?limit=2"):
        answer = await admin.get(f"/v1/{other}&page[cursor]={cursor}")
        assert code(answer) == (400, "INVALID_CURSOR")
    mixed = await admin.get(f"/v1/orders?page=2&cursor={cursor}")
    assert code(mixed) == (400, "CONFLICTING_PARAMETERS")
    changed = await admin.get("/v1/orders", params={"cursor": cursor[:-2] + "xx"})
    assert code(changed) == (400, "INVALID_CURSOR")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("limit=101", "PAGE_TOO_LARGE"),
        ("limit=0", "INVALID_PARAMETER"),
        ("limit=ten", "INVALID_PARAMETER"),
        ("limit=5&page[limit]=6", "CONFLICTING_PARAMETERS"),
        ("page=2&offset=20", "CONFLICTING_PARAMETERS"),
        ("sort=shipping_address", "UNKNOWN_SORT"),
        ("sort=total&sort_by=total", "CONFLICTING_PARAMETERS"),
        ("colour=red", "UNKNOWN_PARAMETER"),
        ("fields=id,colour", "UNKNOWN_FIELD"),
        ("include=colour", "UNKNOWN_INCLUDE"),
        ("include=user.manager.manager.manager", "INCLUDE_TOO_DEEP"),
    ],
)
async def test_a_page_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, query: str, wanted: str
) -> None:
    assert code(await admin.get(f"/v1/orders?{query}")) == (400, wanted)


async def test_documents_have_pages_too(admin: httpx.AsyncClient) -> None:
    answer = await admin.get(
        "/v1/orders?page[size]=3&include=user&fields[users]=name", headers={"accept": JSONAPI}
    )
    body = answer.json()
    assert [each["type"] for each in body["data"]] == ["orders"] * 3
    assert body["meta"]["count"] == 3
    assert {each["type"] for each in body["included"]} == {"users"}
    second = await admin.get(body["links"]["next"], headers={"accept": JSONAPI})
    assert second.json()["data"][0]["id"] not in {each["id"] for each in body["data"]}
    assert second.json()["included"][0]["attributes"].keys() == {"name"}


async def test_lists_within_lists_have_a_limit(admin: httpx.AsyncClient) -> None:
    """A page of 100 with pages of 20 in pages of 20 could bring 40,000 rows and more."""
    answer = await admin.get("/v1/users?limit=100&include=teams.members,orders.items")
    assert code(answer) == (400, "TOO_MANY_ROWS")
    assert "20,000" in answer.json()["error"]["message"]
    fewer = await admin.get("/v1/users?limit=10&include=teams.members,orders.items")
    assert fewer.status_code == 200
