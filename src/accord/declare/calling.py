"""Room: declare. How checks, hooks, computed methods and actions are called."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from accord.binding import wire
from accord.declare import draft as drafts
from accord.declare import resource as resources
from accord.declare import shapes
from accord.kernel import problem

ROW = "row"


@dataclass(frozen=True)
class ByFields:
    """A method that takes fields: one parameter each, or `row` for a mapping of them."""

    method: Callable[..., Any]
    fields: tuple[str, ...]
    whole: bool


def doc_of(method: Callable[..., Any]) -> str:
    """A method's docstring without its indentation."""
    return inspect.getdoc(method) or ""


def hints_of(
    desk: drafts.Desk, draft: drafts.Draft, attribute: str, method: Callable[..., Any]
) -> dict[str, Any] | None:
    """A method's annotations; a mistake, and None, when a name in them is unknown."""
    try:
        return typing.get_type_hints(method, include_extras=True)
    except NameError as error:
        desk.wrong(
            draft,
            attribute,
            f"an annotation cannot be read: {error}",
            "import or define that name at module level, outside `if TYPE_CHECKING`",
        )
        return None


def parameters_of(method: Callable[..., Any]) -> list[inspect.Parameter]:
    """A method's parameters after self."""
    return list(inspect.signature(method).parameters.values())[1:]


def by_fields(
    desk: drafts.Desk,
    draft: drafts.Draft,
    attribute: str,
    method: Callable[..., Any],
    named: list[Any],
    *,
    hidden: bool = False,
) -> ByFields | None:
    """How a computed method or a check takes its fields; a mistake, and None, when it cannot."""
    found = [drafts.field_of(desk, draft, attribute, each, hidden=hidden) for each in named]
    fields = [name for name in found if name is not None]
    if len(fields) != len(named):
        return None
    taken = [parameter.name for parameter in parameters_of(method)]
    if taken == [ROW]:
        return ByFields(method, tuple(fields), whole=True)
    known = {**draft.fields, **(draft.hidden if hidden else {})}
    unknown = [name for name in taken if name not in known]
    if unknown:
        desk.wrong(
            draft,
            attribute,
            f"the parameter {unknown[0]!r} is no field",
            problem.suggest(unknown[0], [*known, ROW]),
        )
        return None
    missing = [name for name in fields if name not in taken]
    if missing:
        desk.wrong(
            draft,
            attribute,
            f"the method takes no parameter {missing[0]!r}",
            f"add it, or take one parameter named {ROW}",
        )
        return None
    return ByFields(method, tuple(dict.fromkeys([*fields, *taken])), whole=False)


def computing(
    draft: drafts.Draft, found: ByFields, hints: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], Any]:
    """A function from wire values to the wire value, for a field made in Python."""
    instance = resources.make(draft.declared, None)
    plain = {name: shapes.plain(hint) for name, hint in hints.items() if name in found.fields}

    def compute(row: Mapping[str, Any]) -> Any:
        if found.whole:
            return wire.to_wire(found.method(instance, row))
        given = {
            name: msgspec.convert(row.get(name), plain[name], strict=False)
            if name in plain
            else row.get(name)
            for name in found.fields
        }
        return wire.to_wire(found.method(instance, **given))

    return compute


def checking(draft: drafts.Draft, found: ByFields) -> Callable[[Mapping[str, Any]], None]:
    """A function that runs a check on the values as they would be stored."""
    instance = resources.make(draft.declared, None)

    def run(row: Mapping[str, Any]) -> None:
        if found.whole:
            found.method(instance, row)
        else:
            found.method(instance, **{name: row.get(name) for name in found.fields})

    return run


def hooking(draft: drafts.Draft, method: Callable[..., Any]) -> Callable[..., Any]:
    """A function `(values, context)` that runs a hook; a coroutine function when the hook is one."""
    declared = draft.declared
    if inspect.iscoroutinefunction(method):

        async def run_async(values: dict[str, Any], context: resources.Context) -> None:
            await method(resources.make(declared, context), values)

        return run_async

    def run(values: dict[str, Any], context: resources.Context) -> None:
        method(resources.make(declared, context), values)

    return run
