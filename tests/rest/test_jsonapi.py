"""JSON:API 1.1 documents: resource objects, links, compound documents, writes."""

import pytest

pytestmark = pytest.mark.anyio

TYPE = "application/vnd.api+json"


@pytest.fixture
def admin(served):
    return served.client("admin", accept=TYPE, content_type=TYPE)


async def test_a_row_is_a_resource_object(served):
    client = served.client(accept=TYPE)
    answer = await client.get("/v1/books/book_01?fields[books]=title,pages,author")
    assert answer.headers["content-type"] == TYPE
    assert answer.json() == {
        "data": {
            "type": "books",
            "id": "book_01",
            "attributes": {"title": "Title 01", "pages": 101},
            "relationships": {"author": {"links": {"related": "/v1/books/book_01/author"}}},
            "links": {"self": "/v1/books/book_01"},
        },
        "links": {"self": "/v1/books/book_01?fields%5Bbooks%5D=title,pages,author"},
        "meta": {"api_version": "v1"},
        "jsonapi": {"version": "1.1"},
    }


async def test_ids_are_strings_and_stand_outside_the_attributes(served):
    data = (await served.client(accept=TYPE).get("/v1/chapters/1")).json()["data"]
    assert data["id"] == "1"
    assert "id" not in data["attributes"]
    assert data["relationships"]["book"]["links"]["related"] == "/v1/chapters/1/book"


async def test_all_relations_are_named_and_none_has_data_unless_included(served):
    data = (await served.client(accept=TYPE).get("/v1/books/book_01")).json()["data"]
    assert list(data["relationships"]) == ["author", "chapters", "tags"]
    assert all("data" not in each for each in data["relationships"].values())


async def test_included_rows_stand_once_in_included(admin):
    answer = await admin.get("/v1/books?include=author.mentor,tags&sort=id&limit=6")
    body = answer.json()
    keys = [(each["type"], each["id"]) for each in body["included"]]
    assert len(keys) == len(set(keys))
    assert set(keys) == {
        ("authors", "aut_ann"),
        ("authors", "aut_bob"),
        ("authors", "aut_cleo"),
        ("tags", "tag_art"),
        ("tags", "tag_new"),
    }
    by_key = {(each["type"], each["id"]): each for each in body["included"]}
    for row in body["data"]:
        linked = row["relationships"]["author"]["data"]
        assert set(linked) == {"type", "id"}
        assert (linked["type"], linked["id"]) in by_key
    # Cleo's mentor is Bob and Bob's is Ann: both are linked, whichever was met first.
    cleo, bob = by_key["authors", "aut_cleo"], by_key["authors", "aut_bob"]
    assert cleo["relationships"]["mentor"]["data"] == {"type": "authors", "id": "aut_bob"}
    assert bob["relationships"]["mentor"]["data"] == {"type": "authors", "id": "aut_ann"}
    assert body["data"][1]["relationships"]["tags"]["data"] == [
        {"type": "tags", "id": "tag_art"},
        {"type": "tags", "id": "tag_new"},
    ]


async def test_primary_rows_are_not_included_again(admin):
    body = (await admin.get("/v1/authors?include=mentor&sort=name&fields[authors]=name")).json()
    primary = {each["id"] for each in body["data"]}
    assert not primary & {each["id"] for each in body["included"]}
    cleo = next(each for each in body["data"] if each["id"] == "aut_cleo")
    assert cleo["relationships"]["mentor"]["data"] == {"type": "authors", "id": "aut_bob"}


async def test_a_row_included_in_itself_is_its_own_data(admin):
    body = (await admin.get("/v1/authors/aut_ann?include=books.author&fields[books]=title")).json()
    assert body["data"]["attributes"]["name"] == "Ann"
    assert {each["type"] for each in body["included"]} == {"books"}
    assert body["included"][0]["relationships"]["author"]["data"] == {
        "type": "authors",
        "id": "aut_ann",
    }
    assert body["included"][0]["attributes"] == {"title": "Title 00"}


async def test_an_empty_relation_has_null_or_an_empty_list(admin):
    body = (await admin.get("/v1/authors/aut_ann?include=mentor")).json()
    assert body["data"]["relationships"]["mentor"]["data"] is None
    assert body["included"] == []
    body = (await admin.get("/v1/books/book_20?include=tags")).json()
    assert body["data"]["relationships"]["tags"]["data"] == []


async def test_a_page_has_links_and_meta(served):
    body = (await served.client(accept=TYPE).get("/v1/books?page[size]=2&page[number]=2")).json()
    assert [each["id"] for each in body["data"]] == ["book_02", "book_03"]
    assert set(body["links"]) == {"first", "prev", "next", "last"}
    assert body["meta"]["pagination"]["total"] == 25
    assert body["meta"]["count"] == 2


async def test_a_related_row_is_a_document_of_its_own(admin):
    body = (await admin.get("/v1/books/book_01/author")).json()
    assert body["data"]["links"]["self"] == "/v1/authors/aut_bob"
    assert body["links"]["self"] == "/v1/books/book_01/author"
    assert (await admin.get("/v1/authors/aut_ann/mentor?include=books")).json()["data"] is None


async def test_a_create_with_relationships(admin):
    answer = await admin.post(
        "/v1/books",
        json={
            "data": {
                "type": "books",
                "attributes": {"title": "New", "price": "9.99", "pages": 20},
                "relationships": {
                    "author": {"data": {"type": "authors", "id": "aut_ann"}},
                    "tags": {
                        "data": [
                            {"type": "tags", "id": "tag_old"},
                            {"type": "tags", "id": "tag_art"},
                        ]
                    },
                },
            }
        },
    )
    assert answer.status_code == 201, answer.text
    body = answer.json()
    own = f"/v1/books/{body['data']['id']}"
    assert answer.headers["location"] == own
    assert body["links"]["self"] == own
    assert body["data"]["links"]["self"] == own
    assert body["data"]["attributes"]["price"] == "9.99"
    assert body["data"]["relationships"]["author"]["data"] == {"type": "authors", "id": "aut_ann"}
    assert {each["id"] for each in body["data"]["relationships"]["tags"]["data"]} == {
        "tag_old",
        "tag_art",
    }
    assert {each["id"] for each in body["included"]} == {"aut_ann", "tag_old", "tag_art"}
    assert body["meta"]["created_by"] == "usr_admin"
    assert body["meta"]["request_id"] == answer.headers["x-request-id"]
    assert body["meta"]["timestamp"].endswith("Z")


async def test_an_update_changes_attributes_and_links(admin):
    made = (
        await admin.post(
            "/v1/books",
            json={
                "data": {
                    "type": "books",
                    "attributes": {"title": "A"},
                    "relationships": {"author": {"data": {"type": "authors", "id": "aut_ann"}}},
                }
            },
        )
    ).json()["data"]
    answer = await admin.patch(
        f"/v1/books/{made['id']}",
        json={
            "data": {
                "type": "books",
                "id": made["id"],
                "attributes": {"title": "B"},
                "relationships": {
                    "tags": {"data": [{"type": "tags", "id": "tag_old"}]},
                    "author": {"data": {"type": "authors", "id": "aut_bob"}},
                },
            }
        },
    )
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert data["attributes"]["title"] == "B"
    assert data["relationships"]["tags"]["data"] == [{"type": "tags", "id": "tag_old"}]
    assert data["relationships"]["author"]["data"]["id"] == "aut_bob"


def book(**changes):
    data = {
        "type": "books",
        "attributes": {"title": "x"},
        "relationships": {"author": {"data": {"type": "authors", "id": "aut_ann"}}},
    }
    return {"data": {**data, **changes}}


@pytest.mark.parametrize(
    ("document", "status", "pointer"),
    [
        ({}, 400, None),
        ([], 400, None),
        ({"data": []}, 400, "/data"),
        ({"data": {}}, 422, "/data/type"),
        (book(type="authors"), 409, "/data/type"),
        (book(attributes={"title": 3}), 422, "/data/attributes/title"),
        (book(attributes={}), 422, "/data/attributes/title"),
        (book(attributes={"title": "x", "prise": 1}), 422, "/data/attributes/prise"),
        (book(attributes=[]), 400, "/data/attributes"),
        (
            book(relationships={"author": {"data": {"type": "tags", "id": "1"}}}),
            422,
            "/data/relationships/author/data/type",
        ),
        (
            book(relationships={"author": {"data": "aut_ann"}}),
            422,
            "/data/relationships/author/data",
        ),
        (book(relationships={"author": {}}), 422, "/data/relationships/author"),
        (book(relationships={"author": {"data": None}}), 422, "/data/relationships/author/data"),
        (
            book(relationships={"author": {"data": {"type": "authors", "id": "aut_zoe"}}}),
            422,
            "/data/relationships/author/data",
        ),
        (
            book(
                relationships={
                    "author": {"data": {"type": "authors", "id": "aut_ann"}},
                    "tags": {"data": [{"type": "tags", "id": 3}]},
                }
            ),
            422,
            "/data/relationships/tags/data/0",
        ),
        (
            book(
                relationships={
                    "author": {"data": {"type": "authors", "id": "aut_ann"}},
                    "publisher": {"data": None},
                }
            ),
            422,
            "/data/relationships/publisher",
        ),
        (
            book(
                relationships={
                    "author": {"data": {"type": "authors", "id": "aut_ann"}},
                    "title": {"data": {"type": "books", "id": "not a title"}},
                }
            ),
            422,
            "/data/relationships/title",
        ),
    ],
)
async def test_errors_point_into_the_document_that_was_sent(admin, document, status, pointer):
    answer = await admin.post("/v1/books", json=document)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == TYPE
    errors = answer.json()["errors"]
    assert all(each["status"] == str(status) for each in errors)
    if pointer is not None:
        assert pointer in [each["source"]["pointer"] for each in errors]


async def test_faults_of_attributes_and_of_relationships_are_told_at_once(admin):
    document = book(
        attributes={"title": 3},
        relationships={
            "author": {"data": {"type": "tags", "id": "1"}},
            "tags": {"data": {"type": "tags"}},
        },
    )
    answer = await admin.post("/v1/books", json=document)
    assert answer.status_code == 422
    assert sorted(each["source"]["pointer"] for each in answer.json()["errors"]) == [
        "/data/attributes/title",
        "/data/relationships/author/data/type",
        "/data/relationships/tags/data",
    ]


async def test_an_error_says_nothing_twice(admin):
    answer = await admin.post("/v1/books", json=book(type="authors"))
    assert answer.json()["errors"][0]["detail"] == "The type here is 'books'."


async def test_another_id_than_the_paths_is_a_conflict(admin):
    answer = await admin.patch(
        "/v1/books/book_01", json={"data": {"type": "books", "id": "book_02"}}
    )
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["source"] == {"pointer": "/data/id"}


async def test_a_value_stands_in_meta(admin):
    body = (await admin.get("/v1/books/book_02/price?copies=2")).json()
    assert body["meta"]["result"] == "5.00"
    assert "data" not in body


async def test_arguments_of_an_action_are_attributes(admin):
    made = (await admin.post("/v1/books", json=book())).json()["data"]
    answer = await admin.post(
        f"/v1/books/{made['id']}/publish",
        json={"data": {"attributes": {"at": "2024-05-01T00:00:00Z"}}},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["attributes"]["status"] == "published"
    wrong = await admin.post(
        f"/v1/books/{made['id']}/publish", json={"data": {"attributes": {"at": 1}}}
    )
    assert wrong.json()["errors"][0]["source"] == {"pointer": "/data/attributes/at"}
