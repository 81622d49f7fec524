"""Room: kernel. Problem, the one error type of running calls, and the errors of start-up.

The tree:

    AccordError
    ├── Problem              a call failed; what, where, what is allowed, what to do
    │   └── (yours)          class OrderShipped(Problem): code = "ORDER_SHIPPED"; status = 409
    └── DeclarationError     the developer's mistake, found at start-up
        └── SettingsError    the operator's mistake: all faulty settings at once
"""

from __future__ import annotations

import difflib
import inspect
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from accord.kernel import errors

UNSET = msgspec.UNSET


class Detail(msgspec.Struct, frozen=True, omit_defaults=True):
    """One failure within a Problem; `code` is one of `errors.DETAILS`.

    `field` is the wire name, `pointer` a JSON pointer into the request body (RFC 6901),
    `parameter` and `header` name the other places of a request. `value` is what was sent, left
    UNSET when it must not be echoed.
    """

    code: str
    message: str
    field: str | None = None
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    value: Any = UNSET


class AccordError(Exception):
    """The base of every error that Accord raises on purpose."""


# Which class owns an application's code, as module and qualified name: a module that is reloaded
# defines its classes anew and must not collide with its former self.
_OWNERS: dict[str, tuple[str, str]] = {}
_DECLARED: dict[str, errors.ErrorRow] = {}


class Problem(AccordError):
    """Why a call failed, in terms that every protocol can render.

    `Problem("NOT_FOUND", "There is no order 7.")` raises a row of the one table; the message
    defaults to its title. `headers` go out with an HTTP answer (`Retry-After`, `Allow`). ValueError
    when nobody declared the code.

    An application declares its own errors as subclasses with a `code`, a `status` and, if it
    likes, `title`, `message` (a template for positional arguments), `hint`, `retryable`, `grpc`:

        class OrderShipped(Problem):
            '''An order that is on its way cannot be changed.'''
            code = "ORDER_SHIPPED"
            status = 409
            message = "Order {0} has shipped."

        raise OrderShipped(order.id)     # ORDER_SHIPPED, 409, "Order 7 has shipped."

    Without a template, or with one that has no holes, the first argument is the message.
    """

    code: str
    title: str
    status: int
    grpc: str
    retryable: bool
    message: str
    hint: str
    row: errors.ErrorRow
    details: tuple[Detail, ...]
    headers: Mapping[str, str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            cls.row = _declare(cls)

    def __init__(
        self,
        *arguments: object,
        message: str | None = None,
        details: Iterable[Detail] = (),
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(*arguments)
        row: errors.ErrorRow | None = getattr(type(self), "row", None)
        if row is None:
            row, arguments = _look_up(arguments)
            template = None
        else:
            template = getattr(type(self), "message", None)
        if message is None:
            message = _message(row, template, arguments)
        self.row = row
        self.code, self.title, self.status = row.code, row.title, row.status
        self.grpc, self.retryable = row.grpc, row.retryable
        self.message = message
        self.hint = row.hint if hint is None else hint
        self.details = tuple(details)
        self.headers = dict(headers) if headers else {}
        if cause is not None:
            self.__cause__ = cause

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def row_of(code: str) -> errors.ErrorRow:
    """The row of a code, of the table or an application's; ValueError when there is none."""
    row = errors.ERRORS.get(code) or _DECLARED.get(code)
    if row is None:
        known = (*errors.ERRORS, *_DECLARED)
        raise ValueError(f"no error has the code {code!r}; {suggest(code, known)}")
    return row


def _look_up(arguments: tuple[object, ...]) -> tuple[errors.ErrorRow, tuple[object, ...]]:
    if not arguments or not isinstance(arguments[0], str) or len(arguments) > 2:
        raise TypeError("Problem takes a code and, after it, at most a message")
    # `Problem("NOT_FOUND", None)` is the same as no message at all.
    return row_of(arguments[0]), tuple(a for a in arguments[1:] if a is not None)


def _message(row: errors.ErrorRow, template: str | None, arguments: tuple[object, ...]) -> str:
    if template is None or ("{" not in template and arguments):
        return str(arguments[0]) if arguments else row.title
    try:
        return template.format(*arguments)
    except (IndexError, AttributeError):
        # A raise with too few arguments must still tell the caller which error it is; a template
        # with holes, or a second exception, would hide it.
        return row.title


def _check_template(cls: type[Problem]) -> None:
    template = getattr(cls, "message", None)
    if template is None:
        return
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
    except ValueError as fault:
        names = [str(fault)]
    wrong = [name for name in names if not re.fullmatch(r"\d*([.\[].*)?", name)]
    if wrong:
        raise DeclarationError(
            f"class {cls.__qualname__}, attribute message",
            f"the template cannot be filled: {wrong[0]!r}",
            "use the numbers of positional arguments, like {0}",
        )


def _declare(cls: type[Problem]) -> errors.ErrorRow:
    """The row of an application's own error class, checked and entered under its code."""
    own = cls.__dict__
    where = f"class {cls.__qualname__}, attribute code"
    code, owner = own["code"], (cls.__module__, cls.__qualname__)
    if not isinstance(code, str) or not errors.CODE_FORM.fullmatch(code):
        raise DeclarationError(
            where,
            f"{code!r} is not an error code",
            "write it in capitals, digits and underscores, like ORDER_SHIPPED",
        )
    if code in errors.ERRORS:
        raise DeclarationError(
            where,
            f"Accord itself has an error {code}",
            f'choose another code, or raise Problem("{code}")',
        )
    if _OWNERS.get(code, owner) != owner:
        raise DeclarationError(
            where,
            f"{code} already belongs to {'.'.join(_OWNERS[code])}",
            "choose another code; codes are unique in one application",
        )
    _check_template(cls)
    try:
        row = _application_row(cls, code)
    except ValueError as fault:
        raise DeclarationError(
            f"class {cls.__qualname__}", str(fault), "correct the attribute, like status = 409"
        ) from fault
    _OWNERS[code], _DECLARED[code] = owner, row
    return row


def _application_row(cls: type[Problem], code: str) -> errors.ErrorRow:
    status = getattr(cls, "status", None)
    if not isinstance(status, int):
        raise ValueError("an error needs an HTTP status")  # noqa: TRY004 - told with its siblings
    text = inspect.cleandoc(cls.__dict__.get("__doc__") or "")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", cls.__name__)
    title = getattr(cls, "title", None) or words.capitalize()
    return errors.ErrorRow(
        code=code,
        title=title,
        status=status,
        grpc=getattr(cls, "grpc", None) or errors.grpc_of(status),
        retryable=bool(getattr(cls, "retryable", status in (429, 503))),
        hint=getattr(cls, "hint", None) or "See the documentation of the operation.",
        explanation=text or f"{title}.",
    )


class DeclarationError(AccordError):
    """A mistake in a declaration, found at start-up; three lines: where, what, how to fix it.

    `DeclarationError("class Orders, attribute fliters", "Resource has no such attribute",
    suggest("fliters", ["filters", "fields"]))`
    """

    def __init__(self, where: str, what: str, fix: str = "") -> None:
        super().__init__(where, what, fix)
        self.where = where
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        lines = [self.where, f"  wrong: {self.what}"]
        if self.fix:
            lines.append(f"  fix:   {self.fix}")
        return "\n".join(lines)


class SettingsError(DeclarationError):
    """Every faulty setting of one start, each a DeclarationError of its own in `faults`."""

    def __init__(self, faults: Sequence[DeclarationError]) -> None:
        first = faults[0]
        super().__init__(first.where, first.what, first.fix)
        self.args = (faults,)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def suggest(name: str, allowed: Iterable[str]) -> str:
    """The nearest of the allowed names, "did you mean 'filters'?", else a list of them all."""
    names = sorted(set(allowed))
    folded = {other.lower(): other for other in names}
    near = difflib.get_close_matches(name.lower(), folded, n=1)
    if not near and len(name) > 2:
        near = [other for other in folded if other.startswith(name.lower())]
    if near:
        return f"did you mean {folded[near[0]]!r}?"
    if not names:
        return "nothing is allowed here"
    return "allowed: " + ", ".join(names)
