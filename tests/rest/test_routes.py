"""Paths and methods lead to operations; whatever leads nowhere says where to go."""

import pytest

pytestmark = pytest.mark.anyio


async def test_get_answers_a_row(anybody):
    answer = await anybody.get("/v1/books/book_01")
    assert answer.status_code == 200
    assert answer.json()["data"]["title"] == "Title 01"


async def test_head_has_the_headers_of_get_and_no_body(anybody):
    get, head = await anybody.get("/v1/books/book_01"), await anybody.head("/v1/books/book_01")
    assert head.status_code == 200
    assert head.content == b""
    for name in ("etag", "content-type", "content-length", "cache-control", "vary"):
        assert head.headers[name] == get.headers[name]


async def test_options_lists_the_methods(anybody):
    answer = await anybody.options("/v1/books/book_01")
    assert answer.status_code == 204
    assert answer.headers["allow"] == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"
    assert (await anybody.options("/v1/books")).headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert (await anybody.options("/v1/books/x/publish")).headers["allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/books", "GET, HEAD, POST, OPTIONS"),
        ("POST", "/v1/books/book_01", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("GET", "/v1/books/book_01/publish", "POST, OPTIONS"),
        ("TRACE", "/v1/books", "GET, HEAD, POST, OPTIONS"),
    ],
)
async def test_another_method_is_405_with_allow(anybody, method, path, allow):
    answer = await anybody.request(method, path)
    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "METHOD_NOT_ALLOWED"
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("/v1/boks", "did you mean 'books'?"),
        ("/v1/nothing-like-it", "allowed: authors, books, chapters, tags"),
        ("/v2/books", "paths begin with /v1/"),
        ("/", "paths begin with /v1/"),
        ("/v1", "paths begin with /v1/"),
        ("/v1books", "paths begin with /v1/"),
        ("/v1/books/", "leave out the slash at the end"),
        ("/v1/books/book_01/", "leave out the slash at the end"),
        ("/v1/books/book_01/autor", "did you mean 'author'?"),
        ("/v1/books/book_01/author/mentor", "one name below it"),
        ("/v1/Books", "did you mean 'books'?"),
        ("/v1/books//author", "a part of it is empty"),
    ],
)
async def test_an_unknown_path_is_404_with_advice(anybody, path, advice):
    answer = await anybody.get(path)
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["code"] == "ROUTE_NOT_FOUND"
    assert advice in error["message"]


async def test_a_query_of_the_collection_goes_before_an_id(anybody):
    answer = await anybody.get("/v1/books/bestsellers?least=24000")
    assert [row["id"] for row in answer.json()["data"]] == ["book_24"]


async def test_an_escaped_slash_belongs_to_the_id(anybody):
    answer = await anybody.get("/v1/books/a%2Fauthor")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "NOT_FOUND"


async def test_escapes_that_are_no_utf8_are_malformed(anybody):
    answer = await anybody.get("/v1/books/%ff")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "MALFORMED_REQUEST"


async def test_nul_in_an_id_is_an_invalid_parameter(anybody):
    answer = await anybody.get("/v1/books/a%00b")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "INVALID_PARAMETER"


@pytest.mark.parametrize("given", ["abc", "1.5", "99999999999999999999", "-", "١"])
async def test_an_id_of_the_wrong_type_is_an_invalid_parameter(anybody, given):
    answer = await anybody.get(f"/v1/chapters/{given}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "INVALID_PARAMETER"


async def test_a_long_address_is_414(anybody):
    answer = await anybody.get("/v1/books?search=" + "a" * 9000)
    assert answer.status_code == 414
    assert answer.json()["error"]["code"] == "URI_TOO_LONG"


async def test_a_nested_list_is_that_of_its_parent(anybody):
    answer = await anybody.get("/v1/books/book_01/chapters?sort=-number&limit=2")
    assert [row["number"] for row in answer.json()["data"]] == [3, 2]
    assert (await anybody.get("/v1/books/none/chapters")).status_code == 404


async def test_a_to_one_relation_leads_to_its_row_or_null(served):
    admin = served.client("admin")
    found = await admin.get("/v1/books/book_01/author?fields=id,name")
    assert found.json()["data"] == {"id": "aut_bob", "name": "Bob"}
    empty = await admin.get("/v1/authors/aut_ann/mentor")
    assert empty.status_code == 200
    assert empty.json()["data"] is None
    assert (await admin.get("/v1/books/none/author")).status_code == 404


async def test_each_request_is_one_statement(served, anybody):
    for path in ("/v1/books/book_01", "/v1/books?price_gt=3", "/v1/books/book_01/chapters"):
        await anybody.get(path)
        before = served.database.statements
        await anybody.get(path)
        assert served.database.statements == before + 1


async def test_another_scope_than_http_is_refused(served):
    with pytest.raises(ValueError, match="http"):
        await served.rest({"type": "websocket"}, None, None)
