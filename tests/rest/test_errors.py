"""Every refusal has one shape per representation, and tells what to do."""

import json

import pytest

from tests.rest import library

pytestmark = pytest.mark.anyio

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_plain_json(served):
    client = served.client("admin", rest=served.app(docs="/docs/errors"))
    answer = await client.post(
        "/v1/authors",
        json={"name": "A", "email": "nobody"},
        headers={"traceparent": TRACE, "x-request-id": "my-id"},
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    timestamp = body["meta"].pop("timestamp")
    assert timestamp.endswith("Z")
    assert body == {
        "error": {
            "code": "VALIDATION_ERROR",
            "message": "2 values are not valid.",
            "details": [
                {
                    "field": "name",
                    "pointer": "/name",
                    "code": "TOO_SHORT",
                    "message": "name must have at least 2 characters",
                    "value": "A",
                },
                {
                    "field": "email",
                    "pointer": "/email",
                    "code": "INVALID_FORMAT",
                    "message": "email must be an email address such as jane@example.com",
                    "value": "nobody",
                },
            ],
            "hint": "Correct the fields named in the details; they list all failures at once.",
            "documentation_url": "/docs/errors/VALIDATION_ERROR",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "request_id": "my-id",
        },
        "meta": {},
    }


async def test_the_status_envelope(served):
    client = served.client(rest=served.app(library.make(envelope="status")))
    answer = await client.get("/v1/books/none")
    assert answer.json() == {
        "status": "error",
        "error": {"code": "NOT_FOUND", "message": answer.json()["error"]["message"], "details": []},
        "request_id": answer.headers["x-request-id"],
    }


async def test_jsonapi(served):
    client = served.client("admin", accept="application/vnd.api+json")
    answer = await client.post("/v1/authors", json={"name": "A", "email": "nobody"})
    assert answer.headers["content-type"] == "application/vnd.api+json"
    errors = answer.json()["errors"]
    assert [each["source"]["pointer"] for each in errors] == ["/name", "/email"]
    assert errors[0] == {
        "status": "422",
        "code": "TOO_SHORT",
        "title": "The content is not valid",
        "detail": "name must have at least 2 characters",
        "source": {"pointer": "/name"},
        "meta": errors[0]["meta"],
    }
    parameter = (await client.get("/v1/books?price=x")).json()["errors"][0]
    assert parameter["source"] == {"parameter": "price"}
    assert parameter["code"] == "INVALID_PARAMETER"


async def test_problem_json(served):
    client = served.client(
        rest=served.app(docs="/docs/errors"), accept="application/json, application/problem+json"
    )
    answer = await client.get("/v1/books/none", headers={"x-request-id": "abc"})
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body == {
        "type": "/docs/errors/NOT_FOUND",
        "title": "Not found",
        "status": 404,
        "detail": body["detail"],
        "instance": "/v1/books/none",
        "code": "NOT_FOUND",
        "hint": "Check the id; list the collection to see what you can read.",
        "errors": [],
        "request_id": "abc",
    }


async def test_codes_of_the_apis_own_catalogue(served):
    api = library.make(codes={"NOT_FOUND": "RES_001", "UNAUTHENTICATED": "AUTH_001"})
    rest = served.app(api)
    plain, document = (
        served.client(rest=rest),
        served.client(rest=rest, accept="application/vnd.api+json"),
    )
    assert (await plain.get("/v1/books/none")).json()["error"]["code"] == "RES_001"
    assert (await document.get("/v1/authors")).json()["errors"][0]["code"] == "AUTH_001"


async def test_a_missing_or_wrong_key_is_401_with_a_challenge(served):
    answer = await served.client().get("/v1/authors")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    for given in ("Bearer nonsense", "Basic abc", "Bearer", "Bearer \xff"):
        answer = await served.client().get(
            "/v1/books", headers={"authorization": given.encode("latin-1")}
        )
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "INVALID_CREDENTIALS"


async def test_a_role_without_the_right_is_403(served):
    answer = await served.client("reader").post("/v1/tags", json={"name": "x"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "FORBIDDEN"


async def test_strangers_learn_nothing_of_the_body(served):
    answer = await served.client().post("/v1/tags", content=b"{")
    assert answer.status_code == 401


async def test_an_unforeseen_error_is_500_with_an_id_and_no_trace(served):
    class Broken(Exception):
        pass

    async def answer(request):
        raise Broken("a secret")

    rest = served.app()
    endpoint, _ = rest.routes.match("/v1/tags")
    endpoint.handlers["GET"].answer = answer
    served.recorder.clear()
    response = await served.client(rest=rest).get("/v1/tags")
    assert response.status_code == 500
    error = response.json()["error"]
    assert error["code"] == "INTERNAL"
    assert "secret" not in response.text
    from accord.kernel import observations

    told = served.recorder.of(observations.InternalError)[0]
    assert told.error_id in error["message"]
    assert "a secret" in told.traceback
    assert told.request_id == response.headers["x-request-id"]


async def test_a_secret_value_is_never_echoed(admin):
    answer = await admin.post(
        "/v1/authors", json={"name": "Dan", "email": "dan@example.com", "secret": "hunter2"}
    )
    assert answer.status_code == 422
    assert "hunter2" not in answer.text
    unknown = await admin.post("/v1/tags", json={"name": "n1", "pasword": "hunter2"})
    assert unknown.status_code == 422
    assert "hunter2" not in unknown.text


async def test_long_values_are_cut(admin):
    answer = await admin.post("/v1/tags", json={"name": "y" * 1000})
    assert answer.status_code == 422
    assert len(answer.json()["error"]["details"][0]["value"]) == 200
    assert len(json.dumps(answer.json())) < 1500
