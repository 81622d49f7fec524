"""Relationships become relations, each tied to its join by pairs of columns."""

from __future__ import annotations

from accord import Resource, relation
from tests.declare.models import Author, Book, Loan, Tag, tags
from tests.declare.support import compiled


class Authors(Resource[Author]):
    pass


class Books(Resource[Book]):
    nested = [Book.loans]
    links = [Book.tags]


class Loans(Resource[Loan]):
    pass


class Tags(Resource[Tag]):
    pass


def relations(bound, name):
    return {each.name: each for each in bound.contract.by_name[name].relations}


def test_relationships_to_models_with_a_resource_are_relations():
    found = relations(compiled(Authors, Books, Loans, Tags), "books")
    assert {name: each.kind for name, each in found.items()} == {
        "author": "to_one",
        "tags": "many_to_many",
        "loans": "to_many",
    }
    assert found["author"].field == "author_id"
    assert not found["author"].nullable
    assert found["loans"].create
    assert found["tags"].link


def test_relationships_without_resource_are_left_out():
    class Books(Resource[Book]):
        pass

    assert list(relations(compiled(Books, Authors), "books")) == ["author"]


def test_pairs_tie_columns_to_columns():
    bound = compiled(Authors, Books, Loans, Tags).resources["books"]
    book, author, loan, tag = (each.__table__.c for each in (Book, Author, Loan, Tag))
    assert bound.relations["author"].pairs == ((book.author_id, author.id),)
    assert bound.relations["loans"].pairs == ((book.id, loan.book_id),)
    assert bound.relations["tags"].secondary is tags
    assert bound.relations["tags"].pairs == ((book.id, tags.c.book_id),)
    assert bound.relations["tags"].secondary_pairs == ((tags.c.tag_id, tag.id),)
    assert bound.relations["tags"].attribute == "tags"


def test_relations_keep_clear_of_the_fields_numbers():
    found = relations(compiled(Authors, Books, Loans, Tags), "books")
    assert [each.number for each in found.values()] == [1001, 1002, 1003]


def test_relations_can_be_chosen_renamed_and_pointed_at_one_of_several_resources():
    class Writers(Resource[Author]):
        relations = [relation(Author.books, to="public-books", name="works")]

    class PublicBooks(Resource[Book]):
        rename = {Book.author: "writer"}

    bound = compiled(Writers, PublicBooks)
    assert relations(bound, "writers")["works"].target == "public-books"
    assert list(relations(bound, "public-books")) == ["writer"]


def test_hidden_relationships_are_left_out():
    class Books(Resource[Book]):
        hidden = [Book.author]

    assert not relations(compiled(Books, Authors), "books")
