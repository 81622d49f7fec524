"""Room: declare. Resource, the class whose attributes say what of a model is exposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar, get_args, get_origin

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from accord.contract import resource
from accord.declare import access, paths

M = TypeVar("M")
Generated = Literal["list", "get", "create", "replace", "update", "delete", "related"]
GENERATED: tuple[Generated, ...] = (
    "list",
    "get",
    "create",
    "replace",
    "update",
    "delete",
    "related",
)
Key = QueryableAttribute[Any] | str


class Caller(Protocol):
    """Who is calling, as actions and hooks see it; `id` is None for anonymous callers."""

    @property
    def id(self) -> str | None: ...

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def tenant(self) -> str | None: ...

    @property
    def claims(self) -> Mapping[str, Any]: ...


class Context(Protocol):
    """What the runtime hands to an action or a hook."""

    @property
    def session(self) -> AsyncSession: ...

    @property
    def caller(self) -> Caller: ...

    @property
    def now(self) -> datetime: ...

    def emit(self, event: str, payload: Any = None) -> None: ...


class Resource(Generic[M]):
    """What of a model is exposed; subclass it as `class Orders(Resource[Order])`.

    Nothing is allowed until `access` allows it. Everything else has a default: all columns are
    fields under their columns' names, all relationships to models with a resource are relations.
    """

    name: ClassVar[str | None] = None
    """The wire name and path; the class's name in plural kebab-case by default."""
    type_name: ClassVar[str | None] = None
    """The GraphQL type and protobuf message; the class's name in the singular by default."""

    fields: ClassVar[Sequence[Key] | None] = None
    """The columns exposed, in order; all by default, only the key when the list is empty."""
    hidden: ClassVar[Sequence[Key]] = ()
    """Columns and relationships no caller ever sees or sets."""
    read_only: ClassVar[Sequence[Key]] = ()
    """Fields no caller sets."""
    immutable: ClassVar[Sequence[Key]] = ()
    """Fields a caller sets at create only."""
    write_only: ClassVar[Sequence[Key]] = ()
    """Fields a caller sets and nobody reads, such as secrets; never echoed."""
    sensitive: ClassVar[Sequence[Key]] = ()
    """Fields whose values are never echoed in errors nor logged."""
    rename: ClassVar[Mapping[Key, str]] = {}
    """Wire names other than the columns' and relationships'."""

    relations: ClassVar[Sequence[QueryableAttribute[Any] | paths.RelationOptions | str] | None] = (
        None
    )
    """The relationships exposed, in order; all whose model has a resource by default."""
    nested: ClassVar[Sequence[Key]] = ()
    """To-many relations whose rows may be created with their parent, in one body."""
    links: ClassVar[Sequence[Key]] = ()
    """Many-to-many relations that a caller may set by ids."""

    filters: ClassVar[Sequence[paths.Attribute | paths.Only]] = ()
    """What may be compared, with all operators of its type: `Order.total`, `via(…)`, `only(…)`."""
    params: ClassVar[Mapping[str, sa.ColumnElement[bool] | access.Choices]] = {}
    """Named conditions on one given value: `{"created_after": Order.created_at >= value(datetime)}`."""
    sorts: ClassVar[paths.Attributes] = ()
    """What rows may be sorted by; the key always may."""
    search: ClassVar[Sequence[Key]] = ()
    """Text fields that `search=` looks into."""
    order: ClassVar[Sequence[sa.SQLColumnExpression[Any] | QueryableAttribute[Any] | str]] = ()
    """The order of a list when none is asked for: `[Order.created_at.desc()]`; else by key."""

    access: ClassVar[Sequence[access.Grant]] = ()
    """Who may do what; nothing is allowed by default and `deny` wins."""
    defaults: ClassVar[Mapping[QueryableAttribute[Any], Any]] = {}
    """Values for a create that gives none: a constant, a callable, or `caller.id`."""
    operations: ClassVar[Sequence[Generated]] = GENERATED
    """The generated operations that exist at all."""
    limits: ClassVar[resource.Limits] = resource.Limits()
    """What of the API's limits is narrowed: `Limits(page_max=50)`."""

    soft_delete: ClassVar[QueryableAttribute[Any] | None] = None
    """The nullable timestamp that a delete sets instead of removing the row."""
    version: ClassVar[QueryableAttribute[Any] | None] = None
    """The row version; the mapper's `version_id_col` by default."""
    modified: ClassVar[QueryableAttribute[Any] | None] = None
    """What `Last-Modified` is made of; a column named updated_at by default."""
    require_conditions: ClassVar[bool] = False
    """Changes must bring `If-Match`, else 428."""

    _context: Context

    @property
    def session(self) -> AsyncSession:
        """The session of the operation's one transaction."""
        return self._context.session

    @property
    def caller(self) -> Caller:
        """Who is calling."""
        return self._context.caller

    @property
    def now(self) -> datetime:
        """The time of the call, aware, in UTC."""
        return self._context.now

    def emit(self, event: str, payload: Any = None) -> None:
        """Record an event in the operation's transaction; it is published only if that commits."""
        self._context.emit(event, payload)


VOCABULARY = frozenset(Resource.__annotations__) - {"_context"}
"""The attributes a resource class may set."""
OFFERED = frozenset({"session", "caller", "now", "emit"})
"""What an instance offers to actions and hooks, which no attribute may hide."""


def make(declared: type[Resource[Any]], context: Any) -> Resource[Any]:
    """A fresh resource object for one run of an action, a hook or a check."""
    instance = declared.__new__(declared)
    instance._context = context
    return instance


def model_of(declared: type) -> Any:
    """The model in `Resource[Model]`, through inherited bases; None when there is none."""
    for each in declared.__mro__:
        for base in getattr(each, "__orig_bases__", ()):
            origin = get_origin(base)
            if isinstance(origin, type) and issubclass(origin, Resource):
                for argument in get_args(base):
                    if not isinstance(argument, TypeVar):
                        return argument
    return None


def members_of(declared: type) -> dict[str, Any]:
    """The class's own and inherited attributes below Resource, in the order of definition."""
    found: dict[str, Any] = {}
    for each in reversed(declared.__mro__):
        if each is not object and each is not Resource and each is not Generic:
            found.update(each.__dict__)
    return {name: value for name, value in found.items() if not name.startswith("_")}
