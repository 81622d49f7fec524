"""Every resource has its generated operations, and those written by hand."""

from __future__ import annotations

import asyncio
import enum
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict

import msgspec
import pytest

from accord import Doc, Ge, Load, MaxLen, Problem, Resource, action, allow, query, role
from tests.declare.models import Author, Base, Book, Genre, Tag
from tests.declare.support import compiled


class BookGone(Problem):
    """The book was given away."""

    code = "BOOK_GONE"
    status = 409


class Mood(enum.Enum):
    GOOD = 1
    BAD = 2


class Line(TypedDict, total=False):
    text: str
    number: int


class Card(msgspec.Struct):
    """A card in the index."""

    title: str
    lines: list[Line] = []
    genre: Genre = Genre.NOVEL


@dataclass
class Count:
    books: int
    since: datetime | None = None


class Authors(Resource[Author]):
    pass


class Books(Resource[Book]):
    """What the library lends."""

    access = [allow("publish", role("editor")), allow("shelve", role("editor"))]

    @action(emits="book.published", errors=[BookGone, "CONFLICT"])
    async def publish(
        self,
        book: Annotated[Book, Load(Book.author), Load(Book.loans)],
        reason: Annotated[str, MaxLen(500), Doc("Why now.")],
        copies: Annotated[int, Ge(1)] = 1,
    ) -> Book:
        """Send it to the printer."""
        book.title = f"{book.title}, {reason}"
        self.emit("printed", copies)
        return book

    @action(permission="shelve", method="PUT")
    async def put_back(self, book: Book, mood: Mood, genre: Genre | None = None) -> Book | None:
        return book if mood is Mood.GOOD else None

    @action(collection=True)
    async def load_cards(self, cards: list[Card]) -> list[Book]:
        return []

    @action
    async def burn(self, book: Book, how: Literal["slowly", "fast"] = "fast") -> None:
        return None

    @query(collection=True)
    async def count(self, after: datetime | None = None) -> Count:
        return Count(0)

    @query
    async def value(self, book: Book) -> Decimal:
        return book.price

    @query
    async def writer(self, book: Book) -> Author:
        return book.author


class Context:
    session = caller = None
    now = datetime(2024, 1, 15, 10, 30)  # noqa: DTZ001 - handed through

    def __init__(self):
        self.events: list[tuple[str, Any]] = []

    def emit(self, event: str, payload: Any = None) -> None:
        self.events.append((event, payload))


@pytest.fixture
def bound():
    return compiled(Books, Authors)


def test_all_operations_are_listed(bound, golden):
    lines = [
        f"{each.id}  {each.method} {each.path}  {each.graphql}  {each.grpc}  "
        f"{each.permission}  {each.output} {each.target or ''} {each.success}"
        for each in bound.contract.operations
    ]
    golden("\n".join(lines))


def test_operations_can_be_left_out():
    class Tags(Resource[Tag]):
        operations = ["list", "get"]

    assert list(compiled(Tags).operations) == ["tags.list", "tags.get"]


def test_arguments_come_from_the_signature(bound):
    reason, copies = bound.operations["books.publish"].spec.arguments
    assert (reason.name, reason.required, reason.doc) == ("reason", True, "Why now.")
    assert reason.type.constraints.max_length == 500
    assert (copies.required, copies.type.constraints.minimum) == (False, "1")
    assert bound.operations["books.publish"].argument_types == {"reason": str, "copies": int}


def test_structures_and_enums_enter_the_contract(bound):
    assert [each.name for each in bound.contract.objects] == ["Card", "Count", "Line", "Place"]
    assert [each.name for each in bound.contract.enums] == ["BurnBookHow", "Genre", "Mood"]
    (cards,) = bound.operations["books.load_cards"].spec.arguments
    assert cards.type.items.ref == "Card"


def test_outputs_come_from_the_return_annotation(bound):
    specs = {name: bound.operations[f"books.{name}"].spec for name in ("publish", "burn", "count")}
    assert specs["publish"].output == "resource"
    assert (specs["burn"].output, specs["burn"].success) == ("none", 204)
    assert specs["count"].output_type.ref == "Count"
    assert bound.operations["books.load_cards"].spec.output == "list"
    assert bound.operations["books.put_back"].spec.output_nullable
    assert bound.operations["books.writer"].spec.target == "authors"


def test_declared_errors_are_part_of_the_contract(bound):
    assert bound.operations["books.publish"].spec.errors == ("BOOK_GONE", "CONFLICT")
    (error,) = bound.contract.errors
    assert (error.code, error.status, error.title) == ("BOOK_GONE", 409, "Book gone")


def test_permissions_are_the_names_unless_told(bound):
    assert bound.operations["books.put_back"].spec.permission == "shelve"
    assert bound.operations["books.replace"].spec.permission == "update"
    assert bound.operations["books.author"].spec.permission == "get"


def test_loads_are_loader_options(bound):
    assert len(bound.operations["books.publish"].loads) == 2
    assert bound.operations["books.burn"].loads == ()


def test_running_gives_the_method_a_fresh_self(bound):
    context, book = Context(), Book(title="Emma")
    run = bound.operations["books.publish"].run
    assert asyncio.run(run(context, book, reason="now", copies=3)) is book
    assert book.title == "Emma, now"
    assert context.events == [("printed", 3)]


def test_enum_arguments_may_be_given_by_wire_name(bound):
    run = bound.operations["books.put_back"].run
    book = Book()
    assert asyncio.run(run(Context(), book, mood="GOOD", genre="NOVEL")) is book
    assert asyncio.run(run(Context(), book, mood=Mood.BAD)) is None


def test_collection_operations_take_no_row(bound):
    assert not bound.operations["books.count"].spec.item
    assert asyncio.run(bound.operations["books.count"].run(Context())) == Count(0)


def test_the_metadata_of_the_models_is_at_hand(bound):
    assert bound.metadata == (Base.metadata,)
