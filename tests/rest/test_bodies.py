"""A body is read within its limits, and one that is no JSON is told where."""

import pytest

from tests.rest import conftest

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "The body is empty"),
        (b"  \n", "The body is empty"),
        (b'{"name":', "line 1, column 9"),
        (b'{\n  "name": "a",\n}', "line 3, column 1"),
        (b"{'name': 1}", "line 1, column 2"),
        (b'{"a": 1} {"b": 2}', "line 1, column 11"),
        (b'{"name": "\xff"}', "not UTF-8"),
        (b'{"name": "\\ud800"}', "not JSON"),
        (b'{"name": NaN}', "line 1, column 10"),
        (b'\xef\xbb\xbf{"name": 1}', "line 1, column 1"),
        (b'{"name": 01}', "not JSON"),
        (b'{"name": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'{"name": 1e99999999999999999999}', "too many digits"),
    ],
)
async def test_a_body_that_is_no_json(admin, body, says):
    answer = await admin.post("/v1/tags", content=body, headers=JSON)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "MALFORMED_JSON"
    assert says in error["message"]


@pytest.mark.parametrize("body", ["[]", "null", '"a"', "5", "true"])
async def test_a_body_that_is_no_object(admin, body):
    answer = await admin.post("/v1/tags", content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "MALFORMED_REQUEST"


async def test_json_that_is_too_deep(admin):
    for depth, status in ((32, 422), (33, 400), (5000, 400), (200_000, 400)):
        body = '{"name":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"
        answer = await admin.post("/v1/tags", content=body, headers=JSON)
        assert answer.status_code == status, answer.text
        code = "VALIDATION_ERROR" if status == 422 else "JSON_TOO_DEEP"
        assert answer.json()["error"]["code"] == code


async def test_brackets_in_strings_are_no_depth(admin):
    answer = await admin.post("/v1/tags", json={"name": "[" * 40 + '\\"{'})
    assert answer.status_code == 201, answer.text


async def test_a_body_beyond_the_limit_is_413_however_it_is_sent(served):
    rest = served.app(configured=conftest.replaced(limits={"body_bytes": 100}))
    client = served.client("admin", rest=rest)
    body = b'{"name":"' + b"a" * 200 + b'"}'

    async def pieces():
        for start in range(0, len(body), 30):
            yield body[start : start + 30]

    for content in (body, pieces()):
        answer = await client.post("/v1/tags", content=content, headers=JSON)
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "BODY_TOO_LARGE"
    fine = await client.post("/v1/tags", content=b'{"name":"small"}', headers=JSON)
    assert fine.status_code == 201


async def test_a_body_in_pieces_is_read_whole(admin):
    async def pieces():
        for byte in b'{"name":"pieces"}':
            yield bytes([byte])

    answer = await admin.post("/v1/tags", content=pieces(), headers=JSON)
    assert answer.status_code == 201, answer.text
    assert answer.json()["data"]["name"] == "pieces"


async def test_of_a_name_given_twice_the_last_holds(admin):
    answer = await admin.post(
        "/v1/tags", content=b'{"name":"first","name":"last one"}', headers=JSON
    )
    assert answer.json()["data"]["name"] == "last one"


async def test_an_action_without_required_arguments_needs_no_body(admin):
    for content, headers in ((b"", {}), (b"{}", JSON), (b" ", {})):
        answer = await admin.post("/v1/books/book_09/touch", content=content, headers=headers)
        assert answer.status_code == 204, answer.text
    answer = await admin.post("/v1/books/book_09/publish")
    assert answer.status_code == 415
