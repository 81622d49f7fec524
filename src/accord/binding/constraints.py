"""Room: binding. What a value must satisfy beyond its type, and how its refusal is told."""

from __future__ import annotations

import decimal
import ipaddress
import re
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any

from accord.contract import types
from accord.kernel import problem, temporal

Check = Callable[[Any], Any]

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
# RFC 5321 in the form browsers check (WHATWG, "valid e-mail address"), with a dot in the domain.
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
_HOSTNAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Invalid(Exception):
    """One value, or several parts of one, were refused.

    `code` is a detail code of the kernel, `path` leads from the value to the faulty part,
    `value` is that part where the path is not empty; `allowed` lists what would do.
    """

    def __init__(self, code: str, message: str, *, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.allowed = allowed
        self.path: tuple[str, ...] = ()
        self.value: Any = problem.UNSET
        self.faults: tuple[Invalid, ...] = (self,)

    @classmethod
    def several(cls, faults: Sequence[Invalid]) -> Invalid:
        """All the faults of one value as one."""
        whole = cls(faults[0].code, faults[0].message, allowed=faults[0].allowed)
        whole.faults = tuple(faults)
        return whole

    def under(self, name: str, value: Any = problem.UNSET) -> list[Invalid]:
        """The faults as seen from the list or object that holds the value as `name`."""
        for each in self.faults:
            if not each.path:
                each.value = value
            each.path = (name, *each.path)
        return list(self.faults)


def unknown(name: str, allowed: Sequence[str]) -> Invalid:
    """The refusal of a name that is not known, with the nearest one that is."""
    return Invalid("UNKNOWN_ATTRIBUTE", f"is not known; {problem.suggest(name, allowed)}")


def clean(text: str) -> str:
    """The text itself; Invalid when no database could keep it."""
    if "\x00" in text:
        raise Invalid("INVALID_FORMAT", "must not contain NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid("INVALID_FORMAT", "must not contain half a surrogate pair") from None
    return text


def digits(type_: types.Type) -> Check:
    """Holds a decimal to its precision and scale, and writes it with exactly its scale."""
    precision, scale = type_.precision, type_.scale

    def check(number: decimal.Decimal) -> decimal.Decimal:
        exponent = number.as_tuple().exponent
        if scale is not None and isinstance(exponent, int) and -exponent > scale:
            number = _rescaled(number, scale)
        if precision is not None:
            whole = precision - (scale or 0)
            if number and number.adjusted() >= whole:
                raise Invalid("TOO_LARGE", f"must have at most {whole} digits before the point")
        return number

    return check


def _rescaled(number: decimal.Decimal, scale: int) -> decimal.Decimal:
    # Zeros behind the scale say nothing (1.500 is 1.50); other digits would be lost unseen.
    with decimal.localcontext(prec=2000):
        rounded = number.quantize(decimal.Decimal(1).scaleb(-scale))
        if rounded != number:
            raise Invalid("NOT_A_MULTIPLE", f"must have at most {scale} digits after the point")
        return rounded


def checker(type_: types.Type) -> Check | None:
    """One function for all constraints of a type, None when it has none."""
    given = type_.constraints
    checks = [
        *_lengths(given.min_length, given.max_length, "character"),
        *_lengths(given.min_items, given.max_items, "item"),
        *_bounds(type_),
        *_patterns(given),
    ]
    if not checks:
        return None

    def check(value: Any) -> Any:
        faults = []
        for each in checks:
            try:
                each(value)
            except Invalid as fault:
                faults.append(fault)
        if faults:
            raise Invalid.several(faults) if len(faults) > 1 else faults[0]
        return value

    return checks_only(checks[0]) if len(checks) == 1 else check


def checks_only(check: Check) -> Check:
    """A check as a function that answers the value it let pass."""

    def run(value: Any) -> Any:
        check(value)
        return value

    return run


def _lengths(low: int | None, high: int | None, unit: str) -> list[Check]:
    def short(value: Any) -> None:
        if len(value) < (low or 0):
            raise Invalid("TOO_SHORT", f"must have at least {_count(low or 0, unit)}")

    def long(value: Any) -> None:
        if len(value) > (high or 0):
            raise Invalid("TOO_LONG", f"must have at most {_count(high or 0, unit)}")

    return ([] if low is None else [short]) + ([] if high is None else [long])


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


_READ_BOUND: dict[str, Callable[[str], Any]] = {
    "datetime": temporal.parse_timestamp,
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "duration": temporal.parse_duration,
}


def _bounds(type_: types.Type) -> list[Check]:
    given = type_.constraints
    # Decimal compares exactly with int, float and itself.
    read = _READ_BOUND.get(type_.kind, decimal.Decimal)
    checks: list[Check] = []

    def bound(text: str | None, wrong: Callable[[Any, Any], bool], code: str, word: str) -> None:
        if text is None:
            return
        limit = read(text)

        def check(value: Any) -> None:
            if wrong(value, limit):
                raise Invalid(code, f"must be {word} {text}")

        checks.append(check)

    bound(given.minimum, lambda v, limit: v < limit, "TOO_SMALL", "at least")
    bound(given.exclusive_minimum, lambda v, limit: v <= limit, "TOO_SMALL", "greater than")
    bound(given.maximum, lambda v, limit: v > limit, "TOO_LARGE", "at most")
    bound(given.exclusive_maximum, lambda v, limit: v >= limit, "TOO_LARGE", "less than")
    return checks


def _patterns(given: types.Constraints) -> list[Check]:
    checks: list[Check] = []
    if given.pattern is not None:
        pattern = re.compile(given.pattern)

        def match(value: Any) -> None:
            # JSON Schema searches; an anchored pattern says so itself.
            if pattern.search(value) is None:
                raise Invalid("PATTERN_MISMATCH", f"must match the pattern {given.pattern}")

        checks.append(match)
    test = _FORMATS.get(given.format or "")
    if test is not None:
        holds, example = test

        def form(value: Any) -> None:
            if not holds(value):
                raise Invalid("INVALID_FORMAT", f"must be {example}")

        checks.append(form)
    return checks


def _is_uri(text: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r"[\s<>\"]", text)


def _is_url(text: str) -> bool:
    return _is_uri(text) and text.lower().startswith(("http://", "https://")) and _has_host(text)


def _has_host(text: str) -> bool:
    return bool(urllib.parse.urlsplit(text).hostname)


def _is_address(version: int) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        try:
            return ipaddress.ip_address(text).version == version
        except ValueError:
            return False

    return holds


def _full(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


_FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "email": (_full(_EMAIL), "an email address such as jane@example.com"),
    "uri": (_is_uri, "a URI such as https://example.com/path"),
    "url": (_is_url, "a URL such as https://example.com/path"),
    "uuid": (_full(_UUID), "a UUID like 0189c3f1-8a3b-7c44-9d2e-0123456789ab"),
    "hostname": (_full(_HOSTNAME), "a host name such as api.example.com"),
    "slug": (_full(_SLUG), "lower-case words joined by dashes, such as home-audio"),
    "ipv4": (_is_address(4), "an IPv4 address such as 192.0.2.1"),
    "ipv6": (_is_address(6), "an IPv6 address such as 2001:db8::1"),
}
