"""Filters, params, sorts and search say what may be asked of a list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from accord import Resource, caller, choices, computed, only, value, via
from accord.binding import elements
from accord.contract import resource
from tests.declare.models import Author, Book, Genre
from tests.declare.support import compiled


class Authors(Resource[Author]):
    pass


def books(*others: Any, **attributes: Any) -> Any:
    import types

    made = types.new_class("Books", (Resource[Book],), exec_body=lambda ns: ns.update(attributes))
    return compiled(made, *others).resources["books"]


def filters(*given, others=()):
    return {each.name: each for each in books(*others, filters=list(given)).spec.filters}


def test_operators_fit_the_type():
    found = filters(Book.title, Book.genre, Book.price, Book.pages, Book.author_id)
    assert found["title"].operators == ("eq", "ne", "gt", "gte", "lt", "lte", "in", "like")
    assert found["genre"].operators == ("eq", "ne", "in")
    assert found["price"].operators == ("eq", "ne", "gt", "gte", "lt", "lte", "in")
    assert found["pages"].operators == ("eq", "ne", "gt", "gte", "lt", "lte", "in", "null")
    assert found["author_id"].operators == ("eq", "ne", "in")


def test_operators_can_be_restricted():
    assert filters(only(Book.price, "lt", "gt"))["price"].operators == ("gt", "lt")


def test_paths_cross_relations_and_may_be_text():
    by_attribute = filters(via(Book.author, Author.name), others=[Authors])
    assert by_attribute["author.name"].path == ("author", "name")
    assert filters("author.name", others=[Authors]) == by_attribute


def test_computed_fields_can_be_filtered_and_sorted_by():
    half = computed(Book.price / 2)
    found = books(half=half, filters=[half, "pages"], sorts=[half]).spec
    assert [each.name for each in found.filters] == ["half", "pages"]
    assert found.sorts == ("half", "id")


def test_the_default_order_is_read_from_expressions_attributes_and_text():
    wanted = (
        resource.Order("created_at", descending=True),
        resource.Order("title"),
        resource.Order("price", descending=True),
    )
    assert books(order=[Book.created_at.desc(), Book.title, "-price"]).spec.order == wanted


def test_search_fields_are_a_set():
    assert books(search=[Book.title, "id"]).spec.search == ("id", "title")


def test_a_param_takes_one_value_typed_like_the_column_it_is_compared_with():
    since = books(params={"since": Book.created_at >= value(datetime)}).params["since"]
    assert since.spec.type.kind == "datetime"
    (found,) = [
        each for each in visitors.iterate(since.condition) if isinstance(each, elements.CallValue)
    ]
    assert found.type is Book.__table__.c.created_at.type


def test_a_param_reaches_other_tables_through_a_relationship():
    by_author = books(params={"author": Book.author.has(Author.name == value(str))})
    assert by_author.params["author"].spec.type.kind == "string"


def test_choices_are_named_conditions():
    state = books(
        params={"state": choices(cheap=Book.price < 5, novel=Book.genre == Genre.NOVEL)}
    ).params["state"]
    assert state.spec.choices == ("cheap", "novel")
    assert set(state.choices) == {"cheap", "novel"}


def test_a_param_may_have_the_name_of_a_filter():
    found = books(filters=[Book.price], params={"price": Book.price <= value(int)})
    assert "price" in found.params


def test_values_take_the_type_of_the_other_side_whichever_side_that_is():
    for comparison in (Book.pages == caller.id, caller.id == Book.pages):
        (found,) = [
            each for each in visitors.iterate(comparison) if isinstance(each, elements.CallerValue)
        ]
        assert isinstance(found.type, sa.Integer)
    assert isinstance(caller.claim("age", int).type, sa.BigInteger)
