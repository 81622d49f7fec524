"""Room: protocols/rest. Builds the route table of one API: every operation and what answers it."""

from __future__ import annotations

from typing import Protocol

from accord.binding import binding
from accord.contract import resource
from accord.protocols.rest import (
    builder,
    calls,
    changes,
    kit,
    message,
    names,
    reads,
    route,
    slots,
    views,
)


class Handler(Protocol):
    """What answers one operation."""

    operation: binding.OperationBinding

    async def answer(self, request: message.Request) -> message.Response:
        """The answer; Problem for every refusal."""
        ...


def routes(tools: kit.Kit) -> route.Routes[Handler]:
    """The route table of all operations."""
    table: route.Routes[Handler] = route.Routes(tools.base)
    for operation in tools.binding.operations.values():
        spec = operation.spec
        table.add(spec.path, spec.method, _handler(tools, operation))
    return table


def _handler(tools: kit.Kit, operation: binding.OperationBinding) -> Handler:
    spec = operation.spec
    own = tools.binding.resources[spec.resource]
    key = _key(tools, own.spec)
    match spec.kind:
        case "list":
            return reads.Page(tools, operation, _paged(tools, operation, own))
        case "get":
            item = builder.Builder(own, _item_names(tools, own.spec), tools.tools, key=key)
            return reads.Item(tools, operation, views.Views(tools, operation, item, reads=True))
        case "related":
            return _related(tools, operation, own, key)
        case "action" | "query":
            return _invocation(tools, operation, key)
    known = names.of_item((), own.spec) if spec.kind == "delete" else _item_names(tools, own.spec)
    shown = views.Views(tools, operation, builder.Builder(own, known, tools.tools), reads=False)
    return changes.Change(tools, operation, shown, key)


def _paged(
    tools: kit.Kit, operation: binding.OperationBinding, target: binding.ResourceBinding
) -> views.Views:
    made = builder.Builder(target, _list_names(tools, target.spec), tools.tools, paged=True)
    return views.Views(tools, operation, made, reads=True)


def _related(
    tools: kit.Kit,
    operation: binding.OperationBinding,
    own: binding.ResourceBinding,
    key: slots.Read,
) -> Handler:
    name = operation.spec.relation or operation.spec.name
    relation = own.relations[name]
    target = tools.binding.resources[relation.target]
    parent = (own.spec.name, name)
    if relation.spec.kind == "to_one":
        made = builder.Builder(
            target, _item_names(tools, target.spec), tools.tools, key=key, parent=parent
        )
        return reads.Item(tools, operation, views.Views(tools, operation, made, reads=True))
    made = builder.Builder(
        target, _list_names(tools, target.spec), tools.tools, key=key, parent=parent, paged=True
    )
    return reads.Page(tools, operation, views.Views(tools, operation, made, reads=True))


def _invocation(tools: kit.Kit, operation: binding.OperationBinding, key: slots.Read) -> Handler:
    spec = operation.spec
    rows = spec.output in {"resource", "list"}
    target = tools.binding.resources[spec.target or spec.resource]
    known = _item_names(tools, target.spec) if rows else names.Names({}, target.spec)
    if spec.method == "GET":
        known = names.of_arguments((each.name for each in spec.arguments), known)
    shown = views.Views(tools, operation, builder.Builder(target, known, tools.tools), reads=False)
    return calls.Invocation(tools, operation, shown, key, rows=rows)


def _key(tools: kit.Kit, spec: resource.Resource) -> slots.Read:
    field = next(field for field in spec.fields if field.name == spec.key)
    return tools.inputs.codecs.loose(field.type).from_text


def _item_names(tools: kit.Kit, spec: resource.Resource) -> names.Names:
    return names.of_item(tools.tools.projections.reachable(spec.name), spec)


def _list_names(tools: kit.Kit, spec: resource.Resource) -> names.Names:
    reachable = tools.tools.projections.reachable(spec.name)
    return names.of_list(spec, reachable, tools.inputs.codecs)
