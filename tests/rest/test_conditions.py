"""Entity tags and preconditions keep RFC 9110, section 13."""

import email.utils
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.kernel import problem
from accord.protocols.rest import conditions
from tests.rest import attempts, library

pytestmark = pytest.mark.anyio

VERSIONS = st.text(
    st.characters(min_codepoint=1, exclude_categories=["Cs"]), min_size=1, max_size=12
)


@given(VERSIONS, st.sampled_from(["a1b2", "a1b2-gzip"]))
def test_the_version_of_a_tag_is_read_back(version, representation):
    found = conditions.tags(conditions.etag(version, representation), "If-Match")
    assert [each.version for each in found] == [version]


@given(st.lists(st.tuples(VERSIONS, st.booleans()), min_size=1, max_size=4))
def test_lists_of_tags_are_read(tags):
    header = " , ".join(("W/" if weak else "") + conditions.etag(v, "x") for v, weak in tags)
    found = conditions.tags(header, "If-Match")
    assert [(each.version, each.weak) for each in found] == tags


@given(st.text(max_size=30))
def test_any_other_text_is_an_invalid_header(text):
    found = attempts.attempt(problem.Problem, conditions.tags, text, "If-Match")
    assert not isinstance(found, problem.Problem) or found.code == "INVALID_HEADER"


async def new_author(admin, name):
    return await admin.post("/v1/authors", json={"name": name, "email": f"{name}@example.com"})


async def test_a_read_tells_its_tag_time_and_caching(admin):
    answer = await admin.get("/v1/authors/aut_ann")
    assert answer.headers["etag"].startswith('"1-')
    assert answer.headers["last-modified"] == "Mon, 01 Jan 2024 12:00:00 GMT"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Accept, Authorization"


async def test_representations_have_tags_of_their_own(served):
    seen = set()
    for role in ("admin", "reader"):
        for accept in ("application/json", "application/vnd.api+json"):
            for query in ("", "?fields=id,name"):
                client = served.client(role, accept=accept)
                seen.add((await client.get(f"/v1/authors/aut_ann{query}")).headers["etag"])
    # The two roles see the same when they ask for the same two fields.
    assert len(seen) == 6
    assert {tag.partition("-")[0] for tag in seen} == {'"1'}


async def test_304_when_nothing_changed(admin):
    for path in (
        "/v1/authors/aut_ann",
        "/v1/books/book_01",
        "/v1/books?limit=3",
        "/v1/authors/aut_ann?include=books",
    ):
        first = await admin.get(path)
        tag = first.headers["etag"]
        for given_ in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            answer = await admin.get(path, headers={"if-none-match": given_})
            assert answer.status_code == 304, path
            assert answer.content == b""
            assert answer.headers["etag"] == tag
            assert answer.headers["cache-control"] == first.headers["cache-control"]
            assert answer.headers["vary"] == first.headers["vary"]
            assert "content-type" not in answer.headers
            assert "content-length" not in answer.headers
        assert (await admin.get(path, headers={"if-none-match": '"other"'})).status_code == 200
        assert (await admin.head(path, headers={"if-none-match": tag})).status_code == 304


async def test_if_modified_since_counts_without_if_none_match_only(admin):
    path, since = "/v1/authors/aut_ann", "Mon, 01 Jan 2024 12:00:00 GMT"
    before = email.utils.format_datetime(library.START - timedelta(days=1), usegmt=True)
    assert (await admin.get(path, headers={"if-modified-since": since})).status_code == 304
    assert (await admin.get(path, headers={"if-modified-since": before})).status_code == 200
    assert (await admin.get(path, headers={"if-modified-since": "yesterday"})).status_code == 200
    both = {"if-modified-since": since, "if-none-match": '"other"'}
    assert (await admin.get(path, headers=both)).status_code == 200


async def test_an_answer_with_related_rows_does_not_say_when_it_was_modified(admin):
    """The time of its own row says nothing of theirs, so 304 would be wrong."""
    path = "/v1/authors/aut_bob?include=mentor"
    answer = await admin.get(path)
    assert "last-modified" not in answer.headers
    later = {"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert (await admin.get(path, headers=later)).status_code == 200


async def test_if_match_on_a_read(admin):
    tag = (await admin.get("/v1/authors/aut_ann")).headers["etag"]
    for given_, status in (
        (tag, 200),
        ("*", 200),
        ('"2-x"', 412),
        (f"W/{tag}", 412),
        ('"1-other"', 200),
    ):
        answer = await admin.get("/v1/authors/aut_ann", headers={"if-match": given_})
        assert answer.status_code == status
    # If-Match comes before If-None-Match (section 13.2.2).
    answer = await admin.get(
        "/v1/authors/aut_ann", headers={"if-match": '"2-x"', "if-none-match": tag}
    )
    assert answer.status_code == 412
    answer = await admin.get(
        "/v1/authors/aut_ann", headers={"if-unmodified-since": "Mon, 01 Jan 2020 12:00:00 GMT"}
    )
    assert answer.status_code == 412


@pytest.mark.parametrize("header", ["if-match", "if-none-match"])
@pytest.mark.parametrize("value", ["abc", '"a" "b"', "", ",", '"a', '*, "a"'])
async def test_a_header_that_is_no_list_of_tags_is_400(admin, header, value):
    for method, body in (("GET", None), ("PATCH", {})):
        answer = await admin.request(
            method, "/v1/authors/aut_ann", json=body, headers={header: value}
        )
        assert answer.status_code == 400
        error = answer.json()["error"]
        assert error["code"] == "INVALID_HEADER"
        assert error["details"][0]["header"].lower() == header


async def test_empty_elements_of_a_list_of_tags_are_passed_over(admin):
    tag = (await admin.get("/v1/authors/aut_ann")).headers["etag"]
    answer = await admin.get("/v1/authors/aut_ann", headers={"if-none-match": f'"a", ,{tag},'})
    assert answer.status_code == 304


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [("if-match", '"1"', 412), ("if-match", "*", 201), ("if-none-match", "*", 201)],
)
async def test_a_collection_has_no_version_to_be_matched(admin, header, value, status):
    name = f"{header}{len(value)}"
    answer = await admin.post("/v1/tags", json={"name": name}, headers={header: value})
    assert answer.status_code == status, answer.text


async def test_a_change_bound_to_a_version(admin):
    made = await new_author(admin, "hal")
    path, tag = made.headers["location"], made.headers["etag"]
    stale = await admin.patch(path, json={"name": "Hal I"}, headers={"if-match": '"7-abc"'})
    assert stale.status_code == 412
    assert stale.json()["error"]["code"] == "PRECONDITION_FAILED"
    weak = await admin.patch(path, json={"name": "Hal I"}, headers={"if-match": f"W/{tag}"})
    assert weak.status_code == 412
    fine = await admin.patch(path, json={"name": "Hal I"}, headers={"if-match": f'"9-x", {tag}'})
    assert fine.status_code == 200, fine.text
    assert fine.headers["etag"].startswith('"2-')
    assert fine.headers["etag"] == (await admin.get(path)).headers["etag"]
    again = await admin.patch(path, json={"name": "Hal II"}, headers={"if-match": tag})
    assert again.status_code == 412
    anything = await admin.put(path, json={"name": "Hal III"}, headers={"if-match": "*"})
    assert anything.status_code == 200, anything.text
    gone = await admin.delete(path, headers={"if-match": tag})
    assert gone.status_code == 412
    assert (
        await admin.delete(path, headers={"if-match": anything.headers["etag"]})
    ).status_code == 204


async def test_a_row_without_a_version_is_bound_by_its_content(admin):
    made = await admin.post("/v1/books", json={"title": "c", "author_id": "aut_ann"})
    path, tag = made.headers["location"], made.headers["etag"]
    fine = await admin.patch(path, json={"title": "d"}, headers={"if-match": tag})
    assert fine.status_code == 200, fine.text
    stale = await admin.patch(path, json={"title": "e"}, headers={"if-match": tag})
    assert stale.status_code == 412
    fresh = (await admin.get(path)).headers["etag"]
    assert (await admin.delete(path, headers={"if-match": fresh})).status_code == 204


async def test_if_match_of_a_row_that_is_not_there(admin):
    answer = await admin.patch("/v1/authors/none", json={}, headers={"if-match": "*"})
    assert answer.status_code in {404, 412}


async def test_a_date_cannot_protect_a_change(admin):
    answer = await admin.patch(
        "/v1/authors/aut_ann",
        json={},
        headers={"if-unmodified-since": "Mon, 01 Jan 2024 12:00:00 GMT"},
    )
    assert answer.status_code == 428
    assert answer.json()["error"]["code"] == "PRECONDITION_REQUIRED"


async def test_a_resource_may_demand_conditions(served):
    admin = served.client("admin", rest=served.app(library.make(conditions=True)))
    made = await new_author(admin, "ida")
    assert made.status_code == 201
    path = made.headers["location"]
    for method in ("PATCH", "PUT", "DELETE"):
        answer = await admin.request(method, path, json={"name": "Ida I"})
        assert answer.status_code == 428
    fine = await admin.patch(
        path, json={"name": "Ida I"}, headers={"if-match": made.headers["etag"]}
    )
    assert fine.status_code == 200


async def test_changing_a_row_changes_the_tag_of_its_lists_and_compounds(admin):
    made = await new_author(admin, "jan")
    path = made.headers["location"]
    compound, page = f"{path}?include=books", "/v1/authors?name=jan"
    before = [(await admin.get(each)).headers["etag"] for each in (compound, page)]
    await admin.post("/v1/books", json={"title": "of jan", "author_id": made.json()["data"]["id"]})
    after = (await admin.get(compound)).headers["etag"]
    assert after != before[0]
    assert (await admin.get(page)).headers["etag"] == before[1]
    await admin.patch(path, json={"name": "Jan"})
    assert (await admin.get("/v1/authors?email=jan@example.com")).headers["etag"]
