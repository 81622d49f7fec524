"""A body's failures are all told at once, each with its place, code and value."""

import pytest

pytestmark = pytest.mark.anyio

BASE = {"title": "x", "author_id": "aut_ann"}


def told(answer):
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    return {each["pointer"]: each["code"] for each in error["details"]}


async def test_all_failures_at_once(admin):
    answer = await admin.post(
        "/v1/books?include=tags",
        json={
            "titel": "x",
            "price": "-1",
            "pages": 0,
            "sold": 2**63,
            "rating": "high",
            "status": "open",
            "uid": "1",
            "cover": "!",
            "published_at": "2024-01-15",
            "isbn": "x",
            "created_at": "2024-01-15T10:30:00Z",
            "tags": [1, "a\x00"],
            "author_id": None,
            "chapters": [{"number": "one"}, 3, {"title": "a", "number": 1, "book_id": 4, "x/y": 1}],
        },
    )
    assert told(answer) == {
        "/titel": "UNKNOWN_ATTRIBUTE",
        "/title": "REQUIRED",
        "/price": "TOO_SMALL",
        "/pages": "TOO_SMALL",
        "/sold": "TOO_LARGE",
        "/rating": "INVALID_TYPE",
        "/status": "NOT_ALLOWED_VALUE",
        "/uid": "INVALID_FORMAT",
        "/cover": "INVALID_FORMAT",
        "/published_at": "INVALID_FORMAT",
        "/isbn": "PATTERN_MISMATCH",
        "/created_at": "READ_ONLY",
        "/tags/0": "INVALID_TYPE",
        "/tags/1": "INVALID_FORMAT",
        "/author_id": "NULL_NOT_ALLOWED",
        "/chapters/0/number": "INVALID_TYPE",
        "/chapters/0/title": "REQUIRED",
        "/chapters/1": "INVALID_TYPE",
        "/chapters/2/book_id": "READ_ONLY",
        "/chapters/2/x~1y": "UNKNOWN_ATTRIBUTE",
    }
    fields = {each["field"] for each in answer.json()["error"]["details"]}
    assert "chapters.0.number" in fields
    assert answer.json()["error"]["message"] == "20 values are not valid."


async def test_one_failure_is_the_message(admin):
    answer = await admin.post("/v1/books", json={**BASE, "pages": 10001})
    assert answer.json()["error"]["message"] == "Pages must be at most 10000."


async def test_an_unknown_attribute_suggests_the_nearest(admin):
    answer = await admin.post("/v1/books", json={**BASE, "prize": 1})
    assert "did you mean 'price'?" in answer.json()["error"]["details"][0]["message"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", 5, "INVALID_TYPE"),
        ("title", None, "NULL_NOT_ALLOWED"),
        ("title", "a\x00b", "INVALID_FORMAT"),
        ("title", "x" * 201, "TOO_LONG"),
        ("title", ["x"], "INVALID_TYPE"),
        ("price", "abc", "INVALID_FORMAT"),
        ("price", "1e400000", "INVALID_FORMAT"),
        ("price", True, "INVALID_TYPE"),
        ("price", "1.999", "NOT_A_MULTIPLE"),
        ("price", "123456789.00", "TOO_LARGE"),
        ("price", "NaN", "INVALID_FORMAT"),
        ("price", "Infinity", "INVALID_FORMAT"),
        ("price", "१", "INVALID_FORMAT"),
        ("pages", "5", "INVALID_TYPE"),
        ("pages", 5.5, "INVALID_TYPE"),
        ("pages", True, "INVALID_TYPE"),
        ("pages", 2**31, "TOO_LARGE"),
        ("rating", "5", "INVALID_TYPE"),
        ("rating", True, "INVALID_TYPE"),
        ("status", "Draft", "NOT_ALLOWED_VALUE"),
        ("status", 1, "NOT_ALLOWED_VALUE"),
        ("uid", "0189c3f18a3b7c449d2e0123456789ab", "INVALID_FORMAT"),
        ("uid", 5, "INVALID_TYPE"),
        ("cover", "AP8", "INVALID_FORMAT"),
        ("cover", "AP8=\n", "INVALID_FORMAT"),
        ("published_at", "2024-01-15T10:30:00", "INVALID_FORMAT"),
        ("published_at", "2024-02-30T10:30:00Z", "INVALID_FORMAT"),
        ("published_at", 1705314600, "INVALID_TYPE"),
        ("isbn", "978", "PATTERN_MISMATCH"),
    ],
)
async def test_a_value_against_its_type_is_refused(admin, field, value, code):
    assert told(await admin.post("/v1/books", json={**BASE, field: value})) == {f"/{field}": code}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pages", 5.0),
        ("price", 5),
        ("price", "5"),
        ("price", "1.500"),
        ("price", "5e1"),
        ("rating", 5),
        ("published_at", "2024-01-15T10:30:00.5-05:00"),
    ],
)
async def test_another_way_to_write_a_value_is_read(admin, field, value):
    answer = await admin.post("/v1/books", json={**BASE, field: value})
    assert answer.status_code == 201, answer.text


async def test_a_number_beyond_a_double_is_refused(admin):
    answer = await admin.post(
        "/v1/books",
        content=b'{"title":"x","author_id":"aut_ann","rating":1e999}',
        headers={"content-type": "application/json"},
    )
    assert told(answer) == {"/rating": "TOO_LARGE"}


async def test_a_structured_value_is_checked_inside(admin):
    answer = await admin.post(
        "/v1/authors",
        json={"name": "Eve", "email": "eve@example.com", "address": {"street": 1, "town": "x"}},
    )
    assert told(answer) == {
        "/address/town": "UNKNOWN_ATTRIBUTE",
        "/address/street": "INVALID_TYPE",
        "/address/city": "REQUIRED",
    }


async def test_json_values_that_no_database_keeps_are_refused(admin):
    answer = await admin.post(
        "/v1/authors", json={"name": "Eve", "email": "eve@example.com", "profile": {"a": ["b\x00"]}}
    )
    assert told(answer) == {"/profile": "INVALID_FORMAT"}


async def test_an_immutable_field_is_set_once(admin):
    made = (
        await admin.post("/v1/authors", json={"name": "Flo", "email": "flo@example.com"})
    ).json()["data"]
    answer = await admin.patch(f"/v1/authors/{made['id']}", json={"email": "other@example.com"})
    assert told(answer) == {"/email": "IMMUTABLE"}


async def test_children_come_with_a_create_only(admin):
    answer = await admin.patch("/v1/books/book_09", json={"chapters": []})
    assert told(answer) == {"/chapters": "IMMUTABLE"}


async def test_a_field_and_its_relation_may_not_both_be_given(admin):
    answer = await admin.post("/v1/books", json={**BASE, "author": "aut_bob"})
    assert told(answer) == {"/author": "CHECK_FAILED"}


@pytest.mark.parametrize("value", ["tag_art", {"id": "tag_art"}, None, 5])
async def test_links_are_a_list(admin, value):
    assert told(await admin.post("/v1/books", json={**BASE, "tags": value})) == {
        "/tags": "INVALID_TYPE"
    }


@pytest.mark.parametrize(
    "email",
    [
        "a",
        "a@b",
        "@example.com",
        "a b@example.com",
        "a@-example.com",
        "a@example.com\n",
        "a@ex ample.com",
    ],
)
async def test_what_is_no_email_is_refused(admin, email):
    answer = await admin.post("/v1/authors", json={"name": "Gil", "email": email})
    assert told(answer) == {"/email": "INVALID_FORMAT"}


async def test_arguments_are_validated_like_fields(admin):
    answer = await admin.post(
        "/v1/books/book_09/publish", json={"note": "x" * 21, "status": "open", "extra": 1}
    )
    assert told(answer) == {
        "/extra": "UNKNOWN_ATTRIBUTE",
        "/at": "REQUIRED",
        "/note": "TOO_LONG",
        "/status": "NOT_ALLOWED_VALUE",
    }
