"""Whatever is asked, the answer is one the documentation knows: never an unforeseen error."""

import random
import urllib.parse

import pytest

from accord.kernel import errors

pytestmark = pytest.mark.anyio

PATHS = [
    "/v1/books",
    "/v1/books/book_01",
    "/v1/books/book_01/chapters",
    "/v1/authors",
    "/v1/authors/aut_ann",
    "/v1/authors/aut_ann/books",
    "/v1/authors/aut_bob/mentor",
    "/v1/chapters",
    "/v1/chapters/1",
    "/v1/tags",
    "/v1/books/bestsellers",
    "/v1/books/book_01/price",
    "/v1/books/x",
    "/v1/chapters/99999999999999999999",
]
TEXTS = [
    "",
    "1",
    "0",
    "-1",
    "1.5",
    "1e5",
    "1e400",
    "true",
    "false",
    "null",
    "draft",
    "DRAFT",
    "a,b",
    "%",
    "_",
    "'",
    "\\",
    "O'Neil",
    "☃",
    "𝄞",
    "\x00",
    "\u202e",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "2147483647",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "99999999.99",
    "0.1",
    "1" * 60,
    "id",
    "title",
    "-title",
    "title:desc",
    "price,-pages",
    "author",
    "author.mentor",
    "tags",
    "tags.books.author",
    "eq(title,'a')",
    "and(gt(price,1),not(eq(status,draft)))",
    "or(in(sold,1,2,3),null(rating))",
    "like(author.name,'%')",
    "gt(published_at,'2024-01-01')",
    "eq(status,null)",
    "exact",
    "capped",
    "none",
    "asc",
    "desc",
    "new",
    "out",
    "00000000-0000-0000-0000-000000000001",
    "aaaaaaaaaaaaaaaaaaaaaa.ZlsxXQ",
    " ",
    "+",
    "&",
    "=",
]
ACCEPTS = [
    "*/*",
    "application/json",
    "application/vnd.api+json",
    "application/problem+json, */*",
    "text/html",
]
VALUES = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**31,
    2**63,
    "x",
    "",
    "\x00",
    "2024-01-15T10:30:00Z",
    [],
    {},
    [1],
    ["tag_art"],
    {"id": "aut_ann"},
    {"street": "a", "city": "b"},
    [{"title": "c", "number": 1}],
    "aut_ann",
    "draft",
    10**40,
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "😀" * 3,
    [[[]]],
]
FIELDS = [
    "title",
    "isbn",
    "price",
    "pages",
    "sold",
    "rating",
    "status",
    "uid",
    "cover",
    "published_at",
    "author_id",
    "author",
    "tags",
    "chapters",
    "name",
    "email",
    "secret",
    "profile",
    "address",
    "born",
    "active",
    "mentor",
    "mentor_id",
    "royalty",
    "number",
    "book_id",
    "id",
    "version",
    "at",
    "note",
    "zz",
]


def names_of(rest):
    found = {"cursor", "page[cursor]", "page[before]", "nonsense", "filter[x]"}
    for path in PATHS:
        endpoint, _ = rest.routes.match(path)
        found |= set(endpoint.handlers["GET"]._views._builder.known.plain)
    return sorted(found)


def checked(answer, asked):
    assert answer.status_code < 500, (asked, answer.text)
    if answer.status_code < 400:
        return
    body = answer.json()
    media = answer.headers["content-type"]
    if media == "application/vnd.api+json":
        assert body["errors"], asked
        return
    code = body["code"] if media == "application/problem+json" else body["error"]["code"]
    assert code in errors.ERRORS or code.startswith("REST_TEST"), asked


@pytest.mark.parametrize("seed", range(100, 130))
async def test_reads(served, seed):
    dice = random.Random(seed)
    known = names_of(served.rest)
    clients = [served.client(role) for role in (None, "admin", "reader", "writer")]
    for _ in range(800):
        pairs = [
            (dice.choice(known), dice.choice(TEXTS))
            for _ in range(dice.choice([0, 1, 1, 2, 2, 3, 5]))
        ]
        path = f"{dice.choice(PATHS)}?{urllib.parse.urlencode(pairs)}"
        headers = {"accept": dice.choice(ACCEPTS)}
        checked(await dice.choice(clients).get(path, headers=headers), path)


@pytest.mark.parametrize("seed", range(100, 130))
async def test_single_filters(served, seed):
    dice = random.Random(seed)
    known = names_of(served.rest)
    client = served.client("admin")
    for _ in range(800):
        name, text = dice.choice(known), dice.choice(TEXTS)
        path = f"{dice.choice(PATHS)}?{urllib.parse.urlencode([(name, text)])}"
        checked(await client.get(path), path)


@pytest.mark.parametrize("seed", range(100, 130))
async def test_writes(served, seed):
    dice = random.Random(seed)
    clients = [served.client(role) for role in ("admin", "admin", "admin", "writer", None)]
    targets = [
        ("POST", "/v1/books"),
        ("POST", "/v1/authors"),
        ("POST", "/v1/tags"),
        ("POST", "/v1/chapters"),
        ("PATCH", "/v1/books/book_23"),
        ("PUT", "/v1/books/book_24"),
        ("PATCH", "/v1/authors/aut_cleo"),
        ("POST", "/v1/books/book_22/publish"),
        ("DELETE", "/v1/tags/none"),
        ("PUT", "/v1/authors/none"),
    ]
    base = {
        "/v1/books": {"title": "t", "author_id": "aut_ann"},
        "/v1/tags": {"name": "n"},
        "/v1/chapters": {"title": "t", "number": 1, "book_id": "book_02"},
    }
    for number in range(600):
        method, path = dice.choice(targets)
        values = dict(
            base.get(path, {"name": f"n{number}", "email": f"e{seed}.{number}@example.com"})
        )
        if path == "/v1/tags":
            values["name"] = f"n{seed}.{number}"
        for _ in range(dice.choice([0, 1, 1, 2, 3])):
            values[dice.choice(FIELDS)] = dice.choice(VALUES)
        headers = {"accept": dice.choice(ACCEPTS)}
        asked = (method, path, values)
        if dice.random() < 0.3 and "publish" not in path:
            kind = path.split("/")[2]
            values = {"data": {"type": kind, "attributes": values}}
            headers["content-type"] = "application/vnd.api+json"
        answer = await dice.choice(clients).request(method, path, json=values, headers=headers)
        checked(answer, asked)
