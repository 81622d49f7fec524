"""Commands run in this process, in a directory of the test's own."""

import os

import pytest

from accord.cli import commands


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """The test's working directory, with no settings of the machine's in its environment."""
    for name in os.environ:
        if name.startswith("ACCORD_") and not name.startswith("ACCORD_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Ran:
    """What a command gave back."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def accord(capsys):
    """`accord("routes", "--json")` → its exit code and what it printed."""

    def run(*arguments):
        capsys.readouterr()
        code = commands.main(arguments)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run
