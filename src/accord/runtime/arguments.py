"""Room: runtime. Reads the arguments of actions and queries as the Python types they declare."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec

from accord.binding import binding, codec
from accord.contract import operation


class Reader(msgspec.Struct, frozen=True):
    """How one argument is read from JSON and from the text of a query."""

    spec: operation.Argument
    from_json: Callable[[Any], Any]
    from_text: Callable[[str], Any]


def readers(each: binding.OperationBinding, codecs: codec.Codecs) -> Mapping[str, Reader]:
    """The readers of an operation's arguments, by wire name."""
    return {spec.name: _reader(spec, each.argument_types, codecs) for spec in each.spec.arguments}


def _reader(spec: operation.Argument, declared: Mapping[str, Any], codecs: codec.Codecs) -> Reader:
    found = codecs.strict(spec.type)
    convert = _converter(spec, declared.get(spec.name))
    if convert is None:
        return Reader(spec, found.from_json, found.from_text)
    return Reader(
        spec,
        lambda value: convert(found.from_json(value)),
        lambda text: convert(found.from_text(text)),
    )


def _converter(spec: operation.Argument, declared: Any) -> Callable[[Any], Any] | None:
    """From a validated wire value to the class the callable asks for, where they differ."""
    if declared is None:
        return None
    # `Status | None` and `Annotated[Status, …]` are Status once the value is there.
    inner = [part for part in get_args(declared) if isinstance(part, type)]
    enums = [part for part in (declared, *inner) if _is_enum(part)]
    if spec.type.kind == "enum" and enums:
        return _members(enums[0])
    kind = spec.type.items.kind if spec.type.kind == "array" and spec.type.items else spec.type.kind
    if kind not in {"object", "enum"}:
        return None

    def convert(value: Any) -> Any:
        try:
            return msgspec.convert(value, declared, strict=False)
        except msgspec.ValidationError as fault:
            raise codec.Invalid("INVALID_FORMAT", f"cannot be read: {fault}") from None

    return convert


def _is_enum(declared: Any) -> bool:
    return isinstance(declared, type) and issubclass(declared, enum.Enum)


def _members(declared: type[enum.Enum]) -> Callable[[str], enum.Enum]:
    # A wire name is a member's value or its name, as declared; both are tried, in either case.
    known = {str(each.name).lower(): each for each in declared}
    known |= {str(each.name): each for each in declared}
    known |= {str(each.value): each for each in declared}
    return lambda name: known[name]
