"""POST, PUT, PATCH and DELETE change rows and answer what they became."""

import pytest

pytestmark = pytest.mark.anyio

MERGE = {"content-type": "application/merge-patch+json"}


async def new_book(admin, **values):
    answer = await admin.post("/v1/books", json={"title": "New", "author_id": "aut_ann", **values})
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


async def new_author(admin, name, **values):
    answer = await admin.post(
        "/v1/authors", json={"name": name, "email": f"{name}@example.com", **values}
    )
    assert answer.status_code == 201, answer.text
    return answer


async def test_a_create_answers_201_with_location_etag_and_the_row(admin):
    answer = await admin.post(
        "/v1/books", json={"title": "T", "author_id": "aut_ann", "price": "9.90"}
    )
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert data["price"] == "9.90"
    assert data["status"] == "draft"
    assert answer.headers["location"] == f"/v1/books/{data['id']}"
    assert answer.headers["cache-control"] == "no-store"
    again = await admin.get(answer.headers["location"])
    assert again.json()["data"] == data
    assert again.headers["etag"] == answer.headers["etag"]


async def test_every_kind_of_value_comes_back_as_it_was_sent(admin):
    values = {
        "title": 'Ünï ☃ 𝄞 "quoted"',
        "isbn": "978-3",
        "price": "12345678.90",
        "pages": 10000,
        "sold": 9007199254740993,
        "rating": 0.1,
        "status": "withdrawn",
        "uid": "0189c3f1-8a3b-7c44-9d2e-0123456789ab",
        "cover": "AP8=",
        "published_at": "2024-01-15T10:30:00.000001Z",
        "author_id": "aut_ann",
    }
    data = (await admin.post("/v1/books", json=values)).json()["data"]
    assert {name: data[name] for name in values} == values
    body = {
        "address": {"street": "1", "city": "Ø"},
        "profile": {"a": [1, 2.5, None, {"b": "c"}]},
        "born": "1999-12-31",
        "active": False,
        "secret": "hunter22",
    }
    data = (await new_author(admin, "vera", **body)).json()["data"]
    assert data["profile"] == body["profile"]
    assert data["address"] == body["address"]
    assert data["born"] == "1999-12-31"
    assert "secret" not in data


async def test_numbers_are_decimals_without_loss(admin):
    answer = await admin.post(
        "/v1/books",
        content=b'{"title":"d","author_id":"aut_ann","price":12345678.90}',
        headers={"content-type": "application/json"},
    )
    assert answer.json()["data"]["price"] == "12345678.90"


async def test_a_time_with_an_offset_becomes_utc(admin):
    data = await new_book(admin, published_at="2024-01-15T12:30:00+02:00")
    assert data["published_at"] == "2024-01-15T10:30:00.000000Z"


async def test_a_create_with_its_children_and_links_in_one_body(admin):
    answer = await admin.post(
        "/v1/books?include=chapters,tags&fields=title",
        json={
            "title": "N",
            "author_id": "aut_ann",
            "tags": ["tag_old", "tag_art", "tag_old"],
            "chapters": [{"title": "One", "number": 1}, {"title": "Two", "number": 2}],
        },
    )
    assert answer.status_code == 201, answer.text
    data = answer.json()["data"]
    assert [each["title"] for each in data["chapters"]] == ["One", "Two"]
    assert {each["id"] for each in data["tags"]} == {"tag_old", "tag_art"}


async def test_a_relation_may_be_named_instead_of_its_field(admin):
    for value in ("aut_bob", {"id": "aut_bob"}):
        answer = await admin.post("/v1/books", json={"title": "R", "author": value})
        assert answer.status_code == 201, answer.text
        assert answer.json()["data"]["author_id"] == "aut_bob"


async def test_patch_changes_what_it_names_and_leaves_the_rest(admin):
    made = await new_book(admin, price="5.00", rating=2.5, isbn="978-1")
    for headers in ({}, MERGE):
        answer = await admin.patch(
            f"/v1/books/{made['id']}",
            json={"title": "P", "rating": None},
            headers=headers,
        )
        assert answer.status_code == 200, answer.text
        data = answer.json()["data"]
        assert (data["title"], data["rating"], data["price"], data["isbn"]) == (
            "P",
            None,
            "5.00",
            "978-1",
        )


async def test_patch_with_nothing_changes_nothing(admin):
    made = await new_book(admin, price="5.00")
    answer = await admin.patch(f"/v1/books/{made['id']}", json={})
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"] == made


async def test_patch_sets_links_to_exactly_those_named(admin):
    made = await new_book(admin, tags=["tag_old", "tag_art"])
    answer = await admin.patch(f"/v1/books/{made['id']}?include=tags", json={"tags": ["tag_new"]})
    assert [each["id"] for each in answer.json()["data"]["tags"]] == ["tag_new"]
    answer = await admin.patch(f"/v1/books/{made['id']}?include=tags", json={"tags": []})
    assert answer.json()["data"]["tags"] == []


async def test_put_replaces(admin):
    made = await new_book(
        admin, price="5.00", rating=2.5, isbn="978-1", published_at="2024-01-15T10:30:00Z"
    )
    answer = await admin.put(f"/v1/books/{made['id']}", json={"title": "P", "author_id": "aut_bob"})
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert (data["title"], data["author_id"]) == ("P", "aut_bob")
    assert (data["rating"], data["isbn"], data["published_at"]) == (None, None, None)
    incomplete = await admin.put(f"/v1/books/{made['id']}", json={"title": "P"})
    assert incomplete.status_code == 422
    assert incomplete.json()["error"]["details"][0]["code"] == "REQUIRED"


async def test_a_document_may_repeat_the_id_of_its_path(admin):
    made = await new_book(admin)
    same = await admin.patch(f"/v1/books/{made['id']}", json={"id": made["id"], "title": "S"})
    assert same.status_code == 200, same.text
    other = await admin.patch(f"/v1/books/{made['id']}", json={"id": "other", "title": "S"})
    assert other.status_code == 422


async def test_delete_answers_204_and_then_the_row_is_gone(admin):
    made = await new_book(admin)
    answer = await admin.delete(f"/v1/books/{made['id']}")
    assert answer.status_code == 204
    assert answer.content == b""
    assert "content-type" not in answer.headers
    assert "content-length" not in answer.headers
    assert (await admin.get(f"/v1/books/{made['id']}")).status_code == 404
    assert (await admin.delete(f"/v1/books/{made['id']}")).status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
async def test_a_row_that_is_not_there_is_404(admin, method):
    body = None if method == "DELETE" else {"title": "x", "author_id": "aut_ann"}
    answer = await admin.request(method, "/v1/books/none", json=body)
    assert answer.status_code == 404


async def test_a_minimal_answer_when_the_client_prefers_it(admin):
    answer = await admin.post(
        "/v1/tags", json={"name": "minimal"}, headers={"prefer": "return=minimal"}
    )
    assert answer.status_code == 201
    assert answer.content == b""
    assert answer.headers["preference-applied"] == "return=minimal"
    answer = await admin.patch(
        answer.headers["location"],
        json={"name": "minimal2"},
        headers={"prefer": 'respond-async, return="minimal"'},
    )
    assert answer.status_code == 204


async def test_the_answer_of_a_write_is_shaped_by_fields_and_include(admin):
    answer = await admin.post(
        "/v1/books?fields=title&include=author&fields[authors]=name",
        json={"title": "S", "author_id": "aut_ann"},
    )
    assert answer.json()["data"] == {"title": "S", "author": {"name": "Ann"}}
    wrong = await admin.post("/v1/books?limit=1", json={"title": "S", "author_id": "aut_ann"})
    assert wrong.json()["error"]["code"] == "UNKNOWN_PARAMETER"


async def test_a_duplicate_is_409_and_names_the_field(admin):
    answer = await admin.post("/v1/authors", json={"name": "Ann II", "email": "ann@example.com"})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "UNIQUE_VIOLATION"
    assert error["details"][0]["field"] == "email"
    assert error["details"][0]["pointer"] == "/email"


async def test_a_reference_to_nothing_is_422_at_its_place(admin):
    answer = await admin.post("/v1/books", json={"title": "x", "author_id": "aut_zoe"})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "REFERENCE_NOT_FOUND"
    assert error["details"][0]["pointer"] == "/author_id"
    answer = await admin.post(
        "/v1/books", json={"title": "x", "author_id": "aut_ann", "tags": ["none"]}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["pointer"] == "/tags"


async def test_a_row_that_is_referred_to_cannot_be_deleted(admin):
    answer = await admin.delete("/v1/authors/aut_ann")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "REFERENCED"


async def test_a_broken_check_is_told_with_its_field(admin):
    answer = await admin.post(
        "/v1/books", json={"title": "x", "author_id": "aut_ann", "pages": 5, "price": "60"}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["message"] == "A booklet costs at most 50."


async def test_fields_a_caller_may_not_set_are_forbidden(served):
    writer = served.client("writer")
    fine = await writer.patch("/v1/authors/aut_ann", json={"name": "Ann"})
    assert fine.status_code == 200, fine.text
    answer = await writer.patch("/v1/authors/aut_ann", json={"royalty": 1000})
    assert answer.status_code == 403
    other = await writer.patch("/v1/authors/aut_bob", json={"name": "Bobby"})
    assert other.status_code in {403, 404}


async def test_nothing_of_a_refused_create_remains(served, admin):
    before = (await admin.get("/v1/chapters?page=1")).json()["meta"]["pagination"]["total"]
    answer = await admin.post(
        "/v1/books",
        json={
            "title": "x",
            "author_id": "aut_ann",
            "tags": ["none"],
            "chapters": [{"title": "a", "number": 1}],
        },
    )
    assert answer.status_code == 422
    after = (await admin.get("/v1/chapters?page=1")).json()["meta"]["pagination"]["total"]
    assert after == before


async def test_a_check_sees_the_whole_row_when_a_part_changes(admin):
    made = await new_book(admin, pages=5, price="40")
    answer = await admin.patch(f"/v1/books/{made['id']}", json={"price": "60"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["details"][0]["message"] == "A booklet costs at most 50."
    fine = await admin.patch(f"/v1/books/{made['id']}", json={"price": "50", "title": "cheap"})
    assert fine.status_code == 200, fine.text


async def test_if_none_match_star_asks_that_there_is_no_row(admin):
    made = await new_book(admin)
    star = {"if-none-match": "*"}
    refused = await admin.patch(f"/v1/books/{made['id']}", json={"title": "x"}, headers=star)
    assert refused.status_code == 412, refused.text
    assert (
        await admin.patch("/v1/books/none", json={"title": "x"}, headers=star)
    ).status_code == 404


async def test_the_server_chooses_ids(admin):
    document = {"data": {"type": "tags", "id": "tag_mine", "attributes": {"name": "mine"}}}
    headers = {"content-type": "application/vnd.api+json"}
    answer = await admin.post("/v1/tags", json=document, headers=headers)
    assert answer.status_code == 403, answer.text
    detail = answer.json()["error"]["details"][0]
    assert (detail["pointer"], detail["code"]) == ("/data/id", "READ_ONLY")
    plain = await admin.post("/v1/tags", json={"id": "tag_mine", "name": "mine"})
    assert plain.status_code == 422
