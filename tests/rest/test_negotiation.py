"""Accept chooses the representation, Content-Type is checked, both by RFC 9110."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.protocols.rest import negotiate

pytestmark = pytest.mark.anyio

JSON, JSONAPI = "application/json", "application/vnd.api+json"
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "success", "failure"),
    [
        ("", JSON, JSON),
        ("*/*", JSON, JSON),
        ("application/*", JSON, JSON),
        (JSON, JSON, JSON),
        ("Application/JSON; charset=utf-8", JSON, JSON),
        (JSONAPI, JSONAPI, JSONAPI),
        (f"{JSONAPI}, {JSON};q=0.9", JSONAPI, JSONAPI),
        (f"{JSONAPI};q=0.8, {JSON};q=0.9", JSON, JSON),
        (f"{JSON};q=0, */*", JSONAPI, JSONAPI),
        (f"*/*;q=0.1, {JSONAPI}", JSONAPI, JSONAPI),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON, JSON),
        (f"{JSON}, {PROBLEM}", JSON, PROBLEM),
        (f"{JSONAPI}, {PROBLEM};q=0.1", JSONAPI, PROBLEM),
        (f"{JSON}, {PROBLEM};q=0", JSON, JSON),
        (PROBLEM, None, PROBLEM),
        ("text/html", None, JSON),
        (f"{JSON};q=0", None, JSON),
        (f'{JSONAPI};ext="https://example.com/x"', None, JSON),
        (f'{JSONAPI};ext="https://example.com/x", {JSONAPI}', JSONAPI, JSONAPI),
        (f'{JSONAPI};profile="https://example.com/a,b"', JSONAPI, JSONAPI),
        (f"{JSONAPI}; charset=utf-8", None, JSON),
        (f"{JSON}; charset=latin-1", None, JSON),
        ("nonsense", None, JSON),
        (f"nonsense, {JSONAPI}", JSONAPI, JSONAPI),
        (f"{JSON};q=2, {JSONAPI};q=0.1", JSONAPI, JSONAPI),
    ],
)
def test_accept_is_weighed(accept, success, failure):
    choice = negotiate.Negotiator(JSON).choose(accept.encode())
    assert (choice.success, choice.failure) == (success, failure)


def test_the_default_of_the_api_wins_where_the_client_does_not_care():
    negotiator = negotiate.Negotiator(JSONAPI)
    for accept in (None, b"*/*", b"application/*", f"{JSON}, {JSONAPI}".encode()):
        assert negotiator.choose(accept).success == JSONAPI


TOKENS = st.sampled_from(["*/*", "application/*", JSON, JSONAPI, PROBLEM, "text/html", "a", ""])
QS = st.sampled_from(["", ";q=0", ";q=0.001", ";q=0.5", ";q=1", ";q=1.000", ";q=x", ';a="b,c;d"'])


@given(st.lists(st.tuples(TOKENS, QS), max_size=6), st.booleans())
def test_the_order_of_ranges_does_not_matter(ranges, spaces):
    parts = [f"{media}{q}" for media, q in ranges]
    separator = " , " if spaces else ","
    one = negotiate.Negotiator(JSON)._choose(separator.join(parts))
    two = negotiate.Negotiator(JSON)._choose(",".join(reversed(parts)))
    assert one == two


@given(st.text(max_size=60))
def test_any_header_gives_some_choice(text):
    choice = negotiate.Negotiator(JSON).choose(text.encode("utf-8", "ignore"))
    assert choice.success in {JSON, JSONAPI, None}


async def test_the_answer_says_its_type_and_what_it_varies_by(anybody):
    for accept in (JSON, JSONAPI):
        answer = await anybody.get("/v1/books/book_01", headers={"accept": accept})
        assert answer.headers["content-type"] == accept
        assert answer.headers["vary"] == "Accept, Authorization"


async def test_nothing_acceptable_is_406_and_lists_what_there_is(anybody):
    answer = await anybody.get("/v1/books", headers={"accept": "text/csv"})
    assert answer.status_code == 406
    error = answer.json()["error"]
    assert error["code"] == "NOT_ACCEPTABLE"
    assert JSON in error["message"]
    assert JSONAPI in error["message"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (JSON, 201),
        (f"{JSON}; charset=UTF-8", 201),
        (f"{JSON}; charset=latin-1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        (f"{JSONAPI}; charset=utf-8", 415),
        (f'{JSONAPI}; ext="https://jsonapi.org/ext/atomic"', 415),
        ("application/merge-patch+json", 415),
        (None, 415),
    ],
)
async def test_a_body_of_another_type_is_415(admin, content_type, status):
    headers = {} if content_type is None else {"content-type": content_type}
    answer = await admin.post(
        "/v1/tags", content=b'{"name":"%s"}' % str(content_type).encode()[:40], headers=headers
    )
    assert answer.status_code == status, answer.text
    if status == 415:
        assert answer.json()["error"]["code"] == "UNSUPPORTED_MEDIA_TYPE"


async def test_a_coded_body_is_415(admin):
    answer = await admin.post(
        "/v1/tags", content=b"{}", headers={"content-type": JSON, "content-encoding": "gzip"}
    )
    assert answer.status_code == 415
