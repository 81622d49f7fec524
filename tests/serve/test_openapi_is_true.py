"""What the server answers is what its OpenAPI document describes."""

import re

import httpx
import jsonschema
import openapi_spec_validator
import pytest

import accord
from accord.kernel import observations
from examples import shop
from examples.shop import seed

MEDIA = ("application/json", "application/vnd.api+json")
READS = (
    "/v1/orders",
    "/v1/orders?include=user,items&page[limit]=3",
    "/v1/orders?page[number]=2&page[size]=5",
    "/v1/orders?fields=id,total&status=pending&total_gt=100",
    "/v1/users?include=teams,manager&sort=-created_at",
    "/v1/products?category=electronics",
    "/v1/categories",
    "/v1/categories?include=parent,children",
    "/v1/teams",
    "/v1/items",
)
WRONG = ("/v1/orders?nope=1", "/v1/orders/nope", "/v1/orders?sort=nope", "/v1/users/nope/orders")


@pytest.fixture(scope="module")
async def http(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('shop')}/shop.sqlite"
    await seed.seed(url, 60)
    app = accord.asgi(shop.api, database_url=url, observe=observations.Recorder())
    key = next(each.secret for each in app.dev_keys if each.role == "admin")
    headers = {"Authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app=app)
    async with (
        app,
        httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client,
    ):
        client.document = (await client.get("/openapi.json")).json()
        yield client


def described(document, answer):
    """The schema of an answer, and the names of the headers it may have."""
    path = answer.request.url.path
    for pattern, item in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
            found = item[answer.request.method.lower()]["responses"][str(answer.status_code)]
            if "$ref" in found:
                found = document["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
            media = answer.headers["content-type"]
            return found["content"][media]["schema"], found["headers"]
    raise AssertionError(f"{path} is not described")


def check(document, answer):
    schema, headers = described(document, answer)
    jsonschema.Draft202012Validator(
        {**schema, "components": document["components"]},
        format_checker=jsonschema.FormatChecker(),
    ).validate(answer.json())
    known = {name.lower() for name in headers}
    for name in ("etag", "location", "link", "x-total-count", "x-request-id", "last-modified"):
        assert name not in answer.headers or name in known, name


async def test_the_shops_document_is_valid(http):
    openapi_spec_validator.validate(http.document)


@pytest.mark.parametrize("media", MEDIA)
@pytest.mark.parametrize("path", READS)
async def test_reads_are_as_described(http, path, media):
    page = await http.get(path, headers={"Accept": media})
    assert page.status_code == 200, page.text
    check(http.document, page)
    first = page.json()["data"][0]
    one = await http.get(f"{page.request.url.path}/{first['id']}", headers={"Accept": media})
    assert one.status_code == 200
    check(http.document, one)


@pytest.mark.parametrize("media", [*MEDIA, "application/problem+json"])
@pytest.mark.parametrize("path", WRONG)
async def test_errors_are_as_described(http, path, media):
    answer = await http.get(path, headers={"Accept": f"{media}, */*;q=0.1"})
    assert answer.status_code >= 400
    assert answer.headers["content-type"] == media
    check(http.document, answer)


@pytest.mark.parametrize("media", MEDIA)
async def test_related_rows_are_as_described(http, media):
    wanted = {"Accept": media}
    users = (await http.get("/v1/users?page[limit]=30")).json()["data"]
    for user in users[:3]:
        answer = await http.get(f"/v1/users/{user['id']}/manager", headers=wanted)
        assert answer.status_code == 200
        check(http.document, answer)
        check(http.document, await http.get(f"/v1/users/{user['id']}/orders", headers=wanted))


@pytest.mark.parametrize("media", MEDIA)
async def test_writes_are_as_described(http, media):
    wanted = {"Accept": media}
    product = (await http.get("/v1/products")).json()["data"][0]
    order = {"items": [{"product_id": product["id"], "quantity": 2}], "status": "pending"}
    user = (await http.get("/v1/users")).json()["data"][0]
    created = await http.post("/v1/orders", json={**order, "user_id": user["id"]}, headers=wanted)
    assert created.status_code == 201, created.text
    check(http.document, created)
    key = created.json()["data"]["id"]
    changed = await http.patch(f"/v1/orders/{key}", json={"currency": "EUR"}, headers=wanted)
    assert changed.status_code == 200, changed.text
    check(http.document, changed)
    refused = await http.patch(f"/v1/orders/{key}", json={"currency": 7}, headers=wanted)
    assert refused.status_code == 422
    check(http.document, refused)
    cancelled = await http.post(f"/v1/orders/{key}/cancel", json={"reason": "x"}, headers=wanted)
    assert cancelled.status_code == 200, cancelled.text
    check(http.document, cancelled)


async def test_examples_of_parameters_are_taken(http):
    """Every parameter of a list is known to the server under the name the document gives."""
    for path, item in http.document["paths"].items():
        if "get" not in item or "{" in path:
            continue
        for parameter in item["get"]["parameters"]:
            name = parameter.get("name")
            if parameter.get("in") != "query" or name.startswith("after_"):
                continue
            answer = await http.get(path, params={name: "nonsense"})
            code = answer.json().get("error") and answer.json()["error"]["code"]
            assert code not in ("UNKNOWN_PARAMETER", "UNKNOWN_FILTER"), (path, name)
