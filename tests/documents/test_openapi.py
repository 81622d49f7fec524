"""The OpenAPI document is valid, whole, and says what the contract says."""

import itertools

import jsonschema
import openapi_spec_validator
import pytest

from accord.documents.openapi import document
from accord.kernel import settings
from tests.documents import contracts

STYLES = list(
    itertools.product(["full", "status", "none"], ["application/json", "application/vnd.api+json"])
)


@pytest.fixture(scope="module")
def shop():
    return document.document(contracts.shop())


@pytest.mark.parametrize(("envelope", "representation"), STYLES)
def test_it_is_valid_openapi(envelope, representation):
    found = document.document(contracts.shop(envelope, representation))
    openapi_spec_validator.validate(found)


def test_it_is_what_it_was(golden):
    golden(document.encode(document.document(contracts.shop())).decode(), "shop.openapi.json")


def test_every_operation_is_there_once_under_its_id(shop):
    ids = [each["operationId"] for item in shop["paths"].values() for each in item.values()]
    assert sorted(ids) == sorted(each.id for each in contracts.shop().operations)


def test_equal_contracts_give_equal_bytes():
    first, second = (document.encode(document.document(contracts.shop())) for _ in range(2))
    assert first == second


def test_it_names_the_contract_it_was_made_from(shop):
    assert shop["info"]["x-accord-digest"] == contracts.shop().digest


def test_every_reference_leads_somewhere(shop):
    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            node = node.values()
        if isinstance(node, list | type({}.values())):
            for each in node:
                yield from walk(each)

    for ref in set(walk(shop)):
        place = shop
        for step in ref.removeprefix("#/").split("/"):
            place = place[step]
        assert place, ref


def parameters(shop, path, method="get"):
    out = {}
    for each in shop["paths"][path][method]["parameters"]:
        if "$ref" in each:
            found = shop["components"]["parameters"][each["$ref"].rsplit("/", 1)[1]]
        else:
            found = each
        out[found["name"]] = found
    return out


def test_lists_take_filters_params_sorts_pages_and_views(shop):
    names = parameters(shop, "/v1/orders")
    for name in (
        "status", "status_in", "total_gt", "total_null", "user.name_like", "created_after",
        "search", "filter", "sort", "page[limit]", "page[cursor]", "page[number]", "page[offset]",
        "count", "after_created_at", "after_id", "fields", "include", "fields[users]",
        "If-None-Match", "X-Request-ID",
    ):  # fmt: skip
        assert name in names, name
    assert "-created_at" in names["sort"]["schema"]["items"]["enum"]
    assert "filter[total][gt]" in names["total_gt"]["description"]
    assert "secret" not in names["fields"]["schema"]["items"]["enum"]


def test_limits_of_the_resource_go_before_those_of_the_server():
    limits = settings.Limits(page_size_default=5, page_size_max=70)
    shop = document.document(contracts.shop(), limits)
    assert parameters(shop, "/v1/orders")["page[limit]"]["schema"]["maximum"] == 70
    assert parameters(shop, "/v1/users")["page[limit]"]["schema"]["maximum"] == 50


def test_related_lists_take_the_parameters_of_what_they_show(shop):
    names = parameters(shop, "/v1/users/{id}/orders")
    assert "total_gt" in names
    assert names["id"]["required"] is True


def test_answers_come_in_both_representations(shop):
    for path, method, status in (
        ("/v1/orders", "get", "200"),
        ("/v1/orders/{id}", "get", "200"),
        ("/v1/orders", "post", "201"),
        ("/v1/orders/{id}/cancel", "post", "200"),
    ):
        content = shop["paths"][path][method]["responses"][status]["content"]
        assert set(content) == {"application/json", "application/vnd.api+json"}


def test_a_create_tells_where_the_row_is(shop):
    headers = shop["paths"]["/v1/orders"]["post"]["responses"]["201"]["headers"]
    assert {"Location", "ETag", "X-Request-ID"} <= set(headers)


def test_errors_are_told_with_codes_of_the_operation_and_the_catalogue(shop):
    def told(path, method, status):
        ref = shop["paths"][path][method]["responses"][status]["$ref"]
        return shop["components"]["responses"][ref.rsplit("/", 1)[1]]

    conflict = told("/v1/orders/{id}/cancel", "post", "409")
    assert "ORDER_SHIPPED" in conflict["content"]["application/json"]["examples"]
    assert "RES_001" in told("/v1/orders/{id}", "get", "404")["description"]
    for operation in ("put", "patch", "delete"):
        assert {"412", "428", "410"} <= set(
            shop["paths"]["/v1/orders/{id}"][operation]["responses"]
        )


def accepts(shop, name, value):
    schema = {"$ref": f"#/components/schemas/{name}", "components": shop["components"]}
    return jsonschema.Draft202012Validator(schema).is_valid(value)


def test_bodies_are_described_as_they_are_taken(shop):
    order = {"user": "usr_1", "items": [{"quantity": 2}], "status": "pending"}
    assert accepts(shop, "OrderCreate", order)
    assert not accepts(shop, "OrderCreate", order | {"items": [{}]})
    assert not accepts(shop, "OrderCreate", order | {"created_at": "2024-01-01T00:00:00Z"})
    assert not accepts(shop, "OrderCreate", order | {"note": "x" * 501})
    assert not accepts(shop, "OrderCreate", order | {"weight": 0.4})
    assert accepts(shop, "OrderPatch", {})
    assert not accepts(shop, "OrderPatch", {"user_id": "usr_2"})
    assert accepts(shop, "UserCreate", {"email": "a@b.c", "name": "Ada", "teams": ["usr_1"]})
    assert not accepts(shop, "UserCreate", {"email": "a@b.c"})
    assert not accepts(shop, "UserCreate", {"email": "a@b.c", "name": "ada"})


def test_json_api_bodies_put_relations_among_relationships(shop):
    manager = {"data": {"type": "users", "id": "usr_9"}}
    data = {
        "type": "users",
        "attributes": {"email": "a@b.c", "name": "Ada"},
        "relationships": {"manager": manager, "teams": {"data": []}},
    }
    assert accepts(shop, "UserCreateDocument", {"data": data})
    assert not accepts(shop, "UserCreateDocument", {"data": data | {"type": "orders"}})
    assert not accepts(shop, "UserPatchDocument", {"data": data})
    assert accepts(shop, "UserPatchDocument", {"data": {"type": "users", "id": "usr_1"}})


def test_error_examples_fit_their_schemas(shop):
    for answer in shop["components"]["responses"].values():
        for content in answer["content"].values():
            name = content["schema"]["$ref"].rsplit("/", 1)[1]
            for example in content["examples"].values():
                assert accepts(shop, name, example["value"])


def test_write_only_fields_are_not_shown(shop):
    assert "secret" not in shop["components"]["schemas"]["Order"]["properties"]
    assert "secret" in shop["components"]["schemas"]["OrderCreate"]["properties"]


def test_access_is_told_as_reviewers_read_it(shop):
    told = shop["paths"]["/v1/orders"]["get"]["x-accord-access"]
    assert told == ["allow role(user) and user_id = caller.id"]
