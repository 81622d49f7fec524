"""Following the links of pages by cursor shows every row once, in either direction."""

import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.kernel import problem
from accord.protocols.rest import cursor
from tests.rest import conftest

pytestmark = pytest.mark.anyio

JSON = st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.text(max_size=20))
KEYS = st.lists(JSON, min_size=1, max_size=4)


def row_key(values):
    import msgspec

    return msgspec.json.encode(values)


@given(KEYS, st.sampled_from([cursor.FORWARD, cursor.BACKWARD]), st.text(max_size=9))
def test_a_sealed_cursor_opens_to_what_was_sealed(values, direction, scope):
    binding = cursor.bind(b"k" * 16, scope.encode(), None, [])
    found = cursor.opened(cursor.seal(binding, direction, row_key(values)))
    assert found.values == tuple(values)
    assert found.direction == direction.decode()
    cursor.check(found, binding)


@given(st.text(max_size=80))
def test_any_other_text_is_no_cursor(text):
    binding = cursor.bind(b"k" * 16, b"scope", None, [])
    with pytest.raises(problem.Problem) as caught:
        cursor.check(cursor.opened(text), binding)
    assert caught.value.code == "INVALID_CURSOR"


@given(st.binary(max_size=9), st.binary(max_size=9), st.lists(st.text(), max_size=3))
def test_bindings_tell_scopes_tenants_values_and_secrets_apart(one, two, values):
    first = cursor.bind(b"k" * 16, one, "t", values)
    assert (first == cursor.bind(b"k" * 16, two, "t", values)) == (one == two)
    assert first != cursor.bind(b"k" * 16, one, "u", values)
    assert first != cursor.bind(b"k" * 16, one, None, values)
    assert first != cursor.bind(b"k" * 16, one, "t", [*values, "x"])
    assert first != cursor.bind(b"l" * 16, one, "t", values)


async def walk(client, path, rel="next"):
    seen, pages = [], 0
    while path:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        seen.append([row["id"] for row in body["data"]])
        assert body["meta"]["count"] == len(body["data"])
        path = body["links"][rel]
        pages += 1
        assert pages < 60
    return seen, answer


SORTS = [
    "",
    "sort=title",
    "sort=-title",
    "sort=price,title",
    "sort=-price,title",
    "sort=published_at",
    "sort=-published_at",
    "sort=rating,-published_at",
    "sort=-rating,published_at,title",
    "sort=pages,-published_at",
    "sort=status,-price",
    "sort=id",
    "sort=-id",
    "sort=-created_at",
    "sort=rating&price_gt=2&status=draft&status=published",
]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 4, 7, 50])
async def test_next_shows_every_row_once_and_prev_leads_back(anybody, sort, limit):
    everything = (await anybody.get(f"/v1/books?{sort}&limit=50&fields=id")).json()["data"]
    wanted = [row["id"] for row in everything]
    forward, last = await walk(anybody, f"/v1/books?{sort}&limit={limit}&fields=id")
    assert [each for page in forward for each in page] == wanted
    assert all(len(page) == limit for page in forward[:-1])
    if len(forward) > 1:
        back, first = await walk(anybody, last.json()["links"]["prev"], rel="prev")
        assert back[::-1] == forward[:-1] or [i for p in back[::-1] for i in p] == [
            i for p in forward[:-1] for i in p
        ]
        assert first.json()["links"]["next"]


async def test_links_pagination_and_header_tell_the_same(anybody):
    answer = await anybody.get("/v1/books?sort=price:desc&limit=5&price_gt=3&filter[status]=draft")
    body = answer.json()
    pagination = body["meta"]["pagination"]
    assert pagination["has_more"] is True
    assert pagination["total"] is None
    assert pagination["cursors"]["before"] is None
    links = body["links"]
    assert links["prev"] is None
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(links["next"]).query))
    assert query == {
        "sort": "-price",
        "price_gt": "3",
        "status": "draft",
        "page[limit]": "5",
        "page[cursor]": pagination["cursors"]["after"],
    }
    assert (
        answer.headers["link"] == f'<{links["first"]}>; rel="first", <{links["next"]}>; rel="next"'
    )


async def test_a_page_between_has_both_cursors(anybody):
    first = (await anybody.get("/v1/books?limit=3")).json()
    after = first["meta"]["pagination"]["cursors"]["after"]
    for name in ("cursor", "page[cursor]", "page[after]"):
        body = (await anybody.get("/v1/books", params={"limit": 3, name: after})).json()
        assert [row["id"] for row in body["data"]] == ["book_03", "book_04", "book_05"]
        assert body["meta"]["pagination"]["cursors"]["before"]
    before = body["meta"]["pagination"]["cursors"]["before"]
    for name in ("cursor", "page[cursor]", "page[before]"):
        body = (await anybody.get("/v1/books", params={"limit": 3, name: before})).json()
        assert [row["id"] for row in body["data"]] == ["book_00", "book_01", "book_02"]
        assert body["links"]["prev"] is None
        assert body["meta"]["pagination"]["has_more"] is True


async def test_the_limit_may_change_between_pages(anybody):
    first = (await anybody.get("/v1/books?limit=3")).json()
    after = first["meta"]["pagination"]["cursors"]["after"]
    body = (await anybody.get("/v1/books", params={"limit": 1, "cursor": after})).json()
    assert [row["id"] for row in body["data"]] == ["book_03"]


async def test_an_empty_page_has_no_cursors(anybody):
    body = (await anybody.get("/v1/books?price_gt=1000")).json()
    assert body["data"] == []
    assert body["meta"]["pagination"] == {
        "cursors": {"before": None, "after": None},
        "has_more": False,
        "total": None,
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda c: {"sort": "-price"},
        lambda c: {"price_gt": "1"},
        lambda c: {"price_lt": "4", "sort": "price"},
        lambda c: {"status": "draft", "sort": "price"},
        lambda c: {"cursor": c[:-2]},
        lambda c: {"cursor": c + "A"},
        lambda c: {"cursor": ("A" if c[0] != "A" else "B") + c[1:]},
        lambda c: {"cursor": c.partition(".")[0]},
        lambda c: {"cursor": "x"},
        lambda c: {"cursor": ""},
        lambda c: {"cursor": c.partition(".")[0] + ".ZltdXQ"},
        # f[null,"x"], of a price that is never null
        lambda c: {"cursor": c.partition(".")[0] + ".ZltudWxsLCJ4Il0"},
    ],
)
async def test_a_cursor_for_another_list_or_changed_is_refused(anybody, change):
    first = await anybody.get("/v1/books?limit=3&sort=price&price_gt=2")
    after = first.json()["meta"]["pagination"]["cursors"]["after"]
    params = {"limit": 3, "sort": "price", "price_gt": "2", "cursor": after, **change(after)}
    answer = await anybody.get("/v1/books", params=params)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "INVALID_CURSOR"
    assert "Start again from the first page" in error["hint"]


async def test_a_cursor_and_a_keyset_by_hand_are_two_ways_to_page(anybody):
    first = await anybody.get("/v1/books?limit=3&sort=id")
    after = first.json()["meta"]["pagination"]["cursors"]["after"]
    answer = await anybody.get(f"/v1/books?sort=id&cursor={after}&after_id=book_09")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "CONFLICTING_PARAMETERS"


async def test_a_cursor_is_of_one_resource_parent_tenant_and_server(served):
    admin, other = served.client("admin"), served.client("other")
    first = await admin.get("/v1/books?limit=1&sort=id")
    after = first.json()["meta"]["pagination"]["cursors"]["after"]
    query = {"limit": 1, "sort": "id", "cursor": after}
    assert (await admin.get("/v1/books", params=query)).status_code == 200
    for client, path in (
        (admin, "/v1/tags"),
        (admin, "/v1/authors/aut_ann/books"),
        (other, "/v1/books"),
    ):
        answer = await client.get(path, params=query)
        assert answer.json()["error"]["code"] == "INVALID_CURSOR"
    elsewhere = served.client("admin", rest=served.app(secret=b"another secret 123"))
    assert (await elsewhere.get("/v1/books", params=query)).json()["error"][
        "code"
    ] == "INVALID_CURSOR"
    again = served.client("admin", rest=served.app(secret=conftest.SECRET))
    assert (await again.get("/v1/books", params=query)).status_code == 200


async def test_a_cursor_of_one_parent_is_not_for_another(served):
    admin = served.client("admin")
    first = await admin.get("/v1/authors/aut_ann/books?limit=1")
    after = first.json()["meta"]["pagination"]["cursors"]["after"]
    assert (
        await admin.get("/v1/authors/aut_ann/books", params={"limit": 1, "cursor": after})
    ).status_code == 200
    answer = await admin.get("/v1/authors/aut_bob/books", params={"limit": 1, "cursor": after})
    assert answer.json()["error"]["code"] == "INVALID_CURSOR"


async def test_a_page_may_begin_after_values_written_by_hand(anybody):
    answer = await anybody.get("/v1/books?sort=price&after_price=2.50&after_id=book_02&limit=2")
    assert [row["id"] for row in answer.json()["data"]] == ["book_03", "book_04"]
    answer = await anybody.get("/v1/books?after_title=Title+07&after_id=book_07&limit=1")
    assert [row["id"] for row in answer.json()["data"]] == ["book_08"]
    assert answer.json()["links"]["prev"]
    partial = await anybody.get("/v1/books?sort=price&after_price=2.50")
    assert partial.status_code == 400
    assert "after_price, after_id" in partial.json()["error"]["message"]


@pytest.mark.parametrize(
    ("query", "total", "header"),
    [("count=exact", 25, "25"), ("count=capped", 25, "25"), ("count=none", None, None)],
)
async def test_a_total_is_counted_when_asked_for(anybody, query, total, header):
    answer = await anybody.get(f"/v1/books?limit=2&{query}")
    assert answer.json()["meta"]["pagination"]["total"] == total
    assert answer.headers.get("x-total-count") == header
    if total:
        assert f"count={query[6:]}" in answer.json()["links"]["next"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=51", "PAGE_TOO_LARGE"),
        ("page[size]=1000", "PAGE_TOO_LARGE"),
        ("limit=0", "INVALID_PARAMETER"),
        ("limit=-1", "INVALID_PARAMETER"),
        ("limit=ten", "INVALID_PARAMETER"),
        ("limit=", "INVALID_PARAMETER"),
        ("count=some", "INVALID_PARAMETER"),
        ("order=desc", "INVALID_PARAMETER"),
        ("sort=title:up", "INVALID_PARAMETER"),
        ("sort_by=title&order=up", "INVALID_PARAMETER"),
        ("sort=title,title", "CONFLICTING_PARAMETERS"),
        ("sort=", "UNKNOWN_SORT"),
        ("sort=id&after_id=a&offset=2", "CONFLICTING_PARAMETERS"),
    ],
)
async def test_pages_and_sorts_out_of_bounds_are_refused(anybody, query, code):
    answer = await anybody.get(f"/v1/books?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize(
    "query",
    [
        "sort=-price",
        "sort=price:desc",
        "sort_by=price&order=desc",
        "sort_by=-price",
        "sort=-price,title",
    ],
)
async def test_sorts_in_all_their_spellings(anybody, query):
    answer = await anybody.get(f"/v1/books?{query}&limit=2")
    assert [row["id"] for row in answer.json()["data"]] == ["book_24", "book_23"]


async def test_nulls_are_largest(anybody):
    last = await anybody.get("/v1/books?sort=rating&limit=50")
    assert [row["rating"] for row in last.json()["data"]][-7:] == [None] * 7
    first = await anybody.get("/v1/books?sort=-rating&limit=7")
    assert [row["rating"] for row in first.json()["data"]] == [None] * 7


async def test_sorting_by_what_may_not_be_read_is_refused(served):
    answer = await served.client().get("/v1/authors?sort=name")
    assert answer.status_code == 401
