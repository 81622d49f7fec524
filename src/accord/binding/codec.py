"""Room: binding. Reads wire values, from JSON or from the text of a query, as Python values.

A codec knows one contract type. `from_json` takes what a JSON parser gives (with decimals kept
as `Decimal`), `from_text` the text of a query parameter; both answer the same Python value:

    id, string, enum → str        decimal → Decimal      datetime → aware datetime in UTC
    integer, bigint → int         float → float          date, time, duration, uuid → their types
    boolean → bool                bytes → bytes          json, object → JSON-able values
"""

from __future__ import annotations

import base64
import binascii
import decimal
import functools
import json
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from accord.binding import constraints
from accord.contract import contract, types
from accord.kernel import temporal

Read = Callable[[Any], Any]
Invalid = constraints.Invalid

_INT32 = (-(2**31), 2**31 - 1)
_INT64 = (-(2**63), 2**63 - 1)
# PostgreSQL's numeric and SQLite's text hold more; a caller who sends more digits means no number.
_DECIMAL_DIGITS = 1000
_TRUTH = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Codec:
    """How values of one type are read.

    `choices` are the values of a closed type (enum, boolean), () for an open one.
    """

    type: types.Type
    from_json: Read
    from_text: Callable[[str], Any]
    choices: tuple[str | bool, ...] = ()


class Codecs:
    """Codecs for the types of one contract, made once each.

    `strict` codecs hold the constraints of the type and serve writes; the others only
    what the database's own type demands, and serve filters and cursors.
    """

    def __init__(self, source: contract.Contract) -> None:
        self._enums = {each.name: each for each in source.enums}
        self._objects = {each.name: each for each in source.objects}
        self.strict = functools.cache(functools.partial(self._codec, constrained=True))
        self.loose = functools.cache(functools.partial(self._codec, constrained=False))

    def _codec(self, type_: types.Type, *, constrained: bool) -> Codec:
        match type_.kind:
            case "enum":
                return self._enum(type_)
            case "object":
                from_json = self._object(type_, constrained=constrained)
                return Codec(type_, from_json, _json_text(from_json))
            case "array":
                return self._array(type_, constrained=constrained)
            case "decimal":
                from_json, from_text = _decimals(type_, constrained=constrained)
            case _:
                from_json, from_text = _SCALARS[type_.kind]
        if constrained and (check := constraints.checker(type_)) is not None:
            from_json, from_text = _checked(from_json, check), _checked(from_text, check)
        choices = (True, False) if type_.kind == "boolean" else ()
        return Codec(type_, from_json, from_text, choices)

    def _enum(self, type_: types.Type) -> Codec:
        enum = self._enums[type_.ref or ""]
        names = tuple(each.name for each in enum.values)
        known = frozenset(names)

        def read(value: Any) -> str:
            if isinstance(value, str) and value in known:
                return value
            raise Invalid("NOT_ALLOWED_VALUE", f"must be one of: {', '.join(names)}", allowed=names)

        return Codec(type_, read, read, names)

    def _array(self, type_: types.Type, *, constrained: bool) -> Codec:
        item = (self.strict if constrained else self.loose)(type_.items or types.Type("json"))
        check = constraints.checker(type_) if constrained else None

        def read(value: Any) -> list[Any]:
            if not isinstance(value, list):
                raise Invalid("INVALID_TYPE", f"must be an array, not {named(value)}")
            faults: list[Invalid] = []
            out: list[Any] = []
            for index, each in enumerate(value):
                try:
                    out.append(item.from_json(each))
                except Invalid as fault:
                    faults.extend(fault.under(str(index), each))
            if faults:
                raise Invalid.several(faults)
            return out if check is None else check(out)

        def read_text(text: str) -> list[Any]:
            return [item.from_text(part) for part in text.split(",")] if text else []

        return Codec(type_, read, read_text if check is None else _checked(read_text, check))

    def _object(self, type_: types.Type, *, constrained: bool) -> Read:
        spec = self._objects[type_.ref or ""]
        pick = self.strict if constrained else self.loose
        # Objects may contain themselves: members' codecs are looked up when first needed.
        members = functools.cache(
            lambda: tuple((each, pick(each.type).from_json) for each in spec.fields)
        )
        names = [each.name for each in spec.fields]

        def read(value: Any) -> dict[str, Any]:
            if not isinstance(value, dict):
                raise Invalid("INVALID_TYPE", f"must be an object, not {named(value)}")
            faults: list[Invalid] = []
            for name in value.keys() - set(names):
                faults.extend(constraints.unknown(name, names).under(name, value[name]))
            for each, from_json in members():
                faults.extend(_member(each, from_json, value))
            if faults:
                raise Invalid.several(faults)
            # The value is kept whole as JSON, so it stays in its wire form.
            return {name: plain(value[name]) for name in names if name in value}

        return read


def _member(each: types.ObjectField, from_json: Read, value: Mapping[str, Any]) -> list[Invalid]:
    given = value.get(each.name)
    if given is None:
        if each.name not in value:
            missing = Invalid("REQUIRED", "is required")
            return missing.under(each.name) if each.required else []
        absent = Invalid("NULL_NOT_ALLOWED", "must not be null")
        return [] if each.nullable else absent.under(each.name, None)
    try:
        from_json(given)
    except Invalid as fault:
        return fault.under(each.name, given)
    return []


def named(value: Any) -> str:
    """What JSON calls a value: `named([])` → "an array"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float | decimal.Decimal):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "an object"


def plain(value: Any) -> Any:
    """A parsed JSON value with its decimals as floats, fit to be encoded again.

    Raises Invalid for what no database can keep: NUL, half surrogates, numbers beyond a double.
    """
    if isinstance(value, str):
        return constraints.clean(value)
    if isinstance(value, decimal.Decimal):
        return _float(value)
    if isinstance(value, dict):
        return {constraints.clean(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def _checked(read: Read, check: Read) -> Read:
    return lambda value: check(read(value))


def _json_text(read: Read) -> Read:
    def read_text(text: str) -> Any:
        try:
            value = json.loads(text, parse_float=decimal.Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise Invalid("INVALID_FORMAT", "must be JSON") from None
        return read(value)

    return read_text


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid("INVALID_TYPE", f"must be a string, not {named(value)}")
    # The common text needs one scan each for NUL and, only where it is not ASCII, surrogates.
    if "\x00" in value or not value.isascii():
        return constraints.clean(value)
    return value


def _integer(value: Any, low: int, high: int) -> int:
    if isinstance(value, decimal.Decimal):
        # 1.0 and 1e3 are integers in JSON: the grammar knows one number only.
        if not value.is_finite() or value.adjusted() > 20 or value != value.to_integral_value():
            raise Invalid("INVALID_TYPE", "must be an integer")
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid("INVALID_TYPE", f"must be an integer, not {named(value)}")
    if value < low:
        raise Invalid("TOO_SMALL", f"must be at least {low}")
    if value > high:
        raise Invalid("TOO_LARGE", f"must be at most {high}")
    return value


def _integer_text(text: str, low: int, high: int) -> int:
    # int() also reads "1_000", " 1" and digits of other scripts, which no other protocol does.
    digits = text[1:] if text[:1] == "-" else text
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 40:
        raise Invalid("INVALID_FORMAT", "must be an integer")
    return _integer(int(text), low, high)


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | decimal.Decimal):
        raise Invalid("INVALID_TYPE", f"must be a number, not {named(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Invalid("TOO_LARGE", "must be a number that a double can hold")
    return number


def _number(text: str) -> decimal.Decimal:
    if not constraints.NUMBER.fullmatch(text) or len(text) > _DECIMAL_DIGITS:
        raise Invalid("INVALID_FORMAT", "must be a number such as 149.99")
    return decimal.Decimal(text)


def _decimals(type_: types.Type, *, constrained: bool) -> tuple[Read, Read]:
    fit = constraints.digits(type_) if constrained else None

    def read(value: Any) -> decimal.Decimal:
        if isinstance(value, str):
            number = _number(value)
        elif isinstance(value, bool) or not isinstance(value, int | float | decimal.Decimal):
            raise Invalid("INVALID_TYPE", f"must be a decimal string, not {named(value)}")
        else:
            number = decimal.Decimal(repr(value) if isinstance(value, float) else value)
        if not number.is_finite() or abs(number.adjusted()) > _DECIMAL_DIGITS:
            raise Invalid("TOO_LARGE", "has too many digits")
        return number if fit is None else fit(number)

    def read_text(text: str) -> decimal.Decimal:
        return read(_number(text))

    return read, read_text


def _boolean(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    raise Invalid("INVALID_TYPE", f"must be true or false, not {named(value)}")


def _boolean_text(text: str) -> bool:
    found = _TRUTH.get(text)
    if found is None:
        raise Invalid("NOT_ALLOWED_VALUE", "must be true or false", allowed=("true", "false"))
    return found


def _parsed(parse: Callable[[str], Any]) -> Read:
    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise Invalid("INVALID_TYPE", f"must be a string, not {named(value)}")
        try:
            return parse(value)
        except ValueError as fault:
            raise Invalid("INVALID_FORMAT", str(fault)) from None

    return read


def _datetime_text(text: str) -> datetime:
    if len(text) == 10:
        # A bare date in a query is that day's midnight in UTC: created_after=2024-01-01.
        text += "T00:00:00Z"
    elif " " in text[19:]:
        # An unescaped + of an offset arrives as a space (form encoding).
        text = text[:19] + text[19:].replace(" ", "+")
    return _DATETIME(text)  # type: ignore[no-any-return]


def _uuid(text: str) -> uuid.UUID:
    # uuid.UUID also reads braces, urn: and missing dashes; the wire has one form.
    if len(text) == 36 and text.count("-") == 4:
        found = uuid.UUID(text)
        if str(found) == text.lower():
            return found
    raise ValueError("must be a UUID like 0189c3f1-8a3b-7c44-9d2e-0123456789ab")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64 (RFC 4648, section 4)") from None


_DATETIME = _parsed(temporal.parse_timestamp)
_DATE: Callable[[Any], date] = _parsed(temporal.parse_date)
_TIME: Callable[[Any], time] = _parsed(temporal.parse_time)
_DURATION: Callable[[Any], timedelta] = _parsed(temporal.parse_duration)
_UUID, _BYTES = _parsed(_uuid), _parsed(_bytes)

_SCALARS: Mapping[str, tuple[Read, Callable[[str], Any]]] = {
    "id": (_string, _string),
    "string": (_string, _string),
    "integer": (lambda v: _integer(v, *_INT32), lambda t: _integer_text(t, *_INT32)),
    "bigint": (lambda v: _integer(v, *_INT64), lambda t: _integer_text(t, *_INT64)),
    "float": (_float, lambda text: _float(_number(text))),
    "boolean": (_boolean, _boolean_text),
    "datetime": (_DATETIME, _datetime_text),
    "date": (_DATE, _DATE),
    "time": (_TIME, _TIME),
    "duration": (_DURATION, _DURATION),
    "uuid": (_UUID, _UUID),
    "bytes": (_BYTES, _BYTES),
    "json": (plain, _json_text(plain)),
}
