"""A target names an API; where it does not, the message says what to do."""

import sys

import pytest

from accord.kernel import problem
from accord.serve import load


@pytest.fixture
def module(tmp_path, monkeypatch, request):
    """`module(text)` writes a module of a fresh name and returns the name."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def write(text, name=None):
        name = name or f"target_{abs(hash(request.node.name))}_{len(made)}"
        (tmp_path / f"{name}.py").write_text(text)
        made.append(name)
        return name

    yield write
    for name in made:
        sys.modules.pop(name, None)


API = 'from accord import API\nshop = API("shop", version="v1")\n'


def told(target):
    with pytest.raises(problem.DeclarationError) as fault:
        load.load(target)
    return str(fault.value)


def test_an_api_is_found_by_its_name(module):
    assert load.load(f"{module(API)}:shop").name == "shop"


def test_the_attribute_is_api_unless_named(module):
    assert load.load(module(API.replace("shop =", "api ="))).name == "shop"


def test_another_name_is_suggested(module):
    name = module(API)
    assert f"use {name}:shop" in told(name)


def test_a_module_without_an_api_is_told(module):
    text = told(f"{module('api = 3')}:api")
    assert "'api' is no API but int" in text
    assert "API(" in text


def test_a_missing_module_is_told_with_a_near_one(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module(API, "bookshop")
    assert "did you mean 'bookshop'?" in told("bookshp:api")


def test_a_module_that_misses_another_is_told_apart(module):
    name = module("import nowhere_to_be_found")
    text = told(f"{name}:api")
    assert "imports 'nowhere_to_be_found'" in text


@pytest.mark.parametrize("target", ["", ":api", "a-b:api", "a..b:api"])
def test_what_names_no_module_is_told(target):
    assert "module:attribute" in told(target)


def test_mistakes_of_the_module_itself_pass_through(module):
    with pytest.raises(ZeroDivisionError):
        load.load(f"{module('1 / 0')}:api")
