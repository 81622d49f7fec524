"""Whatever is asked, the answer is one the documentation knows: never an unforeseen error."""

import collections
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


GOOD = {
    "title": ["a", "☃", "'" * 9, "x" * 200],
    "price": ["0", "1.5", 7, "99999999.99"],
    "pages": [1, 10000],
    "sold": [-(2**63), 2**63 - 1],
    "rating": [0, 1.5, 1e308, None],
    "status": ["draft", "withdrawn"],
    "uid": ["ffffffff-ffff-ffff-ffff-ffffffffffff", None],
    "cover": ["", "AP8=", None],
    "published_at": ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", None],
    "author": ["aut_bob"],
    "tags": [[], ["tag_art"], ["tag_art", "tag_new"], ["none"]],
    "chapters": [[], [{"title": "c", "number": 1}]],
    "address": [{"street": "a", "city": "b"}, None],
    "profile": [{}, {"a": [1, 1.5, None, "☃"]}, None],
    "born": ["0001-01-01", "9999-12-31", None],
    "mentor": ["aut_ann", None],
    "active": [True],
    "royalty": [2**31 - 1, None],
    "secret": ["long enough"],
    "at": ["2024-01-15T10:30:00Z"],
    "note": ["", "n"],
    "number": [1],
    "book_id": ["book_01"],
}
FITTING = {
    "integer": ["0", "1", "-1", "100", "2147483647", "-2147483648"],
    "bigint": ["0", "3000", "9223372036854775807", "-9223372036854775808"],
    "decimal": ["0", "1.5", "-0.001", "1e5", "1e-30", "9" * 40],
    "float": ["0", "1.5", "-1e-300", "1e308", "3"],
    "boolean": ["true", "false", "0", "1"],
    "datetime": [
        "2024-01-01",
        "2024-01-15T10:30:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
    ],
    "date": ["2024-01-01", "0001-01-01", "9999-12-31"],
    "uuid": ["00000000-0000-0000-0000-000000000001", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    "enum": ["draft", "published", "withdrawn"],
    "string": ["", "a", "Title 01", "%", "_", "\\", "'", "☃", "𝄞", "x" * 300],
    "id": ["aut_ann", "book_01", "", "☃"],
}
SAID = {
    "fields": ["id", "id,title", "title,price", "id,name"],
    "include": [
        "author",
        "tags",
        "author.mentor,tags",
        "chapters",
        "books",
        "mentor.mentor.mentor",
        "books.tags",
    ],
    "sort": [
        "title",
        "-price",
        "rating,-published_at",
        "-status,pages",
        "id",
        "-name",
        "born,-created_at",
    ],
    "sort_by": ["title", "price"],
    "order": ["asc", "desc"],
    "limit": ["1", "7", "50"],
    "number": ["1", "3"],
    "offset": ["0", "5", "100"],
    "count": ["none", "exact", "capped"],
    "search": FITTING["string"],
    "expression": [text for text in TEXTS if "(" in text],
}


def names_of(rest, path):
    endpoint, _ = rest.routes.match(path)
    return sorted(endpoint.handlers["GET"]._views._builder.known.plain.items())


def pair(dice, known):
    spelling, name = dice.choice(known)
    if dice.random() < 0.15:
        return dice.choice([spelling, "nonsense", "filter[x]"]), dice.choice(TEXTS)
    if name.param is not None:
        return spelling, dice.choice([*name.param.choices, *FITTING[name.param.type.kind]])
    if name.filter is not None and name.operator == "null":
        return spelling, dice.choice(FITTING["boolean"])
    if name.filter is not None:
        texts = FITTING["string"] if name.operator == "like" else FITTING[name.filter.type.kind]
        chosen = [dice.choice(texts) for _ in range(2 if name.operator == "in" else 1)]
        return spelling, ",".join(chosen)
    return spelling, dice.choice(SAID.get(name.meaning, TEXTS))


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


@pytest.mark.parametrize("seed", range(4))
async def test_reads(served, seed):
    dice = random.Random(seed)
    known = {path: names_of(served.rest, path) for path in PATHS}
    clients = [served.client(role) for role in ("admin", "admin", "reader", "writer", None)]
    seen = collections.Counter()
    for _ in range(400):
        path = dice.choice(PATHS)
        pairs = [pair(dice, known[path]) for _ in range(dice.choice([0, 1, 1, 2, 2, 3]))]
        address = f"{path}?{urllib.parse.urlencode(pairs)}"
        headers = {"accept": dice.choice(ACCEPTS)}
        answer = await dice.choice(clients).get(address, headers=headers)
        checked(answer, address)
        seen[answer.status_code] += 1
        for link in (answer.links if answer.status_code == 200 else {}).values():
            checked(await clients[0].get(link["url"]), link["url"])
    assert seen[200] > 60, seen


@pytest.mark.parametrize("seed", range(4))
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
    for number in range(250):
        method, path = dice.choice(targets)
        values = dict(
            base.get(path, {"name": f"n{number}", "email": f"e{seed}.{number}@example.com"})
        )
        if path == "/v1/tags":
            values["name"] = f"n{seed}.{number}"
        for _ in range(dice.choice([0, 1, 1, 2, 3])):
            name = dice.choice(FIELDS)
            values[name] = dice.choice(GOOD.get(name, VALUES) if dice.random() < 0.7 else VALUES)
        headers = {"accept": dice.choice(ACCEPTS)}
        asked = (method, path, values)
        if dice.random() < 0.3 and "publish" not in path:
            kind = path.split("/")[2]
            values = {"data": {"type": kind, "attributes": values}}
            headers["content-type"] = "application/vnd.api+json"
        answer = await dice.choice(clients).request(method, path, json=values, headers=headers)
        checked(answer, asked)
