"""Room: declare. Resource classes in, contract and binding out, every mistake told at once."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc, orm

from accord.binding import binding
from accord.contract import contract
from accord.contract import resource as contract_resource
from accord.declare import (
    access,
    collisions,
    constraints,
    fields,
    listeners,
    lookups,
    members,
    naming,
    operations,
    relations,
    rules,
)
from accord.declare import draft as drafts
from accord.declare import resource as resources
from accord.kernel import errors, problem

_STEPS: tuple[Callable[[drafts.Desk, drafts.Draft], None], ...] = (
    fields.compile_fields,
    relations.compile_relations,
    lookups.compile_lookups,
    operations.compile_generated,
    operations.compile_written,
    rules.compile_rules,
    rules.compile_defaults,
    rules.compile_members,
    collisions.settle_collisions,
)


def compile_api(
    head: contract.Contract,
    declared: Sequence[type[resources.Resource[Any]]],
    problems: Sequence[Any],
) -> binding.Binding:
    """The binding of an API: `head` is its contract without resources.

    Raises:
        DeclarationErrors: every mistake found, each with class, attribute and fix.
    """
    desk = drafts.Desk()
    _errors(desk, head, problems)
    for each in declared:
        made = _draft(desk, each)
        if made is not None:
            desk.drafts.append(made)
    _unique(desk)
    # Each step needs the step before of every resource: relations need their targets' fields.
    for step in _STEPS:
        for draft in desk.drafts:
            step(desk, draft)
    for draft in desk.drafts:
        constraints.compile_constraints(draft)
        draft.session_writes = listeners.reason(draft)
        fields.settle_unwritable(desk, draft)
    collisions.settle_api(desk)
    desk.mistakes.settle()
    return _assemble(desk, head)


def _errors(desk: drafts.Desk, head: contract.Contract, problems: Sequence[Any]) -> None:
    where = f"API {head.name!r}"
    for each in problems:
        row = operations.error_row(each)
        if row is None:
            desk.mistakes.add(
                f"{where}, argument errors",
                f"{each!r} is no error",
                "name subclasses of Problem that have a code",
            )
        elif row.code not in errors.ERRORS:
            desk.errors[row.code] = row
    for code, _ in head.style.codes:
        if operations.error_row(code) is None:
            desk.mistakes.add(
                f"{where}, argument codes",
                f"no error has the code {code!r}",
                problem.suggest(code, [*errors.ERRORS, *desk.errors]),
            )


def _draft(desk: drafts.Desk, declared: type[resources.Resource[Any]]) -> drafts.Draft | None:
    where = f"class {declared.__name__}"
    model = resources.model_of(declared)
    mapper: Any = sa.inspect(model, raiseerr=False) if isinstance(model, type) else None
    if not isinstance(mapper, orm.Mapper):
        named = getattr(model, "__name__", None)
        desk.mistakes.add(
            where,
            f"{named} is no SQLAlchemy model" if named else "it does not say what it exposes",
            f"write class {declared.__name__}(Resource[Model]) with a declarative model",
        )
        return None
    try:
        mapper.registry.configure()
    except exc.SQLAlchemyError as error:
        desk.mistakes.add(
            where, f"SQLAlchemy cannot map {model.__name__}: {error}", "correct the model"
        )
        return None
    if not _mapped_plainly(desk, where, mapper):
        return None
    made = resources.members_of(declared)
    _vocabulary(desk, declared, made)
    return _named(declared, model, mapper, made)


def _mapped_plainly(desk: drafts.Desk, where: str, mapper: orm.Mapper[Any]) -> bool:
    model = mapper.class_.__name__
    if not isinstance(mapper.local_table, sa.Table):
        desk.mistakes.add(where, f"{model} is not mapped to a table", "map it to a table or a view")
        return False
    if mapper.inherits is not None:
        desk.mistakes.add(
            where,
            f"{model} inherits from {mapper.inherits.class_.__name__}, which is mapped too",
            f"expose {mapper.inherits.class_.__name__}, or share columns by a mixin",
        )
        return False
    if len(mapper.primary_key) != 1:
        names = ", ".join(column.name for column in mapper.primary_key)
        desk.mistakes.add(
            where,
            f"{model} has a composite primary key ({names}); rows need one id",
            "add an id column: mapped_column(primary_key=True, default=ids.generator(…)); "
            "composite keys come with `accord inspect`",
        )
        return False
    return True


def _named(
    declared: type[resources.Resource[Any]],
    model: type[Any],
    mapper: orm.Mapper[Any],
    made: dict[str, Any],
) -> drafts.Draft:
    plural = naming.pluralize(naming.kebab(declared.__name__))
    type_name = declared.type_name or naming.pascal(naming.singularize(plural))
    name = declared.name or plural
    table = mapper.local_table
    return drafts.Draft(
        declared,
        model,
        mapper,
        table,  # type: ignore[arg-type]
        name,
        naming.singularize(name),
        type_name,
        naming.camel(naming.pluralize(naming.kebab(type_name))),
        members=made,
    )


def _vocabulary(
    desk: drafts.Desk, declared: type[resources.Resource[Any]], made: dict[str, Any]
) -> None:
    for name, member in made.items():
        where = f"class {declared.__name__}, attribute {name}"
        if name in resources.VOCABULARY:
            if callable(member) and members.declared(member) is not None:
                desk.mistakes.add(
                    where, "Resource has an attribute of that name", "rename the method"
                )
            continue
        if name in resources.OFFERED:
            desk.mistakes.add(where, f"self.{name} is what Resource offers to actions", "rename it")
        elif isinstance(member, members.Computed) or members.declared(member) is not None:
            continue
        elif inspect.isfunction(member):
            desk.mistakes.add(
                where,
                "a public method that is no operation",
                f"decorate it with @action, @query, @before or @check, or call it _{name}",
            )
        elif not isinstance(member, type | staticmethod | classmethod | property):
            near = difflib.get_close_matches(name, resources.VOCABULARY, n=1)
            fix = (
                f"did you mean {near[0]!r}?"
                if near
                else problem.suggest(name, resources.VOCABULARY)
            )
            desk.mistakes.add(where, "Resource has no such attribute", fix)


def _unique(desk: drafts.Desk) -> None:
    for kind in ("name", "type_name"):
        seen: dict[str, drafts.Draft] = {}
        for draft in desk.drafts:
            value = getattr(draft, kind)
            other = seen.setdefault(value, draft)
            if other is not draft:
                desk.wrong(
                    draft,
                    kind,
                    f"{other.declared.__name__} is called {value!r} too",
                    f'give one of them another {kind}: {kind} = "…"',
                )
    for draft in desk.drafts:
        if naming.kebab(draft.name) != draft.name:
            desk.wrong(
                draft,
                "name",
                f"{draft.name!r} is no path segment in kebab-case",
                f'name = "{naming.kebab(draft.name) or "items"}"',
            )
        draft.version = _own_column(desk, draft, "version", draft.mapper.version_id_col)
        draft.deleted = _deleted(desk, draft)


def _own_column(desk: drafts.Desk, draft: drafts.Draft, attribute: str, default: Any) -> Any:
    given = draft.get(attribute)
    return default if given is None else drafts.column_of(desk, draft, attribute, given)


def _deleted(desk: drafts.Desk, draft: drafts.Draft) -> Any:
    column = _own_column(desk, draft, "soft_delete", None)
    if column is None:
        return None
    timestamp = column.type._type_affinity is sa.DateTime
    if not column.nullable or not timestamp:
        desk.wrong(
            draft,
            "soft_delete",
            f"{column.name} is not a nullable timestamp",
            "use deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)",
        )
    return column


def _modified(desk: drafts.Desk, draft: drafts.Draft) -> str | None:
    default = draft.table.columns.get("updated_at")
    column = _own_column(desk, draft, "modified", default)
    name = draft.names.get(column) if column is not None else None
    return name if name and draft.fields[name].spec.read else None


def _resource(desk: drafts.Desk, draft: drafts.Draft) -> binding.ResourceBinding:
    version = draft.names.get(draft.version) if draft.version is not None else None
    spec = contract_resource.Resource(
        draft.name,
        draft.singular,
        draft.type_name,
        draft.graphql_plural,
        draft.key,
        tuple(bound.spec for bound in draft.fields.values()),
        tuple(bound.spec for bound in draft.relations.values()),
        draft.filters,
        tuple(bound.spec for bound in draft.params.values()),
        draft.sorts,
        draft.search,
        draft.order,
        tuple(bound.spec for bound in draft.rules),
        draft.get("limits"),
        version,
        _modified(desk, draft),
        None if draft.deleted is None else str(draft.deleted.name),
        draft.get("require_conditions"),
        inspect.cleandoc(draft.declared.__dict__.get("__doc__") or ""),
    )
    return binding.ResourceBinding(
        spec,
        draft.model,
        draft.table,
        draft.fields,
        draft.relations,
        draft.params,
        draft.rules,
        draft.defaults,
        draft.checks,
        draft.hooks,
        draft.constraints,
        draft.version,
        draft.deleted,
        draft.session_writes,
        draft.hidden,
    )


def _assemble(desk: drafts.Desk, head: contract.Contract) -> binding.Binding:
    ordered = sorted(desk.drafts, key=lambda draft: draft.name)
    made = {draft.name: _resource(desk, draft) for draft in ordered}
    bound = {
        id_: each
        for draft in ordered
        for id_, each in desk.operations.items()
        if each.spec.resource == draft.name
    }
    roles = {
        name for draft in ordered for name in rules.roles_of(draft) if name != access.AUTHENTICATED
    }
    whole = contract.Contract(
        head.format,
        head.name,
        head.version,
        head.title,
        head.style,
        tuple(each.spec for each in made.values()),
        tuple(each.spec for each in bound.values()),
        tuple(desk.shapes.enums[name] for name in sorted(desk.shapes.enums)),
        tuple(each for _, each in sorted(desk.shapes.objects.items()) if each is not None),
        tuple(_error(desk.errors[code]) for code in sorted(desk.errors)),
        drafts.unique(roles),
        head.description,
    )
    metadata = tuple(
        {id(each.table.metadata): each.table.metadata for each in made.values()}.values()
    )
    return binding.Binding(whole, made, bound, metadata)


def _error(row: errors.ErrorRow) -> contract.Error:
    return contract.Error(row.code, row.title, row.status, row.grpc, row.retryable, row.hint)
