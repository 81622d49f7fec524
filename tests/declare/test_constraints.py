"""Constraint names, given or made by PostgreSQL, and SQLite's column lists lead to fields."""

from __future__ import annotations

from accord import Resource
from tests.declare.models import Author, Book, Tag
from tests.declare.support import compiled


class Books(Resource[Book]):
    rename = {Book.title: "name"}


class Authors(Resource[Author]):
    hidden = [Author.email]


class Tags(Resource[Tag]):
    pass


def test_constraints_lead_to_wire_names():
    assert compiled(Books, Tags).resources["books"].constraints == {
        "books_pkey": ("id",),
        "books.id": ("id",),
        "uq_books_title_author": ("name", "author_id"),
        "books.title, books.author_id": ("name", "author_id"),
        "ck_books_price": ("price", "pages"),
        "books_author_id_fkey": ("author_id",),
        "book_tags_book_id_fkey": ("tags",),
        "book_tags_tag_id_fkey": ("tags",),
    }


def test_hidden_columns_are_not_named():
    assert set(compiled(Authors).resources["authors"].constraints) == {"authors_pkey", "authors.id"}
