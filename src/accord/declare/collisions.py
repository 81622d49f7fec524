"""Room: declare. Names that would mean two things on the wire."""

from __future__ import annotations

from accord.contract import operation, reserved, resource
from accord.declare import draft as drafts


def settle_collisions(desk: drafts.Desk, draft: drafts.Draft) -> None:
    """Note every name of a resource that would mean two things."""
    for name in draft.fields:
        _suffix(desk, draft, name)
    for spec in draft.filters:
        fix = f'rename = {{{_attribute(draft, spec.name)}: "{draft.singular}_{spec.name}"}}'
        _parameter(desk, draft, "filters", spec.name, fix)
    for name in draft.params:
        _parameter(desk, draft, "params", name, f"call it {draft.singular}_{name}, for example")
        _param(desk, draft, name)
    _paths(desk, draft)


def settle_api(desk: drafts.Desk) -> None:
    """Note names that two resources share: types, GraphQL roots, gRPC methods, paths."""
    seen: dict[tuple[str, str], operation.Operation] = {}
    for bound in desk.operations.values():
        spec = bound.spec
        shape = spec.path.replace("{id}", "*")
        for kind, name in (
            ("GraphQL name", spec.graphql),
            ("gRPC method", spec.grpc),
            ("path", f"{spec.method} {shape}"),
        ):
            other = seen.setdefault((kind, name), spec)
            if other is not spec:
                draft = desk.named(spec.resource)
                where = draft.where() if draft else spec.resource
                desk.mistakes.add(
                    where,
                    f"{spec.id} and {other.id} would have one {kind}: {name}",
                    "rename one of them",
                )
    for shape_name in sorted(set(desk.shapes.enums) | set(desk.shapes.objects)):
        for draft in desk.drafts:
            if draft.type_name == shape_name:
                desk.wrong(
                    draft,
                    "type_name",
                    f"an enum or object is called {shape_name} too",
                    "rename that class, or set type_name",
                )


def _suffix(desk: drafts.Desk, draft: drafts.Draft, name: str) -> None:
    for operator in resource.OPERATORS:
        if name.endswith(f"_{operator}"):
            base = name.removesuffix(f"_{operator}")
            desk.wrong(
                draft,
                "rename",
                f"the field {name} reads like the filter {operator!r} on {base!r}",
                f'rename it: rename = {{{_attribute(draft, name)}: "…"}}',
            )


def _attribute(draft: drafts.Draft, name: str) -> str:
    bound = draft.fields.get(name)
    column = bound.column if bound else None
    if column is None:
        return f'"{name}"'
    return f"{draft.model.__name__}.{draft.mapper.get_property_by_column(column).key}"


def _parameter(desk: drafts.Desk, draft: drafts.Draft, attribute: str, name: str, fix: str) -> None:
    if name in reserved.PARAMETERS or name.startswith(reserved.PARAMETER_PREFIXES):
        what = f"{name} is a query parameter of every list ({reserved.purpose(name)})"
        desk.wrong(draft, attribute, what, fix)


def _param(desk: drafts.Desk, draft: drafts.Draft, name: str) -> None:
    """A param wins over the filter of its own name, not over a filter's operator."""
    for spec in draft.filters:
        for operator in spec.operators:
            if name == f"{spec.name}_{operator}":
                desk.wrong(
                    draft,
                    "params",
                    f"{name} is also the filter {operator!r} on {spec.name!r}",
                    f"rename the param, or restrict the filter: only(…) without {operator!r}",
                )


def _paths(desk: drafts.Desk, draft: drafts.Draft) -> None:
    for bound in desk.operations.values():
        spec = bound.spec
        if spec.resource == draft.name and spec.name in reserved.SEGMENTS:
            relation = spec.kind == "related"
            desk.wrong(
                draft,
                "relations" if relation else spec.name,
                f"{spec.name} is a path of every resource ({spec.path})",
                'rename it: rename = {…: "…"}' if relation else "rename the method",
            )
