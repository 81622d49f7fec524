"""Room: binding. SQL elements that stand for facts of the caller or values of a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext import compiler
from sqlalchemy.sql import elements, expression, visitors


class CallerFact(expression.ColumnElement[bool]):
    """A condition on the caller alone; folded to true or false before SQL is made.

    `holds` takes the variant's facts (role names for now) and answers at plan time.
    """

    inherit_cache = False
    # What two elements are compared by: rules that say the same are one condition.
    _traverse_internals = [("text", visitors.InternalTraversal.dp_string)]  # noqa: RUF012
    type = sa.Boolean()

    def __init__(self, text: str, names: frozenset[str], holds: Callable[[frozenset[str]], bool]):
        self.text = text
        self.names = names
        self.holds = holds

    def __repr__(self) -> str:
        return self.text

    def self_group(self, against: Any = None) -> CallerFact:
        """A fact is atomic: it needs no parentheses."""
        return self

    def __invert__(self) -> CallerFact:
        """The opposite fact, itself a fact: `~role("guest")`."""
        holds = self.holds
        return CallerFact(f"not {self.text}", self.names, lambda facts: not holds(facts))


class _Adapting(expression.ColumnElement[Any]):
    """A value that takes the SQL type of what it is compared with, unless it has its own.

    `Order.user_id == caller.id` makes an integer of the id when the column holds integers.
    """

    inherit_cache = False
    _fallback: sa.types.TypeEngine[Any]

    def typed(self, type_: sa.types.TypeEngine[Any]) -> Any:
        """The same value with that type."""
        raise NotImplementedError

    def settled(self, type_: sa.types.TypeEngine[Any] | None = None) -> Any:
        """The value with a type for certain: its own, else the given, else the fallback."""
        if not self.type._isnull:
            return self
        usable = type_ is not None and not type_._isnull
        return self.typed(type_ if usable and type_ is not None else self._fallback)

    def _with_binary_element_type(self, type_: sa.types.TypeEngine[Any]) -> Any:
        # SQLAlchemy calls this on the untyped right side of a comparison.
        return self.typed(type_)

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        if self.type._isnull:
            # Mapped attributes are no ColumnElements, but have their column's type.
            kinds = [getattr(each, "type", None) for each in other]
            near = next((kind for kind in kinds if isinstance(kind, sa.types.TypeEngine)), None)
            return self.settled(near).operate(op, *other, **kwargs)
        return super().operate(op, *other, **kwargs)


class CallerValue(_Adapting):
    """A value read from the caller at execution: `id`, `tenant` or a claim."""

    inherit_cache = False
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy's name
        ("key", visitors.InternalTraversal.dp_string),
        ("type", visitors.InternalTraversal.dp_type),
    ]
    _fallback = sa.String()

    def __init__(self, key: str, type_: sa.types.TypeEngine[Any] | None = None):
        self.key = key
        self.type = type_ or sa.String()

    def typed(self, type_: sa.types.TypeEngine[Any]) -> CallerValue:
        return CallerValue(str(self.key), type_)

    def __repr__(self) -> str:
        return f"caller.{self.key}"


class CallValue(_Adapting):
    """The value a caller gives to a named param: `value(datetime)`.

    `fallback` is its SQL type where no comparison with a column gives it one.
    """

    inherit_cache = False
    _traverse_internals = [("type", visitors.InternalTraversal.dp_type)]  # noqa: RUF012

    def __init__(
        self,
        python_type: Any,
        type_: sa.types.TypeEngine[Any],
        fallback: sa.types.TypeEngine[Any] | None = None,
    ):
        self.python_type = python_type
        self.type = type_
        self._fallback = fallback or type_

    def typed(self, type_: sa.types.TypeEngine[Any]) -> CallValue:
        return CallValue(self.python_type, type_, self._fallback)

    def __repr__(self) -> str:
        return f"value({getattr(self.python_type, '__name__', self.python_type)})"


CALLER_PREFIX = "accord_caller__"
VALUE_NAME = "accord_value"


@compiler.compiles(CallerFact)
def _fact(element: CallerFact, _compiler: Any, **_: Any) -> str:
    raise TypeError(f"{element!r} must be folded before SQL is made")


@compiler.compiles(CallerValue)
def _caller(element: CallerValue, sql: Any, **options: Any) -> str:
    bind: elements.BindParameter[Any] = sa.bindparam(
        CALLER_PREFIX + str(element.key), None, type_=element.type
    )
    return str(sql.process(bind, **options))


@compiler.compiles(CallValue)
def _value(element: CallValue, sql: Any, **options: Any) -> str:
    bind: elements.BindParameter[Any] = sa.bindparam(VALUE_NAME, None, type_=element.type)
    return str(sql.process(bind, **options))
