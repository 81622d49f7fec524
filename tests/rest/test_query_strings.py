"""A query string is read exactly: escapes, unknown names, contradictions, limits."""

import string
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.kernel import problem
from accord.protocols.rest import names, querystring
from tests.rest import attempts

pytestmark = pytest.mark.anyio

KNOWN = names.Names(
    {
        "a": names.Name("filter", names.BOUND, "a"),
        "b[c]": names.Name("filter", names.BOUND, "b[c]"),
        "s": names.Name("sort", names.STRUCTURAL, "s"),
    }
)
NAMES = st.sampled_from(["a", "b[c]", "s"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(NAMES, TEXTS), max_size=8), st.booleans())
def test_what_was_escaped_is_read_back(pairs, plus):
    quote = urllib.parse.quote_plus if plus else urllib.parse.quote
    query = "&".join(f"{quote(n, safe='')}={quote(t, safe='')}" for n, t in pairs)
    parsed = querystring.read(query, KNOWN, [])
    assert parsed.texts == [text for name, text in pairs if name != "s"]
    found = querystring.entries(query, KNOWN, 0, 50)
    assert [(each.spelling, each.text) for each in found] == pairs
    bound = [each for each in found if each.name.how == names.BOUND]
    assert [parsed.texts[each.index] for each in bound] == [each.text for each in bound]


@given(st.lists(st.tuples(NAMES, TEXTS), max_size=8), TEXTS)
def test_bound_values_do_not_change_the_key(pairs, other):
    def key(replace):
        items = [(n, other if replace and n != "s" else t) for n, t in pairs]
        return querystring.read(urllib.parse.urlencode(items), KNOWN, []).key

    assert key(replace=False) == key(replace=True)


@given(st.text(string.printable, max_size=60))
def test_any_text_is_read_or_refused(query):
    for read, more in ((querystring.read, [[]]), (querystring.entries, [0, 50])):
        found = attempts.attempt(problem.Problem, read, query, KNOWN, *more)
        assert not isinstance(found, problem.Problem) or found.status == 400


async def test_empty_pieces_say_nothing(anybody):
    answer = await anybody.get("/v1/books?&&limit=1&")
    assert len(answer.json()["data"]) == 1


async def test_plus_and_escapes_are_spaces(anybody):
    for query in ("title=Title+01", "title=Title%2001", "%74itle=Title%2001"):
        answer = await anybody.get(f"/v1/books?{query}")
        assert [row["id"] for row in answer.json()["data"]] == ["book_01"]


@pytest.mark.parametrize("query", ["title=%ff", "title=a%c3", "%ff=1"])
async def test_escapes_that_are_no_utf8_are_malformed(anybody, query):
    answer = await anybody.get(f"/v1/books?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "MALFORMED_REQUEST"


async def test_more_than_fifty_parameters_are_refused(anybody):
    answer = await anybody.get("/v1/books?" + "&".join(f"title={n}" for n in range(51)))
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "TOO_MANY_PARAMETERS"
    assert (
        await anybody.get("/v1/books?" + "&".join(f"title={n}" for n in range(50)))
    ).status_code == 200


@pytest.mark.parametrize(
    ("query", "code", "says"),
    [
        ("fliter=1", "UNKNOWN_PARAMETER", "did you mean 'filter'?"),
        ("limitt=1", "UNKNOWN_PARAMETER", "did you mean 'limit'?"),
        ("cover=1", "UNKNOWN_FILTER", "allowed: "),
        ("filter[statuss]=draft", "UNKNOWN_FILTER", "did you mean 'status'?"),
        ("status_gte=draft", "UNKNOWN_FILTER", "did you mean"),
        ("filter[title][near]=a", "UNKNOWN_FILTER", "title"),
        ("fields[bokks]=id", "UNKNOWN_FIELD", "did you mean 'fields[books]'?"),
        ("fields=titel", "UNKNOWN_FIELD", "did you mean 'title'?"),
        ("fields[authors]=pages", "UNKNOWN_FIELD", "authors has no field 'pages'"),
        ("include=autor", "UNKNOWN_INCLUDE", "did you mean 'author'?"),
        ("include=author.book", "UNKNOWN_INCLUDE", "did you mean 'books'?"),
        ("sort=titel", "UNKNOWN_SORT", "did you mean 'title'?"),
        ("sort=cover", "UNKNOWN_SORT", "allowed: "),
        ("", "", ""),
    ],
)
async def test_unknown_names_are_refused_with_what_is_allowed(anybody, query, code, says):
    answer = await anybody.get(f"/v1/books?{query}")
    if not code:
        assert answer.status_code == 200
        return
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == code
    assert says in error["message"]
    assert error["details"][0]["parameter"] == urllib.parse.unquote(query.partition("=")[0])


async def test_an_item_knows_fields_and_includes_only(anybody):
    answer = await anybody.get("/v1/books/book_01?limit=1")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "UNKNOWN_PARAMETER"


@pytest.mark.parametrize(
    ("query", "spellings"),
    [
        ("limit=1&page[limit]=1", ["limit", "page[limit]"]),
        ("page=1&page[number]=1", ["page", "page[number]"]),
        ("status=draft&filter[status]=draft", ["status", "filter[status]"]),
        ("price_gt=1&filter[price][gt]=2", ["price_gt", "filter[price][gt]"]),
        ("sort=title&sort_by=title", ["sort", "sort_by"]),
        ("sort=title&order=desc", ["sort", "order"]),
        ("page=1&offset=1", ["page", "offset"]),
        ("fields=id&fields[books]=id", ["fields", "fields[books]"]),
        ("offset=1&cursor=aaaaaaaaaaaaaaaaaaaaaa.ZlsxXQ", ["offset", "cursor"]),
        ("offset=1&after_id=1", ["offset", "after_id"]),
    ],
)
async def test_two_spellings_of_one_thing_are_refused_and_named(anybody, query, spellings):
    answer = await anybody.get(f"/v1/books?{query}")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "CONFLICTING_PARAMETERS"
    assert sorted(each["parameter"] for each in error["details"]) == sorted(spellings)


@pytest.mark.parametrize(
    "query",
    [
        "limit=1&limit=2",
        "sort=title&sort=price",
        "include=author&include=tags",
        "fields=id&fields=id",
    ],
)
async def test_what_is_said_once_may_not_be_said_twice(anybody, query):
    answer = await anybody.get(f"/v1/books?{query}")
    assert answer.json()["error"]["code"] == "CONFLICTING_PARAMETERS"


async def test_all_values_that_cannot_be_read_are_told_at_once(anybody):
    answer = await anybody.get("/v1/books?pages_gt=x&created_at_lt=yesterday&price=1")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "INVALID_PARAMETER"
    assert [each["parameter"] for each in error["details"]] == ["created_at_lt", "pages_gt"]


async def test_the_key_of_a_known_template_is_not_thought_about_again(served, anybody):
    cache = served.rest._tools.cache
    for value in (1, 2, 3, 4):
        await anybody.get(f"/v1/books?price_gt={value}&pages_lt=50{value}&sort=-price&limit=3")
    size = len(cache)
    plans = len(served.rest._service._prepared)
    for value in (5, 6, 7):
        await anybody.get(f"/v1/books?price_gt={value}&pages_lt=50{value}&sort=-price&limit=3")
    await anybody.get("/v1/books?limit=3&sort=-price&pages_lt=9&price_gt=2")
    assert len(cache) == size
    assert len(served.rest._service._prepared) == plans
