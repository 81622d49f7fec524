"""Room: serve. Finds the API a target names: `package.module:attribute`."""

from __future__ import annotations

import importlib
import pathlib
import sys
import types
from typing import Any

from accord.binding import binding
from accord.declare import api as declaration
from accord.kernel import problem

DEFAULT_ATTRIBUTE = "api"


def load(target: str, *, directory: pathlib.Path | None = None) -> declaration.API:
    """The API that `module:attribute` names; modules of the directory are found too.

    Raises:
        DeclarationError: there is no such module or attribute, or it is no API.
    """
    module_name, _, attribute = target.partition(":")
    place = str(directory or pathlib.Path.cwd())
    if place not in sys.path:
        sys.path.insert(0, place)
    module = _module(module_name, target)
    found = getattr(module, attribute or DEFAULT_ATTRIBUTE, None)
    if isinstance(found, declaration.API):
        return found
    apis = [name for name, each in vars(module).items() if isinstance(each, declaration.API)]
    if apis:
        fix = " or ".join(f"{module_name}:{name}" for name in sorted(apis))
    else:
        fix = f'write api = API("shop", version="v1") in {module_name}'
    what = (
        f"module {module_name} has no {attribute or DEFAULT_ATTRIBUTE!r}"
        if found is None
        else f"{attribute or DEFAULT_ATTRIBUTE!r} is no API but {type(found).__name__}"
    )
    raise problem.DeclarationError(f"target {target!r}", what, f"use {fix}" if apis else fix)


def compiled(source: Any) -> binding.Binding:
    """The binding of an API, or the binding itself.

    Raises:
        TypeError: it is neither.
        DeclarationError: the declaration has mistakes.
    """
    if isinstance(source, binding.Binding):
        return source
    if isinstance(source, declaration.API):
        return source.compile()
    raise TypeError(f"an API or a Binding is served, not {type(source).__name__}")


def seeder(api_module: str) -> types.ModuleType | None:
    """The module with a function `seed`: the API's own, `seed` in its package, or beside it."""
    package, _, _ = api_module.rpartition(".")
    for name in (api_module, f"{api_module}.seed", f"{package}.seed" if package else "seed"):
        try:
            found = importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name is None or not f"{name}.".startswith(f"{missing.name}."):
                raise
        else:
            if callable(getattr(found, "seed", None)):
                return found
    return None


def _module(name: str, target: str) -> types.ModuleType:
    where = f"target {target!r}"
    if not name or not all(part.isidentifier() for part in name.split(".")):
        raise problem.DeclarationError(
            where, "this names no module", "write module:attribute, such as examples.shop:api"
        )
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        # A module that is missing further in is the application's own mistake.
        if missing.name is None or not f"{name}.".startswith(f"{missing.name}."):
            raise problem.DeclarationError(
                where,
                f"module {name} imports {missing.name!r}, which is not installed",
                f"install it, or correct the import in {name}",
            ) from missing
        fix = _nearby(name) or "run accord where the module is, or give the target in accord.toml"
        raise problem.DeclarationError(
            where, f"there is no module {missing.name}", fix
        ) from missing


def _nearby(name: str) -> str:
    """A suggestion among the modules of the working directory."""
    here = pathlib.Path.cwd()
    names = {path.stem for path in here.glob("*.py")}
    names |= {path.parent.name for path in here.glob("*/__init__.py")}
    near = problem.suggest(name.partition(".")[0], names)
    return near if near.startswith("did") else ""
