"""Access rules name operations, hold their conditions and read well."""

from __future__ import annotations

import types

import sqlalchemy as sa

from accord import Resource, action, allow, authenticated, caller, deny, everyone, role
from accord.binding import elements
from tests.declare.models import Author, Book, Genre, Loan
from tests.declare.support import compiled


class Authors(Resource[Author]):
    pass


def rules(*given):
    async def publish(self, book: Book) -> Book:
        return book

    body = {"access": list(given), "publish": action(publish)}
    made = types.new_class("Books", (Resource[Book],), exec_body=lambda ns: ns.update(body))
    return compiled(made, Authors).resources["books"].rules


def text(who, where=None):
    (rule,) = rules(allow("R", who, where=where))
    return rule.spec.condition


def test_letters_stand_for_operations():
    (rule,) = rules(allow("CRUD", role("admin")))
    assert rule.spec.operations == ("create", "list", "get", "update", "delete")


def test_actions_go_by_their_names_alone_or_among_letters():
    first, second = rules(allow("publish", everyone), allow(["R", "publish"], everyone))
    assert first.spec.operations == ("publish",)
    assert second.spec.operations == ("list", "get", "publish")


def test_everyone_is_no_condition():
    assert rules(allow("R", everyone))[0].condition is None
    assert text(everyone, Book.price > 5) == "books.price > 5"


def test_conditions_read_like_what_was_written():
    assert text(role("admin", "staff")) == "role(admin|staff)"
    assert text(~role("guest")) == "not role(guest)"
    assert text(authenticated, Book.genre == Genre.NOVEL) == (
        "authenticated AND books.genre = 'NOVEL'"
    )
    assert text(role("a") | (Book.tenant == caller.tenant)) == (
        "role(a) OR books.tenant = caller.tenant"
    )
    assert text(everyone, Book.tenant == caller.claim("region", str)) == (
        "books.tenant = caller.region"
    )
    assert text(everyone, Book.genre.in_([Genre.NOVEL, Genre.POETRY])) == (
        "books.genre IN ('NOVEL', 'POETRY')"
    )
    assert text(everyone, Book.deleted_at.is_(None)) == "books.deleted_at IS NULL"


def test_subqueries_are_correlated_with_the_resource():
    assert text(everyone, Book.author.has(Author.email == caller.id)) == (
        "EXISTS (SELECT 1 FROM authors "
        "WHERE authors.id = books.author_id AND authors.email = caller.id)"
    )
    lent = sa.select(Loan.book_id).where(Loan.reader == caller.id)
    assert text(everyone, Book.id.in_(lent)) == (
        "books.id IN (SELECT loans.book_id FROM loans WHERE loans.reader = caller.id)"
    )


def test_fields_narrow_a_rule():
    (rule,) = rules(deny("R", ~role("admin"), fields=[Book.price]))
    assert rule.spec.fields == ("price",)
    assert rule.covers("get", frozenset({"price"}))
    assert not rule.covers("get", frozenset({"price", "title"}))


def test_facts_hold_for_the_variants_that_have_them():
    both = role("a", "b")
    assert both.holds(frozenset({"b"}))
    assert not both.holds(frozenset())
    assert (~both).holds(frozenset())
    assert authenticated.holds(frozenset({"authenticated"}))
    assert isinstance(~both, elements.CallerFact)


def test_the_contract_lists_the_roles_that_rules_speak_of():
    class Books(Resource[Book]):
        access = [
            allow("R", authenticated & role("reader")),
            deny("D", where=~role("boss") & (Book.price > 5)),
        ]

    assert compiled(Books).contract.roles == ("boss", "reader")
