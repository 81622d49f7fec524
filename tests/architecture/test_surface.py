"""The surface is a file: what users can rely on changes only together with surface.txt."""

import difflib

import accord
from tools import surface


def test_surface_txt_is_current():
    now = surface.surface().splitlines()
    file = surface.FILE.read_text("utf-8").splitlines()
    diff = "\n".join(difflib.unified_diff(file, now, "surface.txt", "now", lineterm="", n=1))
    assert not diff, f"run `make generated` and note the change in CHANGELOG.md\n{diff}"


def test_the_root_exports_are_sorted_and_there():
    assert list(accord.__all__) == sorted(accord.__all__)
    assert [name for name in accord.__all__ if not hasattr(accord, name)] == []


def test_every_exported_name_is_documented():
    bare = [
        name
        for name in accord.__all__
        if callable(getattr(accord, name)) and not getattr(accord, name).__doc__
    ]
    assert bare == []
