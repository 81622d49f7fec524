"""Sparse fields and includes show what was asked for and nothing else."""

import pytest

pytestmark = pytest.mark.anyio


async def test_fields_choose_and_order(anybody):
    body = (await anybody.get("/v1/books/book_01?fields=title,id")).json()
    assert list(body["data"]) == ["title", "id"]
    body = (await anybody.get("/v1/books?fields[books]=pages&limit=1")).json()
    assert body["data"] == [{"pages": 100}]


async def test_a_relation_among_the_fields_is_no_field(anybody):
    body = (await anybody.get("/v1/books/book_01?fields=id,author")).json()
    assert body["data"] == {"id": "book_01"}


async def test_includes_are_nested(admin):
    body = (
        await admin.get(
            "/v1/books/book_01?include=author.mentor,tags,chapters&fields=id"
            "&fields[authors]=name&fields[tags]=name&fields[chapters]=number"
        )
    ).json()
    assert body["data"] == {
        "id": "book_01",
        "author": {"name": "Bob", "mentor": {"name": "Ann"}},
        "chapters": [{"number": 1}, {"number": 2}, {"number": 3}],
        "tags": [{"name": "art"}, {"name": "new"}],
    }


async def test_includes_of_a_page(admin):
    body = (await admin.get("/v1/books?include=author&fields=id&fields[authors]=id&limit=2")).json()
    assert body["data"] == [
        {"id": "book_00", "author": {"id": "aut_ann"}},
        {"id": "book_01", "author": {"id": "aut_bob"}},
    ]


async def test_an_included_row_that_may_not_be_read_is_null(served):
    body = (await served.client("writer").get("/v1/books?include=author&fields=id&limit=2")).json()
    assert [row["author"] and row["author"]["id"] for row in body["data"]] == ["aut_ann", None]


async def test_an_include_of_what_nobody_of_the_kind_may_read(served):
    answer = await served.client().get("/v1/books/book_01?include=author&fields=id")
    if answer.status_code == 200:
        assert answer.json()["data"] == {"id": "book_01", "author": None}
    else:
        assert answer.status_code in {401, 403}


async def test_the_depth_of_includes_is_bounded(admin):
    answer = await admin.get("/v1/books?include=author.mentor.mentor.mentor")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "INCLUDE_TOO_DEEP"
    assert (await admin.get("/v1/books?limit=1&include=author.mentor.mentor")).status_code == 200


async def test_fields_nobody_of_the_role_may_read_are_left_out_or_refused(served):
    reader = served.client("reader")
    row = (await reader.get("/v1/authors/aut_ann")).json()["data"]
    assert "royalty" not in row
    assert "profile" not in row
    answer = await reader.get("/v1/authors/aut_ann?fields=id,royalty")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "FIELD_FORBIDDEN"
    assert "royalty" in (await served.client("admin").get("/v1/authors/aut_ann")).json()["data"]


async def test_a_write_only_field_is_no_field_of_answers(admin):
    assert "secret" not in (await admin.get("/v1/authors/aut_ann")).json()["data"]
    answer = await admin.get("/v1/authors/aut_ann?fields=secret")
    assert answer.json()["error"]["code"] == "UNKNOWN_FIELD"
