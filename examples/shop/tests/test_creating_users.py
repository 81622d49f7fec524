"""Room: examples/shop/tests. A user is created by a JSON:API document or by plain JSON."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from examples.shop.tests.serving import JSONAPI, Served, code

JSONAPI_HEADERS = {"accept": JSONAPI, "content-type": JSONAPI}


@pytest.fixture
def teams(shop: Served) -> list[str]:
    return [team["id"] for team in shop.rows.teams[:2]]


def document(email: str, manager: str, teams: list[str], **attributes: Any) -> dict[str, Any]:
    return {
        "data": {
            "type": "users",
            "attributes": {"email": email, "name": "Jane Doe", "role": "engineer", **attributes},
            "relationships": {
                "manager": {"data": {"type": "users", "id": manager}},
                "teams": {"data": [{"type": "teams", "id": team} for team in teams]},
            },
        }
    }


async def test_a_document_is_answered_by_the_whole_document(
    shop: Served, admin: httpx.AsyncClient, teams: list[str]
) -> None:
    boss = shop.ids["manager"]
    answer = await admin.post(
        "/v1/users", json=document("a@example.com", boss, teams), headers=JSONAPI_HEADERS
    )
    assert answer.status_code == 201
    assert answer.headers["content-type"] == JSONAPI
    body = answer.json()
    own = f"/v1/users/{body['data']['id']}"
    assert answer.headers["location"] == own
    assert answer.headers["etag"].startswith('"1-')
    assert body["links"] == {"self": own}
    assert body["data"]["links"] == {"self": own}
    assert body["data"]["type"] == "users"
    assert body["data"]["id"].startswith("usr_")
    assert (
        body["data"]["attributes"] | {"email": "a@example.com", "role": "engineer"}
        == (body["data"]["attributes"])
    )
    assert "id" not in body["data"]["attributes"]
    assert body["data"]["relationships"]["manager"] == {
        "links": {"related": f"{own}/manager"},
        "data": {"type": "users", "id": boss},
    }
    linked = body["data"]["relationships"]["teams"]
    assert linked["links"] == {"related": f"{own}/teams"}
    assert {each["id"] for each in linked["data"]} == set(teams)
    assert {(each["type"], each["id"]) for each in body["included"]} == {
        ("users", boss),
        *(("teams", team) for team in teams),
    }
    assert body["meta"]["created_by"] == shop.ids["admin"]
    assert body["meta"]["version"] == 1
    assert body["meta"]["request_id"] == answer.headers["x-request-id"]


async def test_its_location_and_its_links_lead_to_it(
    shop: Served, admin: httpx.AsyncClient, teams: list[str]
) -> None:
    boss = shop.ids["manager"]
    made = await admin.post(
        "/v1/users", json=document("b@example.com", boss, teams), headers=JSONAPI_HEADERS
    )
    read = await admin.get(
        f"{made.headers['location']}?include=manager,teams", headers={"accept": JSONAPI}
    )
    assert read.json()["data"] == made.json()["data"]
    assert read.headers["etag"] == made.headers["etag"]
    related = made.json()["data"]["relationships"]["manager"]["links"]["related"]
    assert (await admin.get(related)).json()["data"]["id"] == boss


async def test_the_query_may_choose_what_the_answer_shows(
    shop: Served, admin: httpx.AsyncClient, teams: list[str]
) -> None:
    given = document("c@example.com", shop.ids["manager"], teams)
    answer = await admin.post(
        "/v1/users?include=manager&fields[users]=name,manager", json=given, headers=JSONAPI_HEADERS
    )
    body = answer.json()
    assert body["data"]["attributes"] == {"name": "Jane Doe"}
    assert list(body["data"]["relationships"]) == ["manager"]
    assert [each["type"] for each in body["included"]] == ["users"]


async def test_sparse_fields_of_one_user(shop: Served, admin: httpx.AsyncClient) -> None:
    user = next(u for u in shop.rows.users if u["manager_id"])
    answer = await admin.get(
        f"/v1/users/{user['id']}?include=manager,teams&fields[users]=id,name,email,role",
        headers={"accept": JSONAPI},
    )
    body = answer.json()
    assert set(body["data"]["attributes"]) == {"name", "email", "role"}
    assert body["data"]["id"] == user["id"]
    members = [each for each in shop.rows.team_members if each["user_id"] == user["id"]]
    assert {(each["type"], each["id"]) for each in body["included"]} == {
        ("users", user["manager_id"]),
        *(("teams", each["team_id"]) for each in members),
    }


async def test_plain_json_is_answered_by_an_envelope(
    shop: Served, admin: httpx.AsyncClient, teams: list[str]
) -> None:
    answer = await admin.post(
        "/v1/users",
        json={
            "email": "d@example.com",
            "name": "Jane",
            "manager": shop.ids["manager"],
            "teams": teams,
            "metadata": {"theme": "dark"},
        },
    )
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["location"] == f"/v1/users/{answer.json()['data']['id']}"
    assert answer.headers["etag"].startswith('"1-')
    data = answer.json()["data"]
    assert data["role"] == "viewer"
    assert data["manager_id"] == shop.ids["manager"]
    assert data["metadata"] == {"theme": "dark"}
    linked = await admin.get(f"{answer.headers['location']}/teams")
    assert {row["id"] for row in linked.json()["data"]} == set(teams)


async def test_plain_json_may_be_answered_by_a_document(
    shop: Served, admin: httpx.AsyncClient, teams: list[str]
) -> None:
    given = {"email": "e@example.com", "name": "J", "manager": shop.ids["admin"], "teams": teams}
    answer = await admin.post("/v1/users", json=given, headers={"accept": JSONAPI})
    assert answer.status_code == 201
    body = answer.json()
    assert {each["type"] for each in body["included"]} == {"users", "teams"}
    assert body["meta"]["created_by"] == shop.ids["admin"]
    assert body["meta"]["version"] == 1


async def test_a_document_may_be_answered_by_an_envelope(
    shop: Served, admin: httpx.AsyncClient, teams: list[str]
) -> None:
    given = document("f@example.com", shop.ids["manager"], teams)
    headers = {**JSONAPI_HEADERS, "accept": "application/json"}
    data = (await admin.post("/v1/users", json=given, headers=headers)).json()["data"]
    assert data["manager"]["id"] == shop.ids["manager"]
    assert {team["id"] for team in data["teams"]} == set(teams)


async def test_a_taken_address_names_its_field(
    shop: Served, admin: httpx.AsyncClient, teams: list[str]
) -> None:
    answer = await admin.post("/v1/users", json={"email": "ada@example.com", "name": "A"})
    assert code(answer) == (409, "UNIQUE_VIOLATION")
    detail = answer.json()["error"]["details"][0]
    assert (detail["field"], detail["code"], detail["pointer"]) == ("email", "DUPLICATE", "/email")


async def test_nobody_is_linked_to_whom_there_is_not(
    shop: Served, admin: httpx.AsyncClient, teams: list[str]
) -> None:
    given = document("g@example.com", "usr_nobody", [*teams, "team_none"])
    answer = await admin.post("/v1/users", json=given, headers=JSONAPI_HEADERS)
    assert answer.status_code == 422
    found = await admin.get("/v1/users?email=g@example.com")
    assert found.json()["data"] == []


async def test_faults_of_a_document_stand_where_they_are(
    shop: Served, admin: httpx.AsyncClient, teams: list[str]
) -> None:
    given = document("no address", shop.ids["manager"], teams, role="king", nickname="J", name="")
    answer = await admin.post("/v1/users", json=given, headers=JSONAPI_HEADERS)
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert {(each["source"]["pointer"], each["code"]) for each in errors} == {
        ("/data/attributes/email", "INVALID_FORMAT"),
        ("/data/attributes/name", "TOO_SHORT"),
        ("/data/attributes/role", "NOT_ALLOWED_VALUE"),
        ("/data/attributes/nickname", "UNKNOWN_ATTRIBUTE"),
    }
    assert {each["status"] for each in errors} == {"422"}


async def test_a_reference_is_told_once(shop: Served, admin: httpx.AsyncClient) -> None:
    first, second = (user["id"] for user in shop.rows.users[:2])
    for given in (
        {"manager": {"id": first}, "manager_id": second},
        {"manager_id": second, "manager": {"id": first}},
    ):
        answer = await admin.post(
            "/v1/users", json={"email": "told@example.com", "name": "Told", **given}
        )
        assert answer.status_code == 422
        assert "told twice" in answer.text
