"""Room: cli. Prints the explanation of a read."""

from __future__ import annotations

import asyncio
import json as json_module
import textwrap
from typing import Any

import msgspec

from accord.cli import options
from accord.kernel import problem
from accord.query import shape
from accord.runtime import call
from accord.serve import app, assembly, configuration, explaining, load, tables

_WIDE = 96


def show(
    request: str,
    target: str | None,
    role: str | None,
    caller_id: str | None,
    database: str | None,
    *,
    json: bool,
) -> None:
    """Explains one request on standard output.

    Raises:
        DeclarationError: the API has no such role.
        Problem: the request would be refused.
    """
    configured = configuration.load({"database.url": database})
    source = load.load(target or configured.app.target)
    made = assembly.asgi(source, configured, _silent, {})
    found = asyncio.run(_explain(made, request, _caller(made, role, caller_id)))
    options.write(_json(found) if json else _text(found))


def _caller(made: app.App, role: str | None, caller_id: str | None) -> call.Caller:
    roles = made.binding.contract.roles
    if role is not None and role not in roles:
        raise problem.DeclarationError(
            f"option --as {role}",
            "the API has no such role",
            problem.suggest(role, roles),
        )
    if role is None and caller_id is None:
        return call.ANONYMOUS
    known = {key.role: key.id for key in made.dev_keys}
    chosen = caller_id or known.get(role or "") or f"dev-{role}"
    return call.Caller(id=chosen, roles=frozenset([role] if role else ()), method="key")


async def _explain(made: app.App, request: str, caller: call.Caller) -> explaining.Explained:
    await made.database.start()
    try:
        await tables.check(made.database, made.binding, made.settings)
        return await explaining.explain(made, request, caller)
    finally:
        await made.database.stop()


def _text(found: explaining.Explained) -> str:
    parts = [
        ("operation", found.operation),
        ("selection", _tree(_plain(found.selection))),
        ("shape", "\n".join(_layout(found.shape, 0))),
        ("sql", explaining.formatted(found.sql)),
        ("parameters", "\n".join(f"{n}: {value!r}" for n, value in enumerate(found.params, 1))),
        ("plan", found.plan),
    ]
    return "\n".join(f"-- {name}\n{text or '(none)'}\n" for name, text in parts)


def _json(found: explaining.Explained) -> str:
    tree = {
        "operation": found.operation,
        "selection": _plain(found.selection),
        "shape": _plain(found.shape),
        "sql": found.sql,
        "params": found.params,
        "plan": found.plan,
    }
    return json_module.dumps(tree, indent=2, ensure_ascii=False, default=repr) + "\n"


def _plain(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def _layout(node: shape.Node, depth: int, key: str = "") -> list[str]:
    """A Shape as an outline: keys, and where their values come from unless the name says it."""
    start = "  " * depth + (f"{key}: " if key else "")
    match node:
        case shape.Obj():
            inner: list[str] = []
            plain: list[str] = []
            for name, each in node.entries:
                if each == shape.Field(name):
                    plain.append(name)
                else:
                    inner += _layout(each, depth + 1, name)
            own = ["  " * (depth + 1) + ", ".join(plain)] if plain else []
            return [start.rstrip(), *own, *inner] if start.strip() else [*own, *inner]
        case shape.Field():
            return [f"{start}{node.name}"]
        case shape.Const():
            return [f"{start}{node.value!r}"]
        case shape.Text():
            parts = (part if isinstance(part, str) else f"{{{part.name}}}" for part in node.parts)
            return [start + "".join(parts)]
        case shape.Rel() | shape.Connection():
            name = f"{type(node).__name__.lower()} {node.alias}"
            return _layout(node.node, depth, f"{key} ({name})")
        case shape.Count():
            return [f"{start}count of {node.alias}"]
    return [f"{start}{type(node).__name__}"]


def _tree(value: Any) -> str:
    """A tree on as few lines as are readable; what is empty is left out."""
    return "\n".join(_lines(_full(value), 0))


def _full(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _full(each) for key, each in value.items() if each not in (None, [], False)}
    return [_full(each) for each in value] if isinstance(value, list) else value


def _lines(value: Any, depth: int) -> list[str]:
    start = "  " * depth
    flat = json_module.dumps(value, ensure_ascii=False).replace('"', "")
    if len(flat) + len(start) <= _WIDE or not isinstance(value, dict | list):
        return [start + flat]
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return textwrap.wrap(
            ", ".join(map(str, value)), _WIDE, initial_indent=start, subsequent_indent=start
        )
    pairs = value.items() if isinstance(value, dict) else (("-", each) for each in value)
    out = []
    for key, each in pairs:
        label = start + (key if key == "-" else f"{key}:")
        inner = _lines(each, depth + 1)
        out += [f"{label} {inner[0].strip()}"] if len(inner) == 1 else [label, *inner]
    return out


def _silent(_observation: object) -> None:
    """An explanation is not logged."""
