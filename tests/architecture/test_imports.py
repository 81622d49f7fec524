"""Imports inside the house: modules rather than names, and never for type checking alone."""

import ast
import importlib.util

import pytest

from tools import house

MODULES = house.modules()
# A package's __init__ is its doorstep: names are re-exported there.
INSIDE = [module for module in MODULES if module.path.name != "__init__.py"]


def _is_module(name: str) -> bool:
    path = house.PACKAGE.parent.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


@pytest.mark.parametrize("module", INSIDE, ids=lambda module: module.place)
def test_modules_are_imported_not_names(module):
    found = [
        f"line {node.lineno}: from {node.module} import {alias.name}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "accord"
        for alias in node.names
        if not _is_module(f"{node.module}.{alias.name}")
    ]
    assert not found, f"{module.place}: import the module and name it at the use: {found}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.place)
def test_no_import_is_for_type_checking_alone(module):
    found = [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If)
        and "TYPE_CHECKING" in ast.unparse(node.test)
        and any("accord" in ast.unparse(each) for each in node.body)
    ]
    assert not found, f"{module.place}, lines {found}: move the type downstairs instead"


def test_the_import_contracts_are_kept():
    from importlinter import cli

    # "accord" must be the tree under test, not a copy installed elsewhere.
    origin = importlib.util.find_spec("accord").origin
    assert origin == str(house.PACKAGE / "__init__.py")
    assert cli.lint_imports(config_filename=str(house.ROOT / ".importlinter"), no_cache=True) == 0
