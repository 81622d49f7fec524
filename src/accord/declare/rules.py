"""Room: declare. Access rules, defaults, hooks and checks of a resource."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.sql import visitors

from accord.binding import binding, elements
from accord.contract import resource
from accord.declare import access, calling, conditions, members, readable, relations
from accord.declare import draft as drafts
from accord.kernel import problem

LETTERS = {"C": ("create",), "R": ("list", "get"), "U": ("update",), "D": ("delete",)}


def compile_rules(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """Fill the draft's access rules."""
    found = []
    for given in drafts.items_of(desk, draft, "access"):
        if not isinstance(given, access.Grant):
            desk.wrong(
                draft,
                "access",
                f"{drafts.spell(given)} is no rule",
                'write allow("R", …) or deny("D", …)',
            )
            continue
        found.append(_rule(desk, draft, given))
    draft.rules = tuple(found)


def _rule(desk: drafts.Desk, draft: drafts.Draft, given: access.Grant) -> binding.RuleBinding:
    condition = _condition(desk, draft, given)
    names = [drafts.field_of(desk, draft, "access", each) for each in given.fields]
    spec = resource.Rule(
        given.effect,
        _operations(desk, draft, given),
        "" if condition is None else readable.condition(draft.table, condition),
        tuple(name for name in names if name is not None),
    )
    return binding.RuleBinding(spec, condition)


def _operations(desk: drafts.Desk, draft: drafts.Draft, given: access.Grant) -> tuple[str, ...]:
    known = desk.permissions(draft)
    if isinstance(given.operations, str):
        if given.operations and set(given.operations) <= set(LETTERS):
            return tuple(each for letter in given.operations for each in LETTERS[letter])
        named = [given.operations]
    else:
        named = list(given.operations)
    found: list[str] = []
    for name in named:
        if name in LETTERS:
            found.extend(LETTERS[name])
            continue
        if name not in known:
            desk.wrong(
                draft,
                "access",
                f"{draft.name} has no operation {name!r}",
                f"{problem.suggest(name, known)}; letters are C, R, U and D",
            )
        found.append(name)
    return tuple(dict.fromkeys(found))


def _condition(
    desk: drafts.Desk, draft: drafts.Draft, given: access.Grant
) -> access.Condition | None:
    parts: list[Any] = []
    for written, label in ((given.who, "who"), (given.where, "where")):
        if written is None or written is access.everyone:
            continue
        part = conditions.element_of(written)
        if not conditions.settle(desk, draft, "access", label, part):
            continue
        if conditions.values_in(part):
            desk.wrong(
                draft,
                "access",
                f"{label} uses value()",
                "value() is what a caller gives to a param; here use caller.id or a claim",
            )
        parts.append(part)
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else sa.and_(*parts)


def compile_defaults(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """Fill the draft's defaults; values of the caller take their column's type."""
    for reference, given in drafts.mapping_of(desk, draft, "defaults").items():
        name = drafts.field_of(desk, draft, "defaults", reference, hidden=True)
        bound = draft.fields.get(name or "") or draft.hidden.get(name or "")
        column = bound.column if bound else None
        if name is None or column is None:
            continue
        if isinstance(given, elements.CallerValue):
            draft.defaults[name] = given.settled(column.type)
        elif isinstance(given, sa.ClauseElement):
            desk.wrong(
                draft,
                "defaults",
                f"the default of {name} is an SQL expression",
                "give a constant, a callable or caller.id; SQL belongs to server_default",
            )
        else:
            draft.defaults[name] = given


def compile_members(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """Fill the draft's hooks and checks from the class's methods."""
    hooks, checks = [], []
    for name, member in draft.members.items():
        mark = members.declared(member)
        if isinstance(mark, members.Before):
            wrong = mark.operations - {"create", "update", "delete"}
            if wrong or not mark.operations:
                what = f"knows no {min(wrong)!r}" if wrong else "names no operation"
                desk.wrong(draft, name, f"@before {what}", "allowed: create, update, delete")
            run = calling.hooking(draft, member)
            hooks.append(binding.Hook(name, mark.operations, run, _named(desk, draft, name, mark)))
        elif isinstance(mark, members.Checked):
            found = calling.by_fields(desk, draft, name, member, list(mark.fields), hidden=True)
            if found is not None:
                checks.append(binding.Check(name, found.fields, calling.checking(draft, found)))
    draft.hooks, draft.checks = tuple(hooks), tuple(checks)


def _named(
    desk: drafts.Desk, draft: drafts.Draft, attribute: str, mark: members.Before
) -> frozenset[str]:
    """The fields and relations a hook waits for, by wire name."""
    found = set()
    for each in mark.fields:
        relation = isinstance(getattr(each, "property", None), orm.RelationshipProperty)
        if relation or (isinstance(each, str) and each in draft.relations):
            bound = relations.relation_of(desk, draft, attribute, each)
            found.add(bound.spec.name if bound else "")
        else:
            found.add(drafts.field_of(desk, draft, attribute, each, hidden=True) or "")
    return frozenset(found)


def roles_of(draft: drafts.Draft) -> set[str]:
    """The names of the roles that a draft's rules speak of."""
    return {
        name
        for rule in draft.rules
        if rule.condition is not None
        for each in visitors.iterate(rule.condition)
        if isinstance(each, elements.CallerFact)
        for name in each.names
    }
