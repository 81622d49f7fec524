"""Actions and queries are called with typed arguments and answer rows, lists and values."""

import pytest

pytestmark = pytest.mark.anyio


async def new_book(admin):
    answer = await admin.post("/v1/books", json={"title": "New", "author_id": "aut_ann", "sold": 1})
    return answer.json()["data"]["id"]


async def test_an_action_changes_its_row_and_answers_it(admin):
    made = await new_book(admin)
    answer = await admin.post(
        f"/v1/books/{made}/publish?fields=id,status,published_at&include=author&fields[authors]=name",
        json={"at": "2024-05-01T12:00:00+02:00"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"] == {
        "id": made,
        "status": "published",
        "published_at": "2024-05-01T10:00:00.000000Z",
        "author": {"name": "Ann"},
    }
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["meta"]["request_id"]
    again = await admin.post(f"/v1/books/{made}/publish", json={"at": "2024-05-01T12:00:00Z"})
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "REST_TEST_ALREADY_PUBLISHED"
    assert made in again.json()["error"]["message"]


async def test_an_enum_argument_comes_as_its_member(admin):
    made = await new_book(admin)
    answer = await admin.post(
        f"/v1/books/{made}/publish", json={"at": "2024-05-01T12:00:00Z", "status": "withdrawn"}
    )
    assert answer.json()["data"]["status"] == "withdrawn"


async def test_an_action_without_result_answers_204(admin):
    answer = await admin.post("/v1/books/book_09/touch")
    assert answer.status_code == 204
    assert answer.content == b""


async def test_an_action_of_a_row_that_is_not_there_is_404(admin):
    answer = await admin.post("/v1/books/none/publish", json={"at": "2024-05-01T12:00:00Z"})
    assert answer.status_code == 404


async def test_an_action_nobody_allowed_is_refused(served):
    answer = await served.client("reader").post("/v1/books/book_09/publish", json={})
    assert answer.status_code == 403
    assert (await served.client().post("/v1/books/book_09/publish", json={})).status_code == 401


async def test_an_action_may_be_bound_to_a_version(admin):
    made = await new_book(admin)
    answer = await admin.post(
        f"/v1/books/{made}/publish",
        json={"at": "2024-05-01T12:00:00Z"},
        headers={"if-match": '"0-x"'},
    )
    assert answer.status_code == 412, answer.text


async def test_a_query_takes_its_arguments_from_the_address(anybody):
    answer = await anybody.get("/v1/books/book_02/price?copies=3")
    assert answer.json()["data"] == "7.50"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert (await anybody.get("/v1/books/book_02/price")).json()["data"] == "2.50"


async def test_a_query_answers_a_list(anybody):
    answer = await anybody.get("/v1/books/bestsellers?least=23000&fields=id&words=a&words=b")
    assert answer.json()["data"] == [{"id": "book_24"}, {"id": "book_23"}]


@pytest.mark.parametrize(
    ("path", "code", "parameter"),
    [
        ("/v1/books/bestsellers", "REQUIRED", "least"),
        ("/v1/books/bestsellers?least=x", "INVALID_FORMAT", "least"),
        ("/v1/books/bestsellers?least=1&least=2", "TOO_LONG", "least"),
        ("/v1/books/book_01/price?copies=0", "TOO_SMALL", "copies"),
    ],
)
async def test_arguments_that_cannot_be_read_are_refused(anybody, path, code, parameter):
    answer = await anybody.get(path)
    assert answer.status_code == 400
    detail = answer.json()["error"]["details"][0]
    assert (detail["code"], detail["parameter"]) == (code, parameter)


async def test_an_unknown_argument_is_refused(anybody):
    answer = await anybody.get("/v1/books/book_01/price?copy=3")
    assert answer.status_code == 400
    assert "did you mean 'copies'?" in answer.json()["error"]["message"]
