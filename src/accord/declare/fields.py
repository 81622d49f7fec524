"""Room: declare. A model's columns and a class's computed members as fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.sql import elements as sa_elements

from accord.binding import binding
from accord.contract import resource, types
from accord.declare import calling, columns, conditions, markers, members, naming, shapes
from accord.declare import draft as drafts

NAME_FORM = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass
class _Marks:
    """The columns each list attribute names."""

    hidden: set[sa.Column[Any]]
    read_only: set[sa.Column[Any]]
    immutable: set[sa.Column[Any]]
    write_only: set[sa.Column[Any]]
    sensitive: set[sa.Column[Any]]
    defaults: set[sa.Column[Any]]


def compile_fields(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """Fill the draft's fields: the key first, columns in order, then computed ones."""
    _renames(desk, draft)
    marks = _marks(desk, draft)
    attributes: dict[Any, orm.ColumnProperty[Any]] = {
        prop.columns[0]: prop for prop in draft.mapper.column_attrs
    }
    key: Any = draft.mapper.primary_key[0]
    for column in _exposed(desk, draft, marks, attributes):
        bound = _field(desk, draft, attributes[column], marks)
        if bound is not None:
            draft.names[column] = bound.spec.name
            _enter(desk, draft, bound)
    draft.key = draft.names.get(key, "")
    for expression, prop in attributes.items():
        if not isinstance(expression, sa.Column):
            _enter_sql(desk, draft, prop.key, expression, prop.doc or "")
    for name, member in draft.members.items():
        if isinstance(member, members.Computed):
            _enter_computed(desk, draft, name, member)
    for column, prop in attributes.items():
        if isinstance(column, sa.Column) and column not in draft.names:
            _hide(draft, prop)


def _hide(draft: drafts.Draft, prop: orm.ColumnProperty[Any]) -> None:
    """Keep a column out of the contract but within reach of defaults, hooks and checks."""
    column: Any = prop.columns[0]
    try:
        shape = _identified(column, columns.sql_form(column.type, shapes.Shapes(), "Hidden"))
    except shapes.Unreadable:
        shape = types.Type("json")
    spec = resource.Field(
        str(column.name),
        naming.camel(column.name),
        0,
        shape,
        nullable=bool(column.nullable),
        write="never",
        read=False,
        sensitive=True,
        default=_has_default(column),
    )
    if str(column.name) not in draft.fields:
        draft.hidden[str(column.name)] = binding.FieldBinding(spec, column=column)


def _renames(desk: drafts.Desk, draft: drafts.Draft) -> None:
    for reference, name in drafts.mapping_of(desk, draft, "rename").items():
        found: Any = getattr(reference, "property", None)
        if isinstance(found, orm.RelationshipProperty):
            draft.renamed[found.key] = name
        else:
            column = drafts.column_of(desk, draft, "rename", reference)
            if column is not None:
                draft.renamed[column] = name


def _marks(desk: drafts.Desk, draft: drafts.Draft) -> _Marks:
    def named(attribute: str) -> set[sa.Column[Any]]:
        items = (
            list(drafts.mapping_of(desk, draft, attribute))
            if attribute == "defaults"
            else drafts.items_of(desk, draft, attribute)
        )
        found = {
            drafts.column_of(desk, draft, attribute, each)
            for each in items
            if not isinstance(getattr(each, "property", None), orm.RelationshipProperty)
            and not (isinstance(each, str) and each in draft.mapper.relationships)
        }
        return {column for column in found if column is not None}

    attributes = ("hidden", "read_only", "immutable", "write_only", "sensitive", "defaults")
    return _Marks(*(named(each) for each in attributes))


def _exposed(
    desk: drafts.Desk, draft: drafts.Draft, marks: _Marks, attributes: dict[Any, Any]
) -> list[sa.Column[Any]]:
    key: Any = draft.mapper.primary_key[0]
    wanted: list[Any] = [each for each in draft.table.columns if each in attributes]
    chosen = [
        drafts.column_of(desk, draft, "fields", each)
        for each in drafts.items_of(desk, draft, "fields")
    ]
    if draft.get("fields") is not None:
        wanted = [column for column in chosen if column is not None]
    if key in marks.hidden:
        desk.wrong(
            draft,
            "hidden",
            "the key cannot be hidden: rows are addressed by it",
            "take it out of hidden",
        )
    rest = [each for each in wanted if each is not key and each not in marks.hidden]
    return [key, *dict.fromkeys(rest)]


def _enter(desk: drafts.Desk, draft: drafts.Draft, bound: binding.FieldBinding) -> None:
    name = bound.spec.name
    if not NAME_FORM.fullmatch(name):
        desk.wrong(
            draft,
            "rename",
            f"{name!r} cannot be the name of a field",
            "rename it to letters, digits and underscores, a letter first",
        )
    for other in draft.fields.values():
        if other.spec.name == name or other.spec.graphql == bound.spec.graphql:
            desk.wrong(
                draft,
                "rename",
                f"two fields would be called {name} ({bound.spec.graphql} in GraphQL)",
                "rename one of them",
            )
    draft.fields[name] = bound


def _field(
    desk: drafts.Desk, draft: drafts.Draft, prop: orm.ColumnProperty[Any], marks: _Marks
) -> binding.FieldBinding | None:
    column: Any = prop.columns[0]
    name = draft.renamed.get(column, str(column.name))
    hint = columns.hint_of(draft.model, prop.key)
    metadata = shapes.unwrap(hint)[1]
    try:
        shape = columns.sql_form(
            column.type, desk.shapes, draft.type_name + naming.pascal(name), hint
        )
        shape = columns.narrowed(_identified(column, shape), metadata)
    except shapes.Unreadable as error:
        desk.wrong(
            draft,
            "fields",
            f"{draft.model.__name__}.{prop.key}: {error}",
            f"hide it: hidden = [{draft.model.__name__}.{prop.key}]",
        )
        return None
    default = _has_default(column) or column in marks.defaults
    write = _write(draft, column, marks)
    return binding.FieldBinding(
        resource.Field(
            name,
            naming.camel(name),
            len(draft.fields) + 1,
            shape,
            nullable=bool(column.nullable),
            write=write,
            required=write != "never" and not column.nullable and not default,
            read=column not in marks.write_only,
            sensitive=column in marks.sensitive or column in marks.write_only,
            default=default,
            doc=markers.words(metadata) or column.doc or column.comment or "",
        ),
        column=column,
    )


def _write(draft: drafts.Draft, column: sa.Column[Any], marks: _Marks) -> resource.Write:
    made = column.computed is not None or (
        column.identity is not None and bool(column.identity.always)
    )
    touched = column.onupdate is not None or column.server_onupdate is not None
    own = (draft.version, draft.deleted, draft.mapper.version_id_col)
    if column in marks.read_only or made or touched or any(column is each for each in own):
        return "never"
    if column.primary_key:
        return "never" if _has_default(column) else "create"
    return "create" if column in marks.immutable else "always"


def _has_default(column: sa.Column[Any]) -> bool:
    return (
        column.default is not None
        or column.server_default is not None
        or column.identity is not None
        or column.computed is not None
        or column.table.autoincrement_column is column
    )


def _identified(column: sa.Column[Any], shape: types.Type) -> types.Type:
    """Text keys made by `ids.generator`, and foreign keys to them, are ids with a prefix."""
    seen = column
    while seen.foreign_keys:
        seen = next(iter(seen.foreign_keys)).column
        if seen is column:
            break
    prefix = getattr(getattr(seen.default, "arg", None), "prefix", None)
    if shape.kind == "string" and isinstance(prefix, str):
        return msgspec.structs.replace(shape, kind="id", prefix=prefix)
    return shape


def _enter_sql(
    desk: drafts.Desk, draft: drafts.Draft, name: str, expression: object, doc: str
) -> None:
    if not isinstance(expression, sa.ColumnElement):
        desk.wrong(
            draft,
            name,
            f"{type(expression).__name__} is no SQL expression",
            "write computed(Item.quantity * Item.price), or @computed(depends=[…]) on a method",
        )
        return
    name = draft.renamed.get(expression, name)
    foreign = conditions.foreign_tables(draft, expression)
    if foreign:
        desk.wrong(
            draft,
            name,
            f"the expression names columns of {', '.join(foreign)}",
            "read other tables in a subquery: computed(select(…).scalar_subquery())",
        )
    try:
        shape = columns.sql_form(
            expression.type, desk.shapes, draft.type_name + naming.pascal(name)
        )
    except shapes.Unreadable as error:
        desk.wrong(draft, name, str(error), "give the expression a type: type_coerce(…, String)")
        return
    spec = resource.Field(
        name,
        naming.camel(name),
        len(draft.fields) + 1,
        shape,
        nullable=_may_be_null(expression),
        write="never",
        computed="sql",
        doc=doc,
    )
    _enter(desk, draft, binding.FieldBinding(spec, expression=expression))


def _may_be_null(expression: sa.ColumnElement[Any]) -> bool:
    """Whether an expression can be null: not, when all it is made of are columns that cannot."""
    safe = (sa_elements.BinaryExpression, sa_elements.Grouping, sa.Label)
    if isinstance(expression, sa.Column):
        return bool(expression.nullable)
    if isinstance(expression, sa.BindParameter):
        return expression.value is None
    if isinstance(expression, safe):
        return any(_may_be_null(each) for each in expression.get_children())  # type: ignore[arg-type]
    return True


def _enter_computed(
    desk: drafts.Desk, draft: drafts.Draft, name: str, member: members.Computed
) -> None:
    name = member.name or name
    if member.expression is not None:
        _enter_sql(desk, draft, name, conditions.element_of(member.expression), member.doc)
        return
    method: Callable[..., Any] = member.method or (lambda: None)
    found = calling.by_fields(desk, draft, name, method, list(member.depends))
    hints = calling.hints_of(desk, draft, name, method)
    if found is None or hints is None:
        return
    if "return" not in hints:
        desk.wrong(
            draft, name, "the method has no return annotation", "say what it returns: -> str"
        )
        return
    try:
        reading = desk.shapes.read(hints["return"], draft.type_name + naming.pascal(name))
    except shapes.Unreadable as error:
        desk.wrong(draft, name, str(error), "annotate a type that has a wire form")
        return
    spec = resource.Field(
        name,
        naming.camel(name),
        len(draft.fields) + 1,
        reading.type,
        nullable=reading.nullable,
        write="never",
        computed="python",
        doc=member.doc or calling.doc_of(method) or reading.doc,
    )
    compute = calling.computing(draft, found, hints)
    _enter(desk, draft, binding.FieldBinding(spec, compute=compute, depends=found.fields))


def hidden_relations(draft: drafts.Draft) -> set[str]:
    """The relationships that `hidden` names."""
    names = set()
    for each in draft.get("hidden"):
        found = getattr(each, "property", None)
        if isinstance(found, orm.RelationshipProperty):
            names.add(found.key)
        elif isinstance(each, str) and each in draft.mapper.relationships:
            names.add(each)
    return names


def settle_unwritable(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """A create that cannot succeed is a mistake: a needed column that nobody may give."""
    creates = any(
        rule.spec.effect == "allow" and "create" in rule.spec.operations for rule in draft.rules
    )
    # A hook that waits for some fields does not run for every create.
    hooked = any("create" in hook.operations and not hook.fields for hook in draft.hooks)
    parents = any(
        relation.target == draft.name and relation.spec.create
        for other in desk.drafts
        for relation in other.relations.values()
    )
    if not creates or hooked or parents:
        return
    given = set(draft.defaults)
    for name, bound in {**draft.fields, **draft.hidden}.items():
        column = bound.column
        if column is None or name in given or bound.spec.write != "never":
            continue
        if column.nullable or _has_default(column) or column is draft.mapper.version_id_col:
            continue
        desk.wrong(
            draft,
            "access",
            f"no create can succeed: {name} needs a value and no caller may give one",
            'give one by defaults or by a @before("create") hook',
        )
