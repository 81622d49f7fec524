"""Room: declare. A resource while it is being compiled, and the desk it lies on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from accord.binding import binding
from accord.contract import resource as contract_resource
from accord.declare import members, mistakes, shapes
from accord.declare import resource as resources
from accord.kernel import errors, problem


@dataclass(eq=False)
class Draft:
    """One resource class and what has been made of it so far.

    `names` are the wire names of the columns exposed; `hidden` the fields no caller knows of,
    which defaults, hooks and checks may speak of all the same.
    """

    declared: type[resources.Resource[Any]]
    model: type[Any]
    mapper: orm.Mapper[Any]
    table: sa.Table
    name: str
    singular: str
    type_name: str
    graphql_plural: str
    key: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)
    renamed: dict[object, str] = field(default_factory=dict)
    fields: dict[str, binding.FieldBinding] = field(default_factory=dict)
    names: dict[sa.Column[Any], str] = field(default_factory=dict)
    hidden: dict[str, binding.FieldBinding] = field(default_factory=dict)
    relations: dict[str, binding.RelationBinding] = field(default_factory=dict)
    filters: tuple[contract_resource.Filter, ...] = ()
    params: dict[str, binding.ParamBinding] = field(default_factory=dict)
    sorts: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    order: tuple[contract_resource.Order, ...] = ()
    rules: tuple[binding.RuleBinding, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)
    checks: tuple[binding.Check, ...] = ()
    hooks: tuple[binding.Hook, ...] = ()
    constraints: dict[str, tuple[str, ...]] = field(default_factory=dict)
    version: sa.Column[Any] | None = None
    modified: str | None = None
    deleted: sa.Column[Any] | None = None
    session_writes: str = ""

    def where(self, attribute: str = "") -> str:
        """Where a mistake stands: `class Orders, attribute filters`."""
        place = f"class {self.declared.__name__}"
        return f"{place}, attribute {attribute}" if attribute else place

    def get(self, attribute: str) -> Any:
        """What the class, or Resource, says of an attribute."""
        return getattr(self.declared, attribute)


@dataclass(eq=False)
class Desk:
    """Everything that lies open while one API is compiled."""

    mistakes: mistakes.Mistakes = field(default_factory=mistakes.Mistakes)
    shapes: shapes.Shapes = field(default_factory=shapes.Shapes)
    drafts: list[Draft] = field(default_factory=list)
    operations: dict[str, binding.OperationBinding] = field(default_factory=dict)
    errors: dict[str, errors.ErrorRow] = field(default_factory=dict)

    def of_model(self, model: type[Any]) -> list[Draft]:
        """The drafts of resources that expose a model."""
        return [draft for draft in self.drafts if draft.model is model]

    def named(self, name: str) -> Draft | None:
        """The draft of that wire name."""
        return next((draft for draft in self.drafts if draft.name == name), None)

    def wrong(self, draft: Draft, attribute: str, what: str, fix: str) -> None:
        """Note a mistake in an attribute of a resource class."""
        self.mistakes.add(draft.where(attribute), what, fix)

    def permissions(self, draft: Draft) -> tuple[str, ...]:
        """What access rules of a resource may speak of, in the operations' order."""
        mine = [
            bound.spec.permission
            for bound in self.operations.values()
            if bound.spec.resource == draft.name
        ]
        return tuple(dict.fromkeys(mine))


def spell(reference: object) -> str:
    """A reference as it was written: `Order.total`, `'total'`."""
    if isinstance(reference, orm.QueryableAttribute):
        return f"{reference.class_.__name__}.{reference.key}"
    if isinstance(reference, members.Computed):
        return "computed(…)"
    if isinstance(reference, list | tuple):
        return f"[{', '.join(spell(each) for each in reference)}]"
    return repr(reference)


def items_of(desk: Desk, draft: Draft, attribute: str) -> Sequence[Any]:
    """The items of a list attribute; a mistake, and nothing, when it is no list."""
    given = draft.get(attribute)
    if given is None:
        return ()
    if isinstance(given, list | tuple):
        return given
    if members.declared(given) is not None:
        return ()  # a method in an attribute's place, which is told elsewhere
    desk.wrong(
        draft,
        attribute,
        f"{spell(given)} is not a list",
        f"write {attribute} = [{spell(given)}]",
    )
    return ()


def mapping_of(desk: Desk, draft: Draft, attribute: str) -> Mapping[Any, Any]:
    """The entries of a dict attribute; a mistake, and nothing, when it is no dict."""
    given = draft.get(attribute)
    if isinstance(given, dict | MappingProxyType):
        return given
    desk.wrong(draft, attribute, f"{spell(given)} is not a dict", f"write {attribute} = {{…: …}}")
    return {}


def column_of(desk: Desk, draft: Draft, attribute: str, reference: Any) -> sa.Column[Any] | None:
    """The column of the model that a reference names, exposed or not; a mistake when none."""
    if isinstance(reference, str):
        return _column_named(desk, draft, attribute, reference)
    if not isinstance(reference, orm.QueryableAttribute):
        what = f"{spell(reference)} is not a column of {draft.model.__name__}"
        desk.wrong(draft, attribute, what, _like(draft))
        return None
    owner: Any = reference.class_
    if not issubclass(draft.model, owner):
        what = f"{spell(reference)} is a column of another model, not of {draft.model.__name__}"
        desk.wrong(draft, attribute, what, _like(draft))
        return None
    found = getattr(reference, "property", None)
    if isinstance(found, orm.ColumnProperty) and isinstance(found.columns[0], sa.Column):
        return found.columns[0]
    kind = "a relationship" if isinstance(found, orm.RelationshipProperty) else "no column"
    desk.wrong(draft, attribute, f"{spell(reference)} is {kind}", _like(draft))
    return None


def _column_named(desk: Desk, draft: Draft, attribute: str, name: str) -> sa.Column[Any] | None:
    for column, known in draft.names.items():
        if known == name:
            return column
    found = draft.table.columns.get(name)
    if found is None:
        allowed = sorted({*draft.names.values(), *draft.table.columns.keys()})
        what = f"{draft.model.__name__} has no column {name!r}"
        desk.wrong(draft, attribute, what, problem.suggest(name, allowed))
    return found


def field_of(
    desk: Desk, draft: Draft, attribute: str, reference: Any, *, hidden: bool = False
) -> str | None:
    """The wire name of an exposed field, or a hidden one too; a mistake when there is none."""
    if isinstance(reference, members.Computed):
        for name, member in draft.members.items():
            if member is reference:
                return reference.name or name
        desk.wrong(
            draft,
            attribute,
            "a computed field stands there that has no name",
            "give it a name in the class first: total_price = computed(…)",
        )
        return None
    if isinstance(reference, str):
        if reference in draft.fields or (hidden and reference in draft.hidden):
            return reference
        what = f"{draft.name} has no field {reference!r}"
        desk.wrong(draft, attribute, what, problem.suggest(reference, draft.fields))
        return None
    if _is_expression(draft, reference):
        return next(
            name
            for name, bound in draft.fields.items()
            if bound.expression is reference.property.columns[0]
        )
    column = column_of(desk, draft, attribute, reference)
    if column is None:
        return None
    if column not in draft.names:
        for name, bound in draft.hidden.items() if hidden else ():
            if bound.column is column:
                return name
        desk.wrong(
            draft,
            attribute,
            f"{spell(reference)} is not exposed",
            "take it out of hidden, or add it to fields",
        )
        return None
    return draft.names[column]


def fields_of(desk: Desk, draft: Draft, attribute: str) -> list[str]:
    """The wire names of all fields a list attribute names, without the mistaken ones."""
    found = [field_of(desk, draft, attribute, each) for each in items_of(desk, draft, attribute)]
    return [name for name in found if name is not None]


def _is_expression(draft: Draft, reference: Any) -> bool:
    found = getattr(reference, "property", None)
    return isinstance(found, orm.ColumnProperty) and any(
        bound.expression is found.columns[0] for bound in draft.fields.values()
    )


def _like(draft: Draft) -> str:
    keys = list(draft.mapper.column_attrs.keys())
    return f"name a column of {draft.model.__name__}, such as {draft.model.__name__}.{keys[-1]}"


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values without repetition, sorted: a set of the contract."""
    return tuple(sorted(set(values)))
