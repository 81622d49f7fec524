"""The SQL of writes, of the one statement and of the steps, and which of them a write takes."""

import msgspec
import pytest

from accord.query import shape
from accord.runtime import call
from tests.writes import api
from tests.writes import world as worlds
from tests.writes.world import ADMIN, caller

MEMBER = caller("member", id="per_1")
CASES = {
    "create": ("projects.create", ADMIN, {"code": "c", "title": "A"}, {}),
    "create-under-a-rule": ("projects.create", MEMBER, {"code": "c", "title": "A"}, {}),
    "create-with-a-hidden-reference": (
        "tasks.create",
        MEMBER,
        {"project_id": "p", "title": "T", "assignee_id": "a"},
        {},
    ),
    "create-judged-after": ("meters.create", MEMBER, {"reading": 1}, {}),
    "create-with-nested-rows": (
        "projects.create",
        ADMIN,
        {"code": "c", "title": "A", "tasks": [{"title": "a"}]},
        {},
    ),
    "create-that-shows-its-own-table": (
        "people.create",
        ADMIN,
        {"email": "e", "name": "N"},
        {"include": ("boss",)},
    ),
    "update": ("projects.update", ADMIN, {"title": "B"}, {"key": "prj_1"}),
    "update-of-a-version": (
        "projects.update",
        MEMBER,
        {"title": "B"},
        {"key": "prj_1", "match": ("1",)},
    ),
    "update-of-a-state": (
        "devices.update",
        ADMIN,
        {"label": "B"},
        {"key": "0b5c4b9a-7a9e-4a35-9d7c-3a9e5b1c2d3e", "match": ("1",)},
    ),
    "update-that-is-checked": ("projects.update", ADMIN, {"ends": None}, {"key": "prj_1"}),
    "update-with-sql-of-its-own": ("people.update", ADMIN, {"name": "N"}, {"key": "per_1"}),
    "delete": ("projects.delete", ADMIN, None, {"key": "prj_1"}),
    "delete-with-links": ("people.delete", ADMIN, None, {"key": "per_1"}),
    "soft-delete": ("notes.delete", MEMBER, None, {"key": "note_1"}),
}
# What is shown is another promise's: here it is the key alone.
SHOWN = {
    "create",
    "create-under-a-rule",
    "create-judged-after",
    "create-that-shows-its-own-table",
    "update-of-a-version",
}
STEPS = ("single", "check", "change", "verify", "document")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def compiling(request):
    """Compiles writes without a database."""
    bound = api.make().binding()

    class Database:
        dialect = request.param

    made = worlds.service.Service(
        bound,
        Database(),
        worlds.settings.load(None, {}),
        worlds.clock.SystemClock(),
        lambda _told: None,
    )
    return _World(made)


class _World(worlds.World):
    """A world without a database."""

    def __init__(self, made):
        self.service = made
        self.binding = made.binding
        self.inputs = worlds.inputs.Inputs(made.binding)


@pytest.mark.parametrize("name", CASES)
def test_the_statements(compiling, golden, request, name):
    operation, who, document, more = CASES[name]
    made = compiling.call(operation, who, document, **{"shown": name in SHOWN, **more})
    if made.view is not None:
        made.view = narrow(made.view)
    compiled = compiling.compiled(made)
    listed = [f"-- flags: {', '.join(compiled.flags) or 'none'}"]
    for step in STEPS:
        found = getattr(compiled, step)
        if found is not None:
            listed.append(f"-- {step}\n{_broken(found.sql)}")
    dialect = compiling.service.catalog.dialect.name
    golden("\n".join(listed), f"{name}.{dialect}.sql")


def narrow(view):
    chosen = msgspec.structs.replace(view.selection, fields=("id",))
    kept = tuple(
        each for each in view.shape.entries if each[0] == "id" or isinstance(each[1], shape.Rel)
    )
    return call.View(chosen, shape.Obj(kept), view.values)


def _broken(sql):
    """Lines that a reviewer can read."""
    for word in (
        " from ",
        " where ",
        " returning ",
        ", n as ",
        ", f as ",
        ", w as ",
        " left join ",
    ):
        sql = sql.replace(word, "\n " + word.lstrip())
    return sql
