"""Room: declare. Python annotations and enum columns as types of the contract."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import types as python_types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec

from accord.contract import types
from accord.declare import markers, naming

SCALARS: dict[Any, types.Kind] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "float",
    Decimal: "decimal",
    datetime: "datetime",
    date: "date",
    time: "time",
    timedelta: "duration",
    UUID: "uuid",
    bytes: "bytes",
    dict: "json",
    object: "json",
    Any: "json",
}
_LISTS = (list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Collection)
_MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


class Unreadable(Exception):
    """An annotation or type without a wire form; the message says which and why."""


@dataclasses.dataclass(frozen=True)
class Reading:
    """What an annotation says: its type, whether null is allowed, words of documentation."""

    type: types.Type
    nullable: bool = False
    doc: str = ""


class Shapes:
    """The enums and objects of one API, each entered once under its name."""

    def __init__(self) -> None:
        self.enums: dict[str, types.EnumType] = {}
        self.objects: dict[str, types.ObjectType | None] = {}
        self._owners: dict[str, object] = {}

    def read(self, hint: Any, name: str) -> Reading:
        """The wire form of an annotation; `name` is for enums that have none, as in Literal.

        Raises:
            Unreadable: the annotation has no wire form.
        """
        hint, metadata, nullable = unwrap(hint)
        array = get_origin(hint) in _LISTS
        bare = self._bare(hint, name)
        try:
            narrowed = markers.constraints(metadata, bare.constraints, array=array)
        except ValueError as error:
            raise Unreadable(str(error)) from error
        return Reading(
            msgspec.structs.replace(bare, constraints=narrowed), nullable, markers.words(metadata)
        )

    def _bare(self, hint: Any, name: str) -> types.Type:
        origin = get_origin(hint)
        if hint in _LISTS:
            raise Unreadable(f"{_spell(hint)} does not say what it holds")
        if origin is Literal:
            values = get_args(hint)
            if not all(isinstance(value, str) for value in values):
                raise Unreadable("a Literal on the wire takes strings only")
            return self.enum(name, values, values, owner=values)
        if origin in _LISTS:
            items = [item for item in get_args(hint) if item is not ...]
            if len(set(items)) != 1:
                raise Unreadable(f"{_spell(hint)} must hold values of one type")
            return types.Type("array", items=self.read(items[0], name).type)
        if origin in _MAPS:
            return types.Type("json")
        if origin is Union or origin is python_types.UnionType:
            raise Unreadable(f"{_spell(hint)} may be several types; on the wire it must be one")
        if hint in SCALARS:
            return types.Type(SCALARS[hint])
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return self.enum_class(hint)
        if _is_structure(hint):
            return self.structure(hint)
        raise Unreadable(f"{_spell(hint)} has no wire form")

    def enum_class(self, kind: type[enum.Enum], stored: Sequence[str] | None = None) -> types.Type:
        """An enum class; its wire names are what the database stores, else its text values."""
        members = list(kind)
        known = self.enums.get(kind.__name__)
        if stored is None and known is not None and self._owners[kind.__name__] is kind:
            return types.Type("enum", ref=kind.__name__)
        if stored is None:
            texts = all(isinstance(member.value, str) for member in members)
            stored = [str(member.value if texts else member.name) for member in members]
        doc = (kind.__doc__ or "").strip()
        return self.enum(
            kind.__name__, stored, [member.name for member in members], owner=kind, doc=doc
        )

    def enum(
        self,
        name: str,
        values: Sequence[str],
        graphql: Sequence[str],
        *,
        owner: object,
        doc: str = "",
    ) -> types.Type:
        """Enter a closed list of names; Unreadable when the name means something else already."""
        made = types.EnumType(
            name,
            tuple(
                types.EnumValue(str(value), naming.upper(spelling), number)
                for number, (value, spelling) in enumerate(zip(values, graphql, strict=True), 1)
            ),
            "" if doc == "An enumeration." else doc,
        )
        if len({value.graphql for value in made.values}) != len(made.values):
            raise Unreadable(f"two members of the enum {name} have one GraphQL spelling")
        if self._owners.setdefault(name, owner) != owner or self.enums.get(name, made) != made:
            raise Unreadable(f"another class called {name} is an enum or object of this API too")
        self.enums[name] = made
        return types.Type("enum", ref=name)

    def structure(self, kind: Any) -> types.Type:
        """A msgspec Struct, dataclass or TypedDict as an object type."""
        name = kind.__name__
        if self._owners.setdefault(name, kind) is not kind:
            raise Unreadable(f"another class called {name} is an enum or object of this API too")
        if name not in self.objects:
            self.objects[name] = None  # entered before its fields, which may speak of it
            fields = [
                self._member(name, number, member)
                for number, member in enumerate(_members(kind), 1)
            ]
            doc = (kind.__doc__ or "").strip()
            # A dataclass without a docstring gets its signature as one.
            doc = "" if doc.startswith(f"{name}(") or doc == dict.__doc__ else doc
            self.objects[name] = types.ObjectType(name, tuple(fields), doc)
        return types.Type("object", ref=name)

    def _member(self, owner: str, number: int, member: _Member) -> types.ObjectField:
        reading = self.read(member.hint, owner + naming.pascal(member.name))
        return types.ObjectField(
            member.name,
            naming.camel(member.name),
            number,
            reading.type,
            required=member.required,
            nullable=reading.nullable,
            doc=reading.doc,
        )


@dataclasses.dataclass(frozen=True)
class _Member:
    name: str
    hint: Any
    required: bool


def _members(kind: Any) -> list[_Member]:
    try:
        hints = typing.get_type_hints(kind, include_extras=True)
    except NameError as error:
        raise Unreadable(f"{kind.__name__}: {error}; define it at module level") from error
    if typing.is_typeddict(kind):
        optional: frozenset[str] = kind.__optional_keys__
        return [_Member(name, hint, name not in optional) for name, hint in hints.items()]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [
            _Member(field.encode_name, hints[field.name], field.required)
            for field in msgspec.structs.fields(kind)
        ]
    return [
        _Member(
            field.name,
            hints[field.name],
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
    ]


def _is_structure(hint: Any) -> bool:
    return isinstance(hint, type) and (
        issubclass(hint, msgspec.Struct)
        or dataclasses.is_dataclass(hint)
        or typing.is_typeddict(hint)
    )


def unwrap(hint: Any) -> tuple[Any, list[object], bool]:
    """The hint without Annotated, Required, NewType and `| None`, with what they said."""
    metadata: list[object] = []
    nullable = False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            metadata[:0] = hint.__metadata__
            hint = hint.__origin__
        elif origin in (typing.Required, typing.NotRequired, typing.Final):
            hint = get_args(hint)[0]
        elif origin is Union or origin is python_types.UnionType:
            rest = [each for each in get_args(hint) if each not in (type(None), msgspec.UnsetType)]
            nullable = nullable or type(None) in get_args(hint)
            if len(rest) != 1:
                return hint, metadata, nullable
            hint = rest[0]
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        else:
            return hint, metadata, nullable


def _spell(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)


def plain(hint: Any) -> Any:
    """The annotation without our marks, as msgspec converts to it."""
    bare, _, nullable = unwrap(hint)
    return bare | None if nullable and bare is not Any else bare


def enum_members(kind: type[enum.Enum], made: types.EnumType) -> Mapping[str, enum.Enum]:
    """The members of an enum class by their wire names."""
    return {value.name: member for value, member in zip(made.values, kind, strict=True)}
