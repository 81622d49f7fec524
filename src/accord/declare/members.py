"""Room: declare. What methods of a resource can be: action, query, before, check, computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar, overload

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute

from accord.kernel import problem

F = TypeVar("F", bound=Callable[..., Any])
Method = Literal["POST", "PUT", "PATCH", "DELETE"]
Change = Literal["create", "update", "delete"]
MARK = "__accord__"
"""The key of a method's `__dict__` under which its decorator leaves what it was told."""


@dataclass(frozen=True, eq=False)
class Action:
    """What `@action` or `@query` was told."""

    kind: Literal["action", "query"]
    method: str = "POST"
    collection: bool = False
    permission: str | None = None
    emits: str | None = None
    errors: tuple[type[problem.Problem] | str, ...] = ()


@dataclass(frozen=True, eq=False)
class Before:
    """What `@before` was told."""

    operations: frozenset[str]
    fields: tuple[QueryableAttribute[Any] | str, ...] = ()


@dataclass(frozen=True, eq=False)
class Checked:
    """What `@check` was told."""

    fields: tuple[QueryableAttribute[Any] | str, ...]


@dataclass(frozen=True, eq=False)
class Computed:
    """A field made from others, by an SQL expression or by a method."""

    expression: sa.SQLColumnExpression[Any] | None = None
    method: Callable[..., Any] | None = None
    depends: tuple[QueryableAttribute[Any] | str, ...] = ()
    name: str | None = None
    doc: str = ""

    def __call__(self, method: Callable[..., object]) -> Computed:
        """Refuse `@computed(Book.title)` on a method, which takes `depends`."""
        raise problem.DeclarationError(
            f"method {method.__qualname__}",
            "@computed on a method takes no expression",
            "name the fields it takes: @computed(depends=[…])",
        )


Declared = Action | Before | Checked


def declared(member: object) -> Declared | None:
    """What a member of a resource class was decorated with, if anything."""
    mark = getattr(member, "__dict__", {}).get(MARK)
    return mark if isinstance(mark, Action | Before | Checked) else None


def _marked(function: F, mark: Declared) -> F:
    vars(function)[MARK] = mark
    return function


@overload
def action(function: F, /) -> F: ...
@overload
def action(
    *,
    permission: str | None = None,
    emits: str | None = None,
    errors: Sequence[type[problem.Problem] | str] = (),
    method: Method = "POST",
    collection: bool = False,
) -> Callable[[F], F]: ...
def action(
    function: F | None = None,
    /,
    *,
    permission: str | None = None,
    emits: str | None = None,
    errors: Sequence[type[problem.Problem] | str] = (),
    method: Method = "POST",
    collection: bool = False,
) -> F | Callable[[F], F]:
    """An operation written by hand, `POST /orders/{id}/cancel`, in one transaction.

    The first parameter is the row, loaded and locked (`order: Order`), unless `collection=True`;
    the others are arguments, checked by their annotations; the return annotation is the output.
    `self.session`, `self.caller`, `self.now` and `self.emit(event, payload)` are there.

    Args:
        function: the method, when the decorator is used without parentheses.
        permission: what access rules call it; its own name by default.
        emits: an event that is recorded when it succeeds, such as "order.cancelled"; its payload is
            the row, unless the method emits that event itself.
        errors: the Problem classes it may raise.
        method: the HTTP method.
        collection: it concerns the resource as a whole, `POST /orders/import`.
    """
    mark = Action("action", method, collection, permission, emits, tuple(errors))
    return _decorate(function, mark)


@overload
def query(function: F, /) -> F: ...
@overload
def query(
    *,
    permission: str | None = None,
    errors: Sequence[type[problem.Problem] | str] = (),
    collection: bool = False,
) -> Callable[[F], F]: ...
def query(
    function: F | None = None,
    /,
    *,
    permission: str | None = None,
    errors: Sequence[type[problem.Problem] | str] = (),
    collection: bool = False,
) -> F | Callable[[F], F]:
    """A read written by hand, `GET /orders/{id}/tracking`; told like `@action`, changes nothing."""
    mark = Action("query", "GET", collection, permission, None, tuple(errors))
    return _decorate(function, mark)


def _decorate(function: F | None, mark: Declared) -> F | Callable[[F], F]:
    if function is not None:
        return _marked(function, mark)
    return lambda method: _marked(method, mark)


def before(
    *operations: Change, fields: Sequence[QueryableAttribute[Any] | str] = ()
) -> Callable[[F], F]:
    """A hook that sees, and may change, the values of a write: `@before("create", "update")`.

    With `fields` it runs only for writes that set one of those fields or relations.

    The method takes the mutable values by wire name, hidden columns by their own; the rows of a
    nested create stand under their relation as a list of such values. Raising a Problem refuses
    the write. It may be a coroutine function and use `self.session`, the write's transaction.
    """
    mark = Before(frozenset(operations), tuple(fields))
    return lambda method: _marked(method, mark)


def check(*fields: QueryableAttribute[Any] | str) -> Callable[[F], F]:
    """A rule across fields: `@check(Event.starts_at, Event.ends_at)`.

    The method takes the values as they would be stored: one parameter named after each field, or
    one named `row` for a mapping of them all. It raises ValueError with a sentence for the caller.
    """
    mark = Checked(fields)
    return lambda method: _marked(method, mark)


@overload
def computed(
    expression: sa.SQLColumnExpression[Any], /, *, name: str | None = None, doc: str = ""
) -> Computed: ...
@overload
def computed(
    *,
    depends: Sequence[QueryableAttribute[Any] | str],
    name: str | None = None,
    doc: str = "",
) -> Callable[[Callable[..., Any]], Computed]: ...
def computed(
    expression: sa.SQLColumnExpression[Any] | None = None,
    /,
    *,
    depends: Sequence[QueryableAttribute[Any] | str] = (),
    name: str | None = None,
    doc: str = "",
) -> Computed | Callable[[Callable[..., Any]], Computed]:
    """A field made from others: `total_price = computed(Item.quantity * Item.unit_price)`.

    In Python, `@computed(depends=[User.name])` on a method with a return annotation; it takes one
    parameter named after each field, or one named `row` for a mapping of them. Fields made by SQL
    can be filtered and sorted by, fields made by Python cannot.
    """
    mark = Computed(expression, None, tuple(depends), name, doc)
    if expression is not None:
        return mark
    return lambda method: replace(mark, method=method)
