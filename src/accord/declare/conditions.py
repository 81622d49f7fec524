"""Room: declare. Whether a condition is one, of the resource's own rows and without traps."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import elements as sa_elements
from sqlalchemy.sql import operators, visitors

from accord.binding import elements
from accord.declare import draft as drafts


def element_of(written: Any) -> Any:
    """The SQL element behind a mapped attribute; anything else as it is."""
    made = getattr(written, "__clause_element__", None)
    return made() if made else written


def foreign_tables(draft: drafts.Draft, expression: sa.ColumnElement[Any]) -> list[str]:
    """Tables an expression reads outside a subquery, other than the resource's own."""
    found = {getattr(each, "description", str(each)): each for each in expression._from_objects}
    return sorted(name for name, each in found.items() if each != draft.table)


def settle(desk: drafts.Desk, draft: drafts.Draft, attribute: str, label: str, given: Any) -> bool:
    """Note what is wrong with a condition; whether it can be used.

    `label` says which condition of the attribute is meant, such as `the condition of status`.
    """
    if not isinstance(given, sa.ColumnElement):
        desk.wrong(
            draft,
            attribute,
            f"{label} is {type(given).__name__} {given!r}, no condition",
            'write a role, such as role("admin"), or a comparison, such as Order.total > 100',
        )
        return False
    foreign = foreign_tables(draft, given)
    if foreign:
        desk.wrong(
            draft,
            attribute,
            f"{label} names columns of {', '.join(foreign)}",
            "reach other tables by a relationship, such as "
            "Product.category.has(Category.slug == …), or in a subquery",
        )
        return False
    if _misgrouped(given):
        desk.wrong(
            draft,
            attribute,
            f"{label} compares with the result of & or |, which bind tighter than comparisons",
            "put each comparison in parentheses: role(…) & (Order.user_id == caller.id)",
        )
        return False
    return True


def values_in(condition: sa.ColumnElement[Any]) -> list[elements.CallValue]:
    """The values a caller gives that stand in a condition, in subqueries too."""
    return [each for each in visitors.iterate(condition) if isinstance(each, elements.CallValue)]


def _misgrouped(condition: sa.ColumnElement[Any]) -> bool:
    """Whether `a & b == c` was written where `a & (b == c)` was meant."""
    for each in visitors.iterate(condition):
        if isinstance(each, sa_elements.BinaryExpression) and operators.is_comparison(
            each.operator
        ):
            if any(_is_logic(side) for side in (each.left, each.right)):
                return True
        elif isinstance(each, sa_elements.BooleanClauseList) and any(
            not isinstance(clause.type, sa.Boolean | sa.types.NullType) for clause in each.clauses
        ):
            return True
    return False


def _is_logic(side: Any) -> bool:
    while isinstance(side, sa_elements.Grouping):
        side = side.element
    return isinstance(side, sa_elements.BooleanClauseList | elements.CallerFact)
