"""Room: runtime. Hooks before a write: which run, and what they may change."""

from __future__ import annotations

import inspect
from typing import Any

from accord.binding import binding
from accord.query import catalog
from accord.runtime import call, context


class Hooks:
    """Runs the hooks of a row and of the rows nested in it."""

    def __init__(self, known: catalog.Catalog):
        self._catalog = known

    def wanted(
        self, resource: binding.ResourceBinding, operation: str, change: call.Change | None
    ) -> bool:
        """Whether any hook runs for a change or for a row nested in it."""
        named = frozenset[str]() if change is None else change.named()
        if any(hook.wants(operation, named) for hook in resource.hooks):
            return True
        return change is not None and any(
            self.wanted(self._target(resource, name), "create", child)
            for name, rows in change.children.items()
            for child in rows
        )

    async def run(
        self,
        resource: binding.ResourceBinding,
        operation: str,
        change: call.Change,
        surroundings: context.Context,
    ) -> None:
        """Run the hooks of the row, then those of its nested rows, which it may have added."""
        _freeze(change)
        await self._run(resource, operation, change, surroundings)

    async def _run(
        self,
        resource: binding.ResourceBinding,
        operation: str,
        change: call.Change,
        surroundings: context.Context,
    ) -> None:
        named = change.named()
        for hook in resource.hooks:
            if hook.wants(operation, named):
                await _call(resource, hook, change, surroundings)
        for name, rows in change.children.items():
            for child in rows:
                await self._run(self._target(resource, name), "create", child, surroundings)

    def _target(self, resource: binding.ResourceBinding, name: str) -> binding.ResourceBinding:
        return self._catalog.resource(resource.relations[name].target)


def _freeze(change: call.Change) -> None:
    """Remember what the caller gave, in nested rows too, before hooks give more."""
    if change.touched is None:
        change.touched = frozenset(change.values)
    for rows in change.children.values():
        for child in rows:
            _freeze(child)


async def _call(
    resource: binding.ResourceBinding,
    hook: binding.Hook,
    change: call.Change,
    surroundings: context.Context,
) -> None:
    """One hook; nested rows stand under their relation as values, and are read back."""
    values = change.values
    for name, rows in change.children.items():
        values[name] = [each.values for each in rows]
    pending = hook.run(values, surroundings)
    if inspect.isawaitable(pending):
        await pending
    for name, relation in resource.relations.items():
        if relation.spec.create and name in values:
            change.children[name] = _rows(change.children.get(name, ()), values.pop(name))


def _rows(before: Any, after: Any) -> list[call.Change]:
    """The nested rows as a hook left them: some gone, some added by the server."""
    known = {id(each.values): each for each in before}
    return [
        known.get(id(values)) or call.Change(values=values, touched=frozenset()) for values in after
    ]
