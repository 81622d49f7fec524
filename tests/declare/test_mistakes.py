"""A mistake fails at start-up with the class, the attribute, what is wrong and the fix."""

from __future__ import annotations

import dataclasses
import types
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from accord import (
    DeclarationError,
    Problem,
    Resource,
    action,
    allow,
    before,
    caller,
    check,
    choices,
    computed,
    deny,
    everyone,
    only,
    query,
    relation,
    role,
    value,
    via,
)
from tests.declare.models import (
    Author,
    Base,
    Book,
    Everything,
    Loan,
    Odd,
    Pair,
    Tag,
)
from tests.declare.support import compiled

admin = role("admin")


class Authors(Resource[Author]):
    pass


class Loans(Resource[Loan]):
    pass


class Tags(Resource[Tag]):
    pass


def mistaken(*others, **attributes):
    """A resource of books with these attributes, and the other resources."""
    return [made("Books", Book, attributes), *others]


def made(name: str, model: type[Any], attributes: dict[str, Any]) -> Any:
    return types.new_class(name, (Resource[model],), exec_body=lambda body: body.update(attributes))


def bases(*classes: Any) -> list[Any]:
    return list(classes)


def _row(self, book: Book) -> Book:
    return book


async def _no_row(self, text: str) -> Book:
    raise NotImplementedError


async def _any(self, book: Book, *rest: str) -> Book:
    raise NotImplementedError


async def _untyped(self, book: Book, how) -> Book:
    raise NotImplementedError


async def _unwired(self, book: Book, how: sa.Table) -> Book:
    raise NotImplementedError


async def _no_return(self, book: Book):
    raise NotImplementedError


async def _wrong_return(self, book: Book) -> sa.Table:
    raise NotImplementedError


async def _other_return(self, book: Book) -> Author:
    raise NotImplementedError


async def _fine(self, book: Book) -> Book:
    raise NotImplementedError


@dataclasses.dataclass
class Structure:
    name: str


async def _structured(self, book: Book, how: Structure) -> int:
    raise NotImplementedError


def _check(self, titel: str) -> None:
    raise NotImplementedError


def _plain(self) -> None:
    raise NotImplementedError


def _computes(self, title: str):
    raise NotImplementedError


class Undeclared(Problem):
    pass


class NoModel(Resource):
    pass


class NotMapped(Resource[int]):
    pass


class Pairs(Resource[Pair]):
    pass


class Odds(Resource[Odd]):
    filters = [Odd.size, Odd.order]


class OtherBooks(Resource[Book]):
    pass


class Clash(Resource[Author]):
    name = "books"


MISTAKES: dict[str, Any] = {
    "unknown attribute": lambda: mistaken(fliters=[Book.title]),
    "unlike any attribute": lambda: mistaken(wobble=1),
    "plain method": lambda: mistaken(helper=_plain),
    "hides what is offered": lambda: mistaken(session=1),
    "no model": lambda: bases(NoModel),
    "not a model": lambda: bases(NotMapped),
    "composite key": lambda: bases(Pairs),
    "two of one name": lambda: mistaken(Clash),
    "name in capitals": lambda: mistaken(name="MyBooks"),
    "column of another model": lambda: mistaken(filters=[Author.name]),
    "relationship as filter": lambda: mistaken(filters=[Book.author]),
    "unknown field by text": lambda: mistaken(sorts=["titel"]),
    "not a list": lambda: mistaken(filters=Book.title),
    "not a dict": lambda: mistaken(defaults=[Book.title]),
    "hidden as filter": lambda: mistaken(hidden=[Book.title], filters=[Book.title]),
    "hidden key": lambda: mistaken(hidden=[Book.id]),
    "write-only as filter": lambda: mistaken(write_only=[Book.title], filters=[Book.title]),
    "json as filter": lambda: [
        made("All", Everything, {"name": "all", "filters": [Everything.free]})
    ],
    "json as sort": lambda: mistaken(sorts=[Book.place]),
    "python field as filter": lambda: mistaken(
        label=computed(depends=[Book.title])(lambda self, title: title), filters=["label"]
    ),
    "operator that does not fit": lambda: mistaken(filters=[only(Book.genre, "gt")]),
    "via without a field": lambda: mistaken(filters=[via(Book.author)]),
    "via an unknown relation": lambda: mistaken(filters=[via("autor", Author.name)]),
    "via a relation without resource": lambda: mistaken(filters=[via(Book.author, Author.name)]),
    "via to an unknown field": lambda: mistaken(Authors, filters=["author.nam"]),
    "number as search": lambda: mistaken(search=[Book.pages]),
    "order by text that is no field": lambda: mistaken(order=["-crated_at"]),
    "order by another model": lambda: mistaken(order=[Author.name.desc()]),
    "param without condition": lambda: mistaken(params={"since": 5}),
    "param without value": lambda: mistaken(params={"cheap": Book.price < 5}),
    "param over two types": lambda: mistaken(
        params={"odd": (Book.price < value(int)) | (Book.title == value(str))}
    ),
    "param of another table": lambda: mistaken(params={"name": Author.name == value(str)}),
    "choice with value": lambda: mistaken(params={"x": choices(a=Book.price < value(int))}),
    "no choices": lambda: mistaken(params={"x": choices()}),
    "param with a reserved name": lambda: mistaken(params={"size": Book.pages > value(int)}),
    "param with a keyset's name": lambda: mistaken(
        params={"after_created_at": Book.created_at > value(datetime)}
    ),
    "param like a filter's operator": lambda: mistaken(
        filters=[Book.price], params={"price_gt": Book.price > value(int)}
    ),
    "names of the wire": lambda: bases(Odds),
    "rule that is none": lambda: mistaken(access=["admin"]),
    "unknown operation": lambda: mistaken(access=[allow("publish", admin)], publsh=action(_fine)),
    "small letters": lambda: mistaken(access=[allow("crud", admin)]),
    "role as text": lambda: mistaken(access=[allow("R", "admin")]),  # type: ignore[arg-type]
    "rule on another table": lambda: mistaken(
        access=[allow("R", admin, where=Author.id == caller.id)]
    ),
    "rule with value": lambda: mistaken(access=[deny("R", where=Book.title == value(str))]),
    "missing parentheses": lambda: mistaken(
        access=[allow("R", admin & Book.author_id == caller.id)]
    ),
    "rule on unknown fields": lambda: mistaken(access=[allow("R", everyone, fields=["titel"])]),
    "create that cannot succeed": lambda: mistaken(
        hidden=[Book.tenant], access=[allow("C", admin)]
    ),
    "default by SQL": lambda: mistaken(defaults={Book.title: sa.func.now()}),
    "default of another model": lambda: mistaken(defaults={Author.name: "x"}),
    "relation that is none": lambda: mistaken(relations=[Book.title]),
    "relation by unknown text": lambda: mistaken(Authors, relations=["autor"]),
    "relation without resource": lambda: mistaken(relations=[Book.author]),
    "relation to several resources": lambda: bases(Authors, *mistaken(OtherBooks)),
    "relation to the wrong resource": lambda: mistaken(
        Authors, relations=[relation(Book.author, to="authers")]
    ),
    "relation named like a field": lambda: mistaken(
        Authors, relations=[relation(Book.author, name="title")]
    ),
    "to-one as nested": lambda: mistaken(Authors, nested=[Book.author]),
    "to-many as links": lambda: mistaken(Loans, links=[Book.loans]),
    "unexposed as nested": lambda: mistaken(nested=[Book.loans]),
    "action that is no coroutine": lambda: mistaken(publish=action(_row)),
    "action without row": lambda: mistaken(publish=action(_no_row)),
    "action with any arguments": lambda: mistaken(publish=action(_any)),
    "argument without annotation": lambda: mistaken(publish=action(_untyped)),
    "argument without wire form": lambda: mistaken(publish=action(_unwired)),
    "action without return annotation": lambda: mistaken(publish=action(_no_return)),
    "action with a strange output": lambda: mistaken(publish=action(_wrong_return)),
    "action returning an unexposed model": lambda: mistaken(publish=action(_other_return)),
    "action named like a relation": lambda: mistaken(Authors, author=action(_fine)),
    "action named like a generated one": lambda: mistaken(update=action(_fine)),
    "action named bulk": lambda: mistaken(bulk=action(_fine)),
    "action named like an attribute": lambda: mistaken(search=action(_fine)),
    "undeclared error": lambda: mistaken(publish=action(errors=[Undeclared])(_fine)),
    "query with an object": lambda: mistaken(near=query(_structured)),
    "unknown generated operation": lambda: mistaken(operations=["list", "udpate"]),
    "hook without operations": lambda: mistaken(hook=before()(_plain)),
    "check of no field": lambda: mistaken(rule=check()(_check)),
    "check without its parameter": lambda: mistaken(rule=check(Book.price)(_plain)),
    "computed without return annotation": lambda: mistaken(
        label=computed(depends=[Book.title])(_computes)
    ),
    "computed over another table": lambda: mistaken(label=computed(Author.name + "!")),
    "computed method without parentheses": lambda: mistaken(label=computed(_computes)),  # type: ignore[call-overload]
    "computed method with an expression": lambda: mistaken(
        label=computed(Book.title)(_computes)  # type: ignore[operator]
    ),
    "hook without parentheses": lambda: mistaken(hook=before(_plain)),  # type: ignore[arg-type]
    "check without parentheses": lambda: mistaken(rule=check(_check)),  # type: ignore[arg-type]
    "two fields of one name": lambda: mistaken(rename={Book.title: "genre"}),
    "name that GraphQL refuses": lambda: mistaken(rename={Book.title: "the title"}),
    "soft delete that is no timestamp": lambda: mistaken(soft_delete=Book.revision),
    "two enums of one name": lambda: [
        made("Everythings", Everything, {"name": "everything"}),
        *mistaken(publish=action(_enum_twin())),
    ],
}


def _enum_twin() -> Any:
    import enum

    kind = enum.Enum("Genre", ["OTHER"])

    async def method(self: Any, book: Book, kind: Any) -> Book:
        raise NotImplementedError

    method.__annotations__ = {"book": Book, "kind": kind, "return": Book}
    return method


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told_with_its_place_and_its_fix(name, golden):
    with pytest.raises(DeclarationError) as caught:
        compiled(*MISTAKES[name]())
    golden(str(caught.value), name.replace(" ", "-").replace("'", "") + ".txt")


def test_all_mistakes_are_told_at_once():
    with pytest.raises(DeclarationError) as caught:
        compiled(*mistaken(fliters=[], sorts=[Author.name], search=["nothing"]))
    assert str(caught.value).count("fix:") == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"envelop": "full"}, "did you mean 'envelope'?"),
        ({"envelope": "ful"}, "did you mean 'full'?"),
        ({"representation": "text/html"}, "application/vnd.api+json"),
        ({"base_path": "v 1"}, 'write base_path="/api/v1"'),
        ({"codes": {"NOT_FOND": "RES_001"}}, "did you mean 'NOT_FOUND'?"),
        ({"errors": [ValueError]}, "name subclasses of Problem"),
    ],
)
def test_options_of_the_api_are_checked(options, words):
    with pytest.raises(DeclarationError, match="API 'library'") as caught:
        compiled(**options)
    assert words in str(caught.value)


def test_a_resource_that_comes_too_late_is_refused():
    from accord import API

    api = API("library", version="v1")
    api.compile()
    with pytest.raises(DeclarationError, match="compiled already"):
        api.resource(Authors)


def test_what_is_no_resource_is_refused():
    from accord import API

    with pytest.raises(DeclarationError, match="takes subclasses of Resource"):
        API("library", version="v1").resource(Base)  # type: ignore[type-var]
