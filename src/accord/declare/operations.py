"""Room: declare. Every operation of a resource: generated, related, and written by hand."""

from __future__ import annotations

import collections.abc
import enum
import inspect
import types as python_types
from collections.abc import Callable
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from accord.binding import binding
from accord.contract import operation, types
from accord.declare import calling, markers, members, naming, shapes
from accord.declare import draft as drafts
from accord.declare import resource as resources
from accord.kernel import errors, problem

_LISTS = (list, tuple, collections.abc.Sequence)


def compile_generated(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """Enter the generated operations that the class has not left out."""
    wanted = drafts.items_of(desk, draft, "operations")
    for name in wanted:
        if name not in resources.GENERATED:
            desk.wrong(
                draft,
                "operations",
                f"no operation is generated under the name {name!r}",
                problem.suggest(str(name), resources.GENERATED),
            )
    for kind in ("list", "get", "create", "replace", "update", "delete"):
        if kind in wanted:
            _enter(desk, binding.OperationBinding(_generated(draft, kind)))
    if "related" in wanted:
        for bound in draft.relations.values():
            _enter(desk, binding.OperationBinding(_related(draft, bound)))


def _enter(desk: drafts.Desk, bound: binding.OperationBinding) -> None:
    desk.operations[bound.spec.id] = bound


_Kind = Literal["list", "get", "create", "replace", "update", "delete"]
_METHODS = {"list": "GET", "get": "GET", "create": "POST", "replace": "PUT", "update": "PATCH"}
_WORDS = {
    "list": "List {plural}.",
    "get": "Get one {singular}.",
    "create": "Create {a} {singular}.",
    "replace": "Replace {a} {singular}.",
    "update": "Change some fields of {a} {singular}.",
    "delete": "Delete {a} {singular}.",
}


def _generated(draft: drafts.Draft, kind: _Kind) -> operation.Operation:
    item = kind not in ("list", "create")
    single = naming.camel(draft.type_name)
    graphql = {"list": draft.graphql_plural, "get": single}.get(kind, kind + draft.type_name)
    plural = naming.pascal(draft.graphql_plural)
    return operation.Operation(
        id=f"{draft.name}.{kind}",
        name=kind,
        kind=kind,
        resource=draft.name,
        item=item,
        permission="update" if kind == "replace" else kind,
        method=_METHODS.get(kind, "DELETE"),
        path=f"/{draft.name}/{{id}}" if item else f"/{draft.name}",
        graphql=graphql,
        grpc=f"{draft.type_name}Service.{kind.capitalize()}"
        + (plural if kind == "list" else draft.type_name),
        output={"list": "list", "delete": "none"}.get(kind, "resource"),  # type: ignore[arg-type]
        success={"create": 201, "delete": 204}.get(kind, 200),
        doc=_WORDS[kind].format(
            plural=draft.name.replace("-", " "),
            singular=draft.singular.replace("-", " "),
            a="an" if draft.singular[0] in "aeiou" else "a",
        ),
    )


def _related(draft: drafts.Draft, bound: binding.RelationBinding) -> operation.Operation:
    spec = bound.spec
    to_one = spec.kind == "to_one"
    verb = "Get" if to_one else "List"
    return operation.Operation(
        id=f"{draft.name}.{spec.name}",
        name=spec.name,
        kind="related",
        resource=draft.name,
        item=True,
        permission="get",
        method="GET",
        path=f"/{draft.name}/{{id}}/{segment(spec.name)}",
        graphql=f"{draft.type_name}.{spec.graphql}",
        grpc=f"{draft.type_name}Service.{verb}{draft.type_name}{naming.pascal(spec.name)}",
        output="resource" if to_one else "list",
        output_nullable=spec.nullable,
        target=spec.target if spec.target != draft.name else None,
        relation=spec.name,
        doc=f"{verb} {spec.name.replace('_', ' ')} of one {draft.singular.replace('-', ' ')}.",
    )


def segment(name: str) -> str:
    """A name as a path segment: `direct_reports` → `direct-reports`."""
    return naming.kebab(name) or name


def compile_written(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """Enter the operations written by hand."""
    for name, member in draft.members.items():
        mark = members.declared(member)
        if isinstance(mark, members.Action):
            bound = _written(desk, draft, name, member, mark)
            if bound is None:
                continue
            if bound.spec.id in desk.operations:
                other = desk.operations[bound.spec.id].spec
                what = "a relation" if other.kind == "related" else "a generated operation"
                desk.wrong(
                    draft,
                    name,
                    f"the {mark.kind} is named like {what} of {draft.name}",
                    "rename the method",
                )
                continue
            _enter(desk, bound)


def _written(
    desk: drafts.Desk,
    draft: drafts.Draft,
    name: str,
    method: Callable[..., Any],
    mark: members.Action,
) -> binding.OperationBinding | None:
    hints = calling.hints_of(desk, draft, name, method)
    if hints is None:
        return None
    parameters = calling.parameters_of(method)
    loads: tuple[Any, ...] = ()
    if not mark.collection:
        loads = _row(desk, draft, name, parameters, hints) or ()
        parameters = parameters[1:]
    if not inspect.iscoroutinefunction(method):
        desk.wrong(
            draft, name, f"the {mark.kind} is no coroutine function", f"write async def {name}"
        )
    arguments = _arguments(desk, draft, name, parameters, hints, mark)
    output = _output(desk, draft, name, hints)
    at = f"/{draft.name}" if mark.collection else f"/{draft.name}/{{id}}"
    spec = operation.Operation(
        id=f"{draft.name}.{name}",
        name=name,
        kind=mark.kind,
        resource=draft.name,
        item=not mark.collection,
        permission=mark.permission or name,
        method=mark.method,
        path=f"{at}/{segment(name)}",
        graphql=naming.camel(name) + draft.type_name,
        grpc=f"{draft.type_name}Service.{naming.pascal(name)}{draft.type_name}",
        arguments=tuple(each for each, _ in arguments),
        emits=mark.emits,
        errors=_errors(desk, draft, name, mark),
        doc=calling.doc_of(method),
        **output,
    )
    kinds = {each.name: kind for each, kind in arguments}
    converters = {
        each.name: found
        for each, kind in arguments
        if (found := _members_by_name(desk, each.type, hints[each.name])) is not None
    }
    for each in converters:
        kinds[each] = Literal[tuple(converters[each])]
    return binding.OperationBinding(
        spec,
        run=_running(draft, method, item=not mark.collection, enums=converters),
        loads=loads,
        output_type=hints.get("return"),
        argument_types=kinds,
    )


def _row(
    desk: drafts.Desk,
    draft: drafts.Draft,
    name: str,
    parameters: list[inspect.Parameter],
    hints: dict[str, Any],
) -> tuple[Any, ...] | None:
    model = draft.model.__name__
    hint: Any = hints.get(parameters[0].name) if parameters else None
    metadata = hint.__metadata__ if get_origin(hint) is Annotated else ()
    bare = hint.__origin__ if metadata else hint
    if not (isinstance(bare, type) and issubclass(draft.model, bare) and bare is not object):
        desk.wrong(
            draft,
            name,
            f"the first parameter is not the row ({model})",
            f"write ({naming.camel(model)}: {model}, …), or say collection=True",
        )
        return None
    return tuple(mark.option() for mark in metadata if isinstance(mark, markers.Load))


def _arguments(
    desk: drafts.Desk,
    draft: drafts.Draft,
    name: str,
    parameters: list[inspect.Parameter],
    hints: dict[str, Any],
    mark: members.Action,
) -> list[tuple[operation.Argument, Any]]:
    found: list[tuple[operation.Argument, Any]] = []
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            desk.wrong(draft, name, f"{parameter} takes any arguments", "name each argument")
            continue
        if parameter.name not in hints:
            desk.wrong(
                draft,
                name,
                f"the argument {parameter.name!r} has no annotation",
                f"write {parameter.name}: str, or what it is",
            )
            continue
        hint = hints[parameter.name]
        try:
            reading = desk.shapes.read(
                hint, naming.pascal(name) + draft.type_name + naming.pascal(parameter.name)
            )
        except shapes.Unreadable as error:
            desk.wrong(
                draft,
                name,
                f"the argument {parameter.name!r}: {error}",
                "use a value type, an enum, a dataclass, a TypedDict, a Struct, or a list of them",
            )
            continue
        if mark.kind == "query" and reading.type.kind in ("object", "json"):
            desk.wrong(
                draft,
                name,
                f"the argument {parameter.name!r} does not fit into a query string",
                "use plain values or lists of them, or make it an @action",
            )
        argument = operation.Argument(
            parameter.name,
            naming.camel(parameter.name),
            len(found) + 1,
            reading.type,
            required=parameter.default is parameter.empty,
            nullable=reading.nullable,
            doc=reading.doc,
        )
        found.append((argument, shapes.plain(hint)))
    return found


def _output(
    desk: drafts.Desk, draft: drafts.Draft, name: str, hints: dict[str, Any]
) -> dict[str, Any]:
    if "return" not in hints:
        desk.wrong(
            draft,
            name,
            "there is no return annotation",
            f"say what it gives back: -> {draft.model.__name__}, or -> None",
        )
        return {"output": "none", "success": 204}
    hint = hints["return"]
    if hint is type(None):
        return {"output": "none", "success": 204}
    bare, nullable = _without_none(hint)
    if get_origin(bare) in _LISTS and get_args(bare):
        target = _resource_of(desk, draft, name, get_args(bare)[0])
        if target is not None:
            return {"output": "list", "target": target or None}
    target = _resource_of(desk, draft, name, bare)
    if target is not None:
        return {"output": "resource", "target": target or None, "output_nullable": nullable}
    try:
        reading = desk.shapes.read(hint, naming.pascal(name) + draft.type_name + "Result")
    except shapes.Unreadable as error:
        desk.wrong(
            draft,
            name,
            f"the output: {error}",
            f"return {draft.model.__name__}, list[{draft.model.__name__}], a value type or None",
        )
        return {}
    return {
        "output": "value",
        "output_type": reading.type,
        "output_nullable": reading.nullable,
    }


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) is Annotated:
        hint = hint.__origin__
    if get_origin(hint) in (Union, python_types.UnionType):
        rest = [each for each in get_args(hint) if each is not type(None)]
        if len(rest) == 1:
            return rest[0], len(rest) != len(get_args(hint))
    return hint, False


def _resource_of(desk: drafts.Desk, draft: drafts.Draft, name: str, hint: Any) -> str | None:
    """The resource of a returned model, '' for the operation's own, None for another type."""
    if hint is draft.model:
        return ""
    if not isinstance(hint, type) or not hasattr(hint, "__mapper__"):
        return None
    found = desk.of_model(hint)
    if len(found) == 1:
        return found[0].name
    how = "no resource exposes" if not found else "several resources expose"
    desk.wrong(
        draft,
        name,
        f"it returns {hint.__name__}, which {how}",
        f"return {draft.model.__name__}, or a value type",
    )
    return ""


def _errors(
    desk: drafts.Desk, draft: drafts.Draft, name: str, mark: members.Action
) -> tuple[str, ...]:
    codes = []
    for each in mark.errors:
        row = error_row(each)
        if row is None:
            desk.wrong(
                draft,
                name,
                f"{getattr(each, '__name__', repr(each))} in errors is no error",
                "name a subclass of Problem that has a code, or a code of the error table",
            )
            continue
        codes.append(row.code)
        if row.code not in errors.ERRORS:
            desk.errors[row.code] = row
    return drafts.unique(codes)


def error_row(given: Any) -> errors.ErrorRow | None:
    """The error table's row of a Problem class or of a code; None when it is neither."""
    if isinstance(given, str):
        try:
            return problem.row_of(given)
        except ValueError:
            return None
    if isinstance(given, type) and issubclass(given, problem.Problem):
        return getattr(given, "row", None)
    return None


def _members_by_name(
    desk: drafts.Desk, shape: types.Type, hint: Any
) -> dict[str, enum.Enum] | None:
    """Enum members by wire name, where the wire name is not the member's value."""
    kind = shapes.plain(hint)
    kind, _ = _without_none(kind)
    if shape.kind != "enum" or not (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        return None
    found = dict(shapes.enum_members(kind, desk.shapes.enums[shape.ref or ""]))
    return None if all(name == member.value for name, member in found.items()) else found


def _running(
    draft: drafts.Draft,
    method: Callable[..., Any],
    *,
    item: bool,
    enums: dict[str, dict[str, enum.Enum]],
) -> Callable[..., Any]:
    declared = draft.declared

    async def run(context: resources.Context, *row: Any, **arguments: Any) -> Any:
        for name, named in enums.items():
            if isinstance(arguments.get(name), str):
                arguments[name] = named[arguments[name]]
        instance = resources.make(declared, context)
        return await method(instance, *(row if item else ()), **arguments)

    return run
