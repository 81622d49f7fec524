"""Room: declare. Ways to other rows: via a relation, only some operators, a relation's options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy.orm import QueryableAttribute

from accord.declare import members

Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "like", "null"]


@dataclass(frozen=True, eq=False)
class Via:
    """A field of related rows: relations to cross, then the field."""

    steps: tuple[QueryableAttribute[Any] | str, ...]


@dataclass(frozen=True, eq=False)
class Only:
    """A filter with some of the operators its type allows."""

    what: Attribute
    operators: tuple[Operator, ...]


@dataclass(frozen=True, eq=False)
class RelationOptions:
    """A relation told apart from its default: another name, one of several resources."""

    attribute: QueryableAttribute[Any]
    to: str | None
    name: str | None


Attribute: TypeAlias = "QueryableAttribute[Any] | members.Computed | Via | str"
Attributes: TypeAlias = "Sequence[QueryableAttribute[Any] | members.Computed | str]"


def via(*steps: QueryableAttribute[Any] | str) -> Via:
    """A field of a related row: `via(Order.user, User.name)` is the filter `user.name`.

    In `filters` the text `"user.name"` says the same.
    """
    return Via(steps)


def only(what: Attribute, *operators: Operator) -> Only:
    """A filter with these operators and no others: `only(Order.total, "gt", "lt")`."""
    return Only(what, operators)


def relation(
    attribute: QueryableAttribute[Any], *, to: str | None = None, name: str | None = None
) -> RelationOptions:
    """A relation with another wire name, or to one of several resources of its model.

    `relations = [Order.items, relation(Order.user, to="public-users", name="buyer")]`
    """
    return RelationOptions(attribute, to, name)
