"""Room: declare. Who may do what: allow, deny, role, everyone, caller, value, choices."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute

from accord.binding import elements
from accord.declare import types

T = TypeVar("T")
Operations = str | Sequence[str]
Condition = sa.ColumnElement[bool]

AUTHENTICATED = "authenticated"


@dataclass(frozen=True, eq=False)
class Grant:
    """One `allow` or `deny` as it was written."""

    effect: Literal["allow", "deny"]
    operations: Operations
    who: Condition
    where: Condition | None
    fields: Sequence[QueryableAttribute[Any] | str]


def allow(
    operations: Operations,
    who: Condition,
    *,
    where: Condition | None = None,
    fields: Sequence[QueryableAttribute[Any] | str] = (),
) -> Grant:
    """Grant operations to those callers, on the rows and fields given; without them, on all.

    `operations` are letters (C create, R list and get, U update and replace, D delete) or names
    of actions: `allow("CR", user, where=Order.user_id == caller.id)`, `allow("cancel", staff)`.
    """
    return Grant("allow", operations, who, where, fields)


def role(*names: str) -> elements.CallerFact:
    """The caller has one of the roles; combines with `& | ~` and with column conditions."""
    wanted = frozenset(names)
    text = f"role({'|'.join(names)})"
    return elements.CallerFact(text, wanted, lambda facts: not wanted.isdisjoint(facts))


everyone = elements.CallerFact("everyone", frozenset(), lambda _: True)
"""Every caller, anonymous ones too."""

authenticated = elements.CallerFact(
    AUTHENTICATED, frozenset({AUTHENTICATED}), lambda facts: AUTHENTICATED in facts
)
"""Every caller who has an id."""


def deny(
    operations: Operations,
    who: Condition = everyone,
    *,
    where: Condition | None = None,
    fields: Sequence[QueryableAttribute[Any] | str] = (),
) -> Grant:
    """Refuse operations whatever an `allow` says: `deny("UD", where=Order.status == SHIPPED)`."""
    return Grant("deny", operations, who, where, fields)


class _Caller:
    """Facts of the caller that are values: they are bound when a statement runs."""

    @property
    def id(self) -> sa.ColumnElement[str]:
        """The caller's id; null for anonymous callers."""
        return elements.CallerValue("id", sa.types.NULLTYPE)

    @property
    def tenant(self) -> sa.ColumnElement[str]:
        """The caller's tenant; null when there is none."""
        return elements.CallerValue("tenant", sa.types.NULLTYPE)

    def claim(self, name: str, type_: type[T]) -> sa.ColumnElement[T]:
        """A claim the caller's credentials carry: `caller.claim("region", str)`."""
        element = elements.CallerValue(name, sql_type(type_))
        return cast("sa.ColumnElement[T]", element)


caller = _Caller()
"""The caller of the operation: `caller.id`, `caller.tenant`, `caller.claim("region", str)`."""


def value(type_: type[T]) -> sa.ColumnElement[T]:
    """What a caller gives to a named param: `{"created_after": Order.created_at >= value(datetime)}`."""
    element = elements.CallValue(type_, sa.types.NULLTYPE, sql_type(type_))
    return cast("sa.ColumnElement[T]", element)


@dataclass(frozen=True, eq=False)
class Choices:
    """A param whose value is one of several named conditions."""

    conditions: Mapping[str, Condition]


def choices(**conditions: Condition) -> Choices:
    """One condition per value: `{"status": choices(active=User.is_active.is_(True))}`."""
    return Choices(conditions)


_SQL_TYPES: dict[type, sa.types.TypeEngine[Any]] = {
    str: sa.String(),
    bool: sa.Boolean(),
    int: sa.BigInteger(),
    float: sa.Double(),
    Decimal: sa.Numeric(),
    datetime: types.UtcDateTime(),
    date: sa.Date(),
    time: sa.Time(),
    timedelta: sa.Interval(),
    UUID: sa.Uuid(),
    bytes: sa.LargeBinary(),
}


def sql_type(python_type: Any) -> sa.types.TypeEngine[Any]:
    """The SQL type that a Python type stands for by itself; the null type when there is none."""
    if isinstance(python_type, type) and issubclass(python_type, enum.Enum):
        return sa.Enum(python_type)
    return _SQL_TYPES.get(python_type, sa.types.NULLTYPE)
