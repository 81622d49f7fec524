"""Worlds for the write tests, on SQLite and PostgreSQL."""

import itertools

import pytest

from tests.writes import world as worlds

_numbers = itertools.count(1)


@pytest.fixture
async def world(database_url):
    """The family's API; rows stay for the other tests of the module."""
    async with worlds.serving(database_url) as made:
        yield made


@pytest.fixture
async def fresh(fresh_database_url):
    """The family's API over a database of the test's own."""
    async with worlds.serving(fresh_database_url) as made:
        yield made


@pytest.fixture
def tag():
    """A text no other test uses."""
    return f"t{next(_numbers)}"
