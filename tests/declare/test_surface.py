"""The public names are sorted, complete, and what they say."""

import importlib
import subprocess
import sys

import accord


def test_public_names_are_sorted_and_exist():
    assert list(accord.__all__) == sorted(accord.__all__)
    for name in accord.__all__:
        assert hasattr(accord, name)


def test_public_names_are_documented():
    for name in accord.__all__:
        given = getattr(accord, name)
        if callable(given) or isinstance(given, type):
            assert given.__doc__, name


def test_query_stays_the_decorator_when_the_room_of_that_name_is_loaded():
    program = (
        "from accord.query import plan; import accord.query.shape; from accord import query; "
        "assert query.__module__ == 'accord.declare.members', query"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert importlib.import_module("accord.query.plan").Plan
