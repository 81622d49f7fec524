"""Room: declare. SQL column types as types of the contract, with the constraints they imply."""

from __future__ import annotations

import inspect
import sys
from typing import Any, get_args, get_origin

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from accord.contract import types
from accord.declare import markers, naming, shapes

_INTEGERS: tuple[tuple[type[sa.types.TypeEngine[Any]], types.Kind, int], ...] = (
    (sa.SmallInteger, "integer", 15),
    (sa.BigInteger, "bigint", 63),
    (sa.Integer, "integer", 31),
)
_PLAIN: tuple[tuple[type[Any], types.Kind], ...] = (
    (sa.Boolean, "boolean"),
    (sa.DateTime, "datetime"),
    (sa.Date, "date"),
    (sa.Time, "time"),
    (sa.Interval, "duration"),
    (sa.types.Uuid, "uuid"),
    (sa.types._Binary, "bytes"),
    (sa.JSON, "json"),
)


def sql_form(
    sql: sa.types.TypeEngine[Any], found: shapes.Shapes, name: str, hint: Any = None
) -> types.Type:
    """The wire form of a column's type; the model's annotation says what a JSON column holds.

    Raises:
        Unreadable: the type has no wire form.
    """
    if isinstance(sql, sa.PickleType):
        raise shapes.Unreadable("a pickled column has no wire form")
    sql = undecorated(sql)
    if isinstance(sql, sa.Enum):
        return _enum(sql, found, name)
    if isinstance(sql, sa.ARRAY):
        item = sql_form(sql.item_type, found, name)
        for _ in range((sql.dimensions or 1) - 1):
            item = types.Type("array", items=item)
        return types.Type("array", items=item)
    for kind, wire, bits in _INTEGERS:
        if isinstance(sql, kind):
            bounds = types.Constraints(minimum=str(-(2**bits)), maximum=str(2**bits - 1))
            return types.Type(wire, constraints=bounds)
    if isinstance(sql, sa.Float):
        return types.Type("float")
    if isinstance(sql, sa.Numeric):
        return _numeric(sql)
    for plain, wire in _PLAIN:
        if isinstance(sql, plain):
            return _json(found, name, hint) if wire == "json" else types.Type(wire)
    if isinstance(sql, sa.String):
        return types.Type("string", constraints=types.Constraints(max_length=sql.length))
    return _by_python(sql)


def undecorated(sql: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """The type below all TypeDecorators: what the database knows."""
    # SQLAlchemy's own Interval is a decorator too, of a timestamp where there are no intervals.
    while isinstance(sql, sa.types.TypeDecorator) and not isinstance(sql, sa.Interval):
        sql = sql.impl_instance
    return sql


def _numeric(sql: sa.Numeric[Any]) -> types.Type:
    if not sql.asdecimal:
        return types.Type("float")
    return types.Type("decimal", precision=sql.precision, scale=sql.scale)


def _enum(sql: sa.Enum, found: shapes.Shapes, name: str) -> types.Type:
    kind: Any = sql.enum_class
    if isinstance(kind, type):
        return found.enum_class(kind, sql.enums)
    # Without a class, or with a Literal in its place, the type's own name says what the list is.
    given = naming.pascal(sql.name) if sql.name and kind is None else name
    return found.enum(given, sql.enums, sql.enums, owner=tuple(sql.enums))


def _json(found: shapes.Shapes, name: str, hint: Any) -> types.Type:
    if hint is None:
        return types.Type("json")
    try:
        read = found.read(hint, name).type
    except shapes.Unreadable:
        return types.Type("json")
    return read if read.kind in ("object", "array") else types.Type("json")


def _by_python(sql: sa.types.TypeEngine[Any]) -> types.Type:
    module = type(sql).__module__
    if type(sql).__name__ in ("INET", "CIDR", "MACADDR", "MACADDR8", "OID", "BIT"):
        return types.Type("string")
    if type(sql).__name__ == "HSTORE":
        return types.Type("json")
    try:
        kind = shapes.SCALARS.get(sql.python_type)
    except NotImplementedError:
        kind = None
    if kind is None:
        raise shapes.Unreadable(f"the column type {module}.{type(sql).__name__} has no wire form")
    return types.Type(kind)


def hint_of(model: type[Any], key: str) -> Any:
    """What stands in the `Mapped[...]` of a model's attribute, Annotated and all, or None."""
    for owner in model.__mro__:
        hint = inspect.get_annotations(owner).get(key)
        if hint is None:
            continue
        if isinstance(hint, str):
            names = dict(vars(sys.modules[owner.__module__]))
            try:
                # SQLAlchemy evaluates the same text of the same trusted class when it maps it.
                hint = eval(hint, names, dict(vars(owner)))  # noqa: S307
            except (NameError, AttributeError, TypeError, SyntaxError):
                return None
        origin: Any = get_origin(hint)
        if isinstance(origin, type) and issubclass(origin, Mapped):
            return get_args(hint)[0]
        return hint
    return None


def narrowed(kind: types.Type, metadata: list[object]) -> types.Type:
    """The type with the constraints its annotation's marks add.

    Raises:
        Unreadable: a pattern is no regular expression.
    """
    try:
        found = markers.constraints(metadata, kind.constraints, array=kind.kind == "array")
    except ValueError as error:
        raise shapes.Unreadable(str(error)) from error
    return msgspec.structs.replace(kind, constraints=found)
