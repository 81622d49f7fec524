"""Rooms: every module says in its first line which room it is in, and what its one job is."""

import ast
import re

import pytest

from tools import house, house_plan

MODULES = house.modules()
FIRST_LINE = re.compile(r"Room: (?P<room>[a-z_/]+)\. (?P<job>\S.*[^.\s])\.?")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.place)
def test_the_first_line_names_the_room_and_the_job(module):
    first = (ast.get_docstring(module.tree) or "").partition("\n")[0]
    match = FIRST_LINE.fullmatch(first)
    assert match, (
        f'{module.place} begins with {first!r}, not with """Room: {module.room}. Its one job."""'
    )
    inner = "/".join(module.folders)
    assert match["room"] in {module.room, inner or "accord"}, f"{module.place} is not that room"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.place)
def test_the_docstring_is_the_first_thing_in_the_file(module):
    assert module.path.read_text("utf-8").startswith('"""')


def test_the_house_plan_in_the_docs_is_the_import_graph():
    assert house_plan.main([]) == 0, "run `make generated`"
