"""Room: declare. A model's relationships as relations, each tied to its join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.sql import elements, operators

from accord.binding import binding
from accord.contract import resource
from accord.declare import draft as drafts
from accord.declare import fields, naming, paths
from accord.kernel import problem

# Fields keep their numbers when relations come and the other way round.
FIRST_NUMBER = 1001


@dataclass
class _Wish:
    """A relationship to expose; `asked` when the class names it."""

    prop: orm.RelationshipProperty[Any]
    name: str
    to: str | None
    asked: bool


def compile_relations(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """Fill the draft's relations: those asked for, else all whose model has a resource."""
    hidden = fields.hidden_relations(draft)
    asked = [_asked(desk, draft, each) for each in drafts.items_of(desk, draft, "relations")]
    wishes = [wish for wish in asked if wish is not None]
    if draft.get("relations") is None:
        wishes = [_wish(draft, prop, asked=False) for prop in draft.mapper.relationships]
    for wish in wishes:
        if wish.prop.key not in hidden:
            bound = _relation(desk, draft, wish)
            if bound is not None:
                _enter(desk, draft, bound)
    _switch(desk, draft, "nested", "create", "to_many")
    _switch(desk, draft, "links", "link", "many_to_many")


def relation_of(
    desk: drafts.Desk, draft: drafts.Draft, attribute: str, reference: Any
) -> binding.RelationBinding | None:
    """The exposed relation a reference names; a mistake, and None, when there is none."""
    for bound in draft.relations.values():
        if isinstance(reference, str):
            found = bound.spec.name == reference
        else:
            prop = getattr(reference, "property", None)
            found = (
                isinstance(prop, orm.RelationshipProperty)
                and prop.key == bound.attribute
                and issubclass(draft.model, prop.parent.class_)
            )
        if found:
            return bound
    given = reference if isinstance(reference, str) else getattr(reference, "key", "")
    prop = draft.mapper.relationships.get(str(given))
    renamed = [name for name, each in draft.relations.items() if each.attribute == given]
    if renamed:
        fix = f"did you mean {renamed[0]!r}?"
    elif prop is not None and not desk.of_model(prop.mapper.class_):
        fix = f"declare a Resource[{prop.mapper.class_.__name__}]: relations lead to resources"
    elif prop is not None:
        fix = "add it to relations, or take it out of hidden"
    else:
        names = draft.relations or draft.mapper.relationships.keys()
        fix = problem.suggest(str(given), names)
    what = f"{draft.name} has no relation {drafts.spell(reference)}"
    desk.wrong(draft, attribute, what, fix)
    return None


def _wish(
    draft: drafts.Draft, prop: orm.RelationshipProperty[Any], *, asked: bool, to: str | None = None
) -> _Wish:
    return _Wish(prop, draft.renamed.get(prop.key, prop.key), to, asked)


def _asked(desk: drafts.Desk, draft: drafts.Draft, given: Any) -> _Wish | None:
    options = given if isinstance(given, paths.RelationOptions) else None
    reference = options.attribute if options else given
    if isinstance(reference, str):
        prop: Any = draft.mapper.relationships.get(reference)
    else:
        prop = getattr(reference, "property", None)
    mine = isinstance(prop, orm.RelationshipProperty) and issubclass(
        draft.model, prop.parent.class_
    )
    if not mine:
        desk.wrong(
            draft,
            "relations",
            f"{drafts.spell(reference)} is no relationship of {draft.model.__name__}",
            problem.suggest(
                str(getattr(reference, "key", reference)), draft.mapper.relationships.keys()
            ),
        )
        return None
    wish = _wish(draft, prop, asked=True, to=options.to if options else None)
    if options and options.name:
        wish.name = options.name
    return wish


def _target(desk: drafts.Desk, draft: drafts.Draft, wish: _Wish) -> drafts.Draft | None:
    model = wish.prop.mapper.class_
    targets = desk.of_model(model)
    spelled = f"{draft.model.__name__}.{wish.prop.key}"
    if wish.to is not None:
        named = desk.named(wish.to)
        if named is None or named.model is not model:
            what = f"{spelled} cannot lead to {wish.to!r}: that is no resource of {model.__name__}"
            desk.wrong(
                draft, "relations", what, problem.suggest(wish.to, [each.name for each in targets])
            )
            return None
        return named
    if len(targets) > 1:
        choices = " or ".join(each.name for each in targets)
        desk.wrong(
            draft,
            "relations",
            f"{spelled} may lead to {choices}: both expose {model.__name__}",
            f'say which: relations = [relation({spelled}, to="{targets[0].name}")]',
        )
        return None
    if not targets and wish.asked:
        desk.wrong(
            draft,
            "relations",
            f"{spelled} leads to {model.__name__}, which no resource exposes",
            f"declare a Resource[{model.__name__}], or leave the relation out",
        )
    return targets[0] if targets else None


def _relation(
    desk: drafts.Desk, draft: drafts.Draft, wish: _Wish
) -> binding.RelationBinding | None:
    target = _target(desk, draft, wish)
    if target is None:
        return None
    prop = wish.prop
    if not _plain(prop):
        desk.wrong(
            draft,
            "relations",
            f"the join of {draft.model.__name__}.{prop.key} is more than equal keys",
            f"leave it out: hidden = [{draft.model.__name__}.{prop.key}]",
        )
        return None
    pairs, secondary_pairs = _pairs(prop)
    kind = _kind(prop)
    local = [column for column, _ in pairs]
    single = local[0] if len(local) == 1 and kind == "to_one" else None
    owned = prop.direction is orm.MANYTOONE
    spec = resource.Relation(
        wish.name,
        naming.camel(wish.name),
        FIRST_NUMBER + len(draft.relations),
        target.name,
        kind,
        nullable=kind == "to_one" and (not owned or any(bool(each.nullable) for each in local)),
        field=draft.names.get(single) if single is not None and owned else None,
        doc=prop.doc or "",
    )
    secondary = prop.secondary if isinstance(prop.secondary, sa.Table) else None
    return binding.RelationBinding(spec, target.name, pairs, secondary, secondary_pairs, prop.key)


_Pairs = tuple[tuple[sa.Column[Any], sa.Column[Any]], ...]


def _pairs(prop: orm.RelationshipProperty[Any]) -> tuple[_Pairs, _Pairs]:
    if prop.secondary is None:
        direct: Any = tuple(prop.local_remote_pairs or ())
        return direct, ()
    near: Any = tuple(prop.synchronize_pairs)
    far: Any = tuple((link, remote) for remote, link in prop.secondary_synchronize_pairs or ())
    return near, far


def _kind(prop: orm.RelationshipProperty[Any]) -> resource.RelationKind:
    if prop.secondary is not None:
        return "many_to_many"
    return "to_many" if prop.uselist else "to_one"


def _plain(prop: orm.RelationshipProperty[Any]) -> bool:
    """Whether the join is nothing but equal columns, which the pairs say all of."""
    joins = [each for each in (prop.primaryjoin, prop.secondaryjoin) if each is not None]
    if prop.secondary is not None and not isinstance(prop.secondary, sa.Table):
        return False
    for join in joins:
        clauses = join.clauses if isinstance(join, elements.BooleanClauseList) else [join]
        for clause in clauses:
            equal = (
                isinstance(clause, sa.BinaryExpression)
                and clause.operator is operators.eq
                and isinstance(clause.left, sa.Column)
                and isinstance(clause.right, sa.Column)
            )
            if not equal:
                return False
    return True


def _enter(desk: drafts.Desk, draft: drafts.Draft, bound: binding.RelationBinding) -> None:
    name = bound.spec.name
    taken = {field.spec.graphql for field in draft.fields.values()}
    if name in draft.fields or bound.spec.graphql in taken or name in draft.relations:
        desk.wrong(
            draft,
            "relations",
            f"{name} is the name of a relation and of another member too",
            f'rename one: rename = {{{draft.model.__name__}.{bound.attribute}: "…"}}',
        )
        return
    if not fields.NAME_FORM.fullmatch(name):
        desk.wrong(
            draft,
            "relations",
            f"{name!r} cannot be the name of a relation",
            "rename it to letters, digits and underscores, a letter first",
        )
    draft.relations[name] = bound


def _switch(desk: drafts.Desk, draft: drafts.Draft, attribute: str, flag: str, kind: str) -> None:
    for reference in drafts.items_of(desk, draft, attribute):
        bound = relation_of(desk, draft, attribute, reference)
        if bound is None:
            continue
        if bound.spec.kind != kind:
            plain = kind.replace("_", "-")
            desk.wrong(
                draft,
                attribute,
                f"{bound.spec.name} is a {bound.spec.kind.replace('_', '-')} relation",
                f"{attribute} takes {plain} relations only",
            )
            continue
        spec = msgspec.structs.replace(bound.spec, **{flag: True})
        draft.relations[bound.spec.name] = binding.RelationBinding(
            spec, bound.target, bound.pairs, bound.secondary, bound.secondary_pairs, bound.attribute
        )
