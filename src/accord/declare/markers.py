"""Room: declare. Marks for `Annotated[...]`: constraints, formats, words, and what to load."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from accord.contract import types

Number = int | float | Decimal


@dataclass(frozen=True)
class MinLen:
    """At least so many characters, or items of a list."""

    min_length: int


@dataclass(frozen=True)
class MaxLen:
    """At most so many characters, or items of a list: `Annotated[str, MaxLen(500)]`."""

    max_length: int


@dataclass(frozen=True)
class Pattern:
    """The text matches a regular expression somewhere; anchor it by `^` and `$`."""

    pattern: str


@dataclass(frozen=True)
class Format:
    """The text is of a known form: `email`, `uri`, `hostname`, `ipv4`, `ipv6`."""

    format: str


@dataclass(frozen=True)
class Ge:
    """Not less than the bound."""

    ge: Number


@dataclass(frozen=True)
class Gt:
    """Greater than the bound."""

    gt: Number


@dataclass(frozen=True)
class Le:
    """Not greater than the bound."""

    le: Number


@dataclass(frozen=True)
class Lt:
    """Less than the bound."""

    lt: Number


@dataclass(frozen=True)
class Doc:
    """A sentence for the documentation of a field or an argument."""

    doc: str


class Load:
    """What an action needs loaded with its row: `Annotated[Order, Load(Order.items)]`.

    Several attributes are one path (`Load(Order.items, OrderItem.product)`); several marks are
    several paths.
    """

    def __init__(self, *path: InstrumentedAttribute[Any]) -> None:
        self.path = path

    def option(self) -> Any:
        """The SQLAlchemy loader option."""
        option = selectinload(self.path[0])
        for step in self.path[1:]:
            option = option.selectinload(step)
        return option


# What marks of any library are called; ours, annotated_types' and msgspec.Meta agree on these.
_TEXT = {"min_length": "min_length", "max_length": "max_length"}
_LIST = {"min_length": "min_items", "max_length": "max_items"}
_BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusive_minimum",
    "lt": "exclusive_maximum",
}
_WORDS = ("doc", "description", "documentation")


def constraints(
    metadata: Iterable[object], start: types.Constraints, *, array: bool = False
) -> types.Constraints:
    """The start's constraints, narrowed by the marks found in the metadata.

    Raises:
        ValueError: a pattern is no regular expression.
    """
    found: dict[str, Any] = {}
    for mark in metadata:
        for attribute, name in (_LIST if array else _TEXT).items():
            number = getattr(mark, attribute, None)
            if isinstance(number, int):
                found[name] = number
        for attribute, name in _BOUNDS.items():
            bound = getattr(mark, attribute, None)
            if isinstance(bound, int | float | Decimal) and not isinstance(bound, bool):
                found[name] = str(bound)
        for name in ("pattern", "format"):
            text = getattr(mark, name, None)
            if isinstance(text, str):
                found[name] = text
    if "pattern" in found:
        try:
            re.compile(found["pattern"])
        except re.error as error:
            raise ValueError(f"{found['pattern']!r} is no regular expression: {error}") from error
    return msgspec.structs.replace(start, **found) if found else start


def words(metadata: Iterable[object]) -> str:
    """The documentation among the metadata, the last word winning; '' when there is none."""
    doc = ""
    for mark in metadata:
        for name in _WORDS:
            text = getattr(mark, name, None)
            if isinstance(text, str) and not isinstance(mark, str):
                doc = text
    return doc
