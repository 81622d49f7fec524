"""Names have one spelling per place."""

import pytest

from accord.declare import naming


@pytest.mark.parametrize(
    ("name", "kebab", "camel", "pascal"),
    [
        ("OrderItems", "order-items", "orderItems", "OrderItems"),
        ("created_at", "created-at", "createdAt", "CreatedAt"),
        ("HTTPServer", "http-server", "httpServer", "HttpServer"),
        ("user2", "user2", "user2", "User2"),
        ("_secret", "secret", "_secret", "Secret"),
    ],
)
def test_spellings(name, kebab, camel, pascal):
    assert (naming.kebab(name), naming.camel(name), naming.pascal(name)) == (kebab, camel, pascal)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("order", "orders"),
        ("category", "categories"),
        ("address", "addresses"),
        ("box", "boxes"),
        ("day", "days"),
        ("status", "statuses"),
        ("person", "people"),
        ("child", "children"),
        ("news", "news"),
        ("house", "houses"),
        ("case", "cases"),
        ("analysis", "analyses"),
        ("movie", "movies"),
    ],
)
def test_plurals_and_singulars(one, many):
    assert naming.plural(one) == naming.plural(many) == many
    assert naming.singular(many) == naming.singular(one) == one


def test_enum_values_are_spelled_for_graphql():
    assert naming.upper("in-progress") == "IN_PROGRESS"
    assert naming.upper("2nd") == "_2ND"
