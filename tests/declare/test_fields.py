"""A model's columns become fields with types, constraints and rules of writing."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from accord import Limits, Resource, caller, computed
from accord.contract import types
from tests.declare.models import Author, Book, Everything, Loan, Tag
from tests.declare.support import compiled


class Books(Resource[Book]):
    pass


class Authors(Resource[Author]):
    pass


def fields(bound, name):
    return {field.name: field for field in bound.contract.by_name[name].fields}


def test_names_are_made_from_the_class():
    book = compiled(Books).contract.by_name["books"]
    assert (book.singular, book.type_name, book.graphql_plural) == ("book", "Book", "books")


def test_fields_are_columns_under_their_column_names_and_the_key_comes_first():
    found = compiled(Books).contract.by_name["books"].fields
    assert [field.name for field in found] == [column.name for column in Book.__table__.columns]
    assert [field.number for field in found] == list(range(1, len(found) + 1))
    assert fields(compiled(Books), "books")["author_id"].graphql == "authorId"


def test_text_keys_made_by_a_generator_are_ids_with_a_prefix_and_so_are_references_to_them():
    found = fields(compiled(Books), "books")
    assert found["id"].type.prefix == "book"
    assert found["id"].write == "never"
    assert found["author_id"].type.kind == "id"
    assert found["author_id"].type.prefix == "aut"


def test_constraints_come_from_the_column_and_from_annotated_marks():
    authors = fields(compiled(Authors), "authors")
    assert authors["name"].type.constraints == types.Constraints(min_length=2, max_length=100)
    assert fields(compiled(Books), "books")["price"].type.constraints.minimum == "0"


def test_marks_inside_an_optional_annotation_count():
    assert fields(compiled(Authors), "authors")["email"].type.constraints.format == "email"


def test_a_field_is_required_when_it_has_no_default_and_cannot_be_null():
    found = fields(compiled(Books), "books")
    assert {name for name, field in found.items() if field.required} == {
        "title",
        "price",
        "author_id",
        "tenant",
    }
    assert found["genre"].default
    assert not found["pages"].required


def test_version_and_touched_columns_are_never_written():
    bound = compiled(Books)
    found = fields(bound, "books")
    assert found["revision"].write == found["updated_at"].write == "never"
    assert bound.contract.by_name["books"].version == "revision"
    assert bound.contract.by_name["books"].modified == "updated_at"
    assert bound.resources["books"].version is Book.__table__.c.revision


def test_lists_say_how_fields_are_written_and_read():
    class Writers(Resource[Author]):
        read_only = [Author.name]
        immutable = [Author.email]
        write_only = [Author.secret]
        rename = {Author.name: "full_name"}

    found = fields(compiled(Writers), "writers")
    assert found["full_name"].write == "never"
    assert found["email"].write == "create"
    assert not found["secret"].read
    assert found["secret"].sensitive


def test_hidden_columns_are_in_the_binding_alone():
    class Writers(Resource[Author]):
        hidden = [Author.secret]

    bound = compiled(Writers)
    assert "secret" not in fields(bound, "writers")
    assert bound.resources["writers"].hidden["secret"].column is Author.__table__.c.secret


def test_a_subset_of_fields_keeps_its_order_after_the_key():
    class Books(Resource[Book]):
        fields = [Book.price, Book.title]

    assert list(fields(compiled(Books), "books")) == ["id", "price", "title"]


def test_soft_delete_names_its_column():
    class Books(Resource[Book]):
        soft_delete = Book.deleted_at

    bound = compiled(Books)
    assert bound.contract.by_name["books"].deleted == "deleted_at"
    assert bound.resources["books"].deleted is Book.__table__.c.deleted_at
    assert fields(bound, "books")["deleted_at"].write == "never"


def test_json_columns_follow_the_annotation():
    bound = compiled(Books)
    found = fields(bound, "books")
    assert found["place"].type == types.Type("object", ref="Place")
    assert found["metadata"].type == types.Type("json")
    (place,) = bound.contract.objects
    assert [(each.name, each.required, each.nullable) for each in place.fields] == [
        ("shelf", True, False),
        ("row", True, False),
        ("note", False, True),
    ]
    assert place.fields[2].doc == "For staff."


def test_enums_have_the_names_the_database_stores():
    (genre,) = compiled(Books).contract.enums
    assert genre.name == "Genre"
    assert genre.doc == "What kind of book it is."
    assert [(each.name, each.graphql, each.number) for each in genre.values] == [
        ("NOVEL", "NOVEL", 1),
        ("POETRY", "POETRY", 2),
    ]


def test_every_column_type_has_a_wire_form(golden):
    class Everythings(Resource[Everything]):
        name = "everything"

    bound = compiled(Everythings)
    lines = []
    for field in bound.contract.by_name["everything"].fields:
        shape = field.type
        extra = {
            name: getattr(shape, name)
            for name in ("ref", "items", "precision", "scale")
            if getattr(shape, name) is not None
        }
        lines.append(f"{field.name}: {shape.kind} {extra or ''} {_limits(shape)}".rstrip())
    golden("\n".join(lines))


def _limits(shape):
    given = shape.constraints
    return ", ".join(
        f"{name}={getattr(given, name)}"
        for name in given.__struct_fields__
        if getattr(given, name) is not None
    )


def test_computed_fields_are_sql_or_python():
    class Books(Resource[Book]):
        double_price = computed(Book.price * 2, doc="Twice.")
        loan_count = computed(
            sa.select(sa.func.count())
            .select_from(Loan)
            .where(Loan.book_id == Book.id)
            .scalar_subquery()
        )

        @computed(depends=[Book.title, Book.created_at])
        def label(self, title: str, created_at: datetime) -> str:
            return title.upper()

        @computed(depends=[Book.pages])
        def thick(self, row) -> bool:
            return (row["pages"] or 0) > 500

    bound = compiled(Books)
    found = fields(bound, "books")
    assert found["double_price"].type.kind == "decimal"
    assert found["double_price"].computed == "sql"
    assert not found["double_price"].nullable
    assert found["loan_count"].nullable
    assert found["label"].computed == "python"
    thick = bound.resources["books"].fields["thick"]
    assert thick.depends == ("pages",)
    assert thick.compute is not None
    assert thick.compute({"pages": 501}) is True


def test_a_column_property_is_a_computed_field():
    class Loans(Resource[Loan]):
        pass

    bound = compiled(Loans)
    assert fields(bound, "loans")["letters"].computed == "sql"
    assert fields(bound, "loans")["id"].type.kind == "uuid"


def test_a_python_field_gets_python_values_and_gives_wire_values():
    class Books(Resource[Book]):
        @computed(depends=[Book.created_at])
        def seen(self, created_at: datetime) -> datetime:
            return created_at.replace(year=2030)

    compute = compiled(Books).resources["books"].fields["seen"].compute
    assert compute is not None
    assert compute({"created_at": "2024-01-15T10:30:00.000000Z"}) == "2030-01-15T10:30:00.000000Z"


def test_defaults_may_name_hidden_columns():
    class Books(Resource[Book]):
        hidden = [Book.tenant]
        defaults = {Book.tenant: caller.tenant, Book.title: "Untitled"}
        limits = Limits(page_max=5)

    bound = compiled(Books)
    assert set(bound.resources["books"].defaults) == {"tenant", "title"}
    assert isinstance(bound.resources["books"].defaults["tenant"].type, sa.String)
    assert not fields(bound, "books")["title"].required
    assert bound.contract.by_name["books"].limits.page_max == 5


def test_an_integer_key_is_made_by_the_database():
    class Tags(Resource[Tag]):
        pass

    field = fields(compiled(Tags), "tags")["id"]
    assert field.type.kind == "integer"
    assert field.write == "never"
    assert not field.required
