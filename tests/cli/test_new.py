"""`accord new` makes a project that runs and passes its own tests."""

import os
import subprocess
import sys

import pytest


def test_a_new_project_passes_its_own_tests(accord, workplace):
    made = accord("new", "book-shelf")
    assert made.code == 0
    folder = workplace / "book-shelf"
    assert {
        "app.py",
        "test_app.py",
        "pyproject.toml",
        "accord.toml",
        "README.md",
        ".gitignore",
    } == {each.name for each in folder.iterdir()}
    assert "{{" not in "".join(each.read_text() for each in folder.iterdir())
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80"},
    )
    assert ran.returncode == 0, ran.stdout
    assert "3 passed" in ran.stdout


def test_a_new_project_is_known_to_the_other_commands(accord, workplace, monkeypatch):
    accord("new", "shelf")
    ran = subprocess.run(
        [sys.executable, "-m", "accord.cli", "routes"],
        cwd=workplace / "shelf",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "/v1/books/{id}" in ran.stdout


def test_what_is_there_is_left_alone(accord, workplace):
    (workplace / "shelf").mkdir()
    failed = accord("new", "shelf")
    assert failed.code == 1
    assert "there already" in failed.err
    assert not list((workplace / "shelf").iterdir())


@pytest.mark.parametrize("name", ["Shelf", "1shelf", "my shelf"])
def test_a_name_that_is_no_project_name_is_refused(accord, workplace, name):
    assert accord("new", name).code == 1
    assert not list(workplace.iterdir())
