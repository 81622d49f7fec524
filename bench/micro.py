"""Room: bench. Figures of one process: guard cost, import time, start-up with 300 resources.

usage: python -m bench.micro
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
RESULT = Path(__file__).with_name("results") / "micro.json"
REPEATS = 5
RESOURCES = 300
# What 5-performance.md asks for.
TARGETS = {"guards_us": 15.0, "import_s": 0.1, "startup_s": 1.0}
console = Console()


class NotBuiltError(Exception):
    """The part of Accord to be measured does not exist yet."""


def python(code: str, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter that finds Accord and the examples."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.run(
        [sys.executable, *flags, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def import_s() -> float:
    """Return seconds spent in Accord's own modules by `import accord`, without its dependencies."""
    found = []
    for _ in range(REPEATS):
        done = python("import accord; accord.API", "-X", "importtime")
        if done.returncode:
            raise NotBuiltError(
                f"import accord gives no API: {done.stderr.strip().splitlines()[-1]}"
            )
        found.append(own_microseconds(done.stderr) / 1e6)
    return statistics.median(found)


def own_microseconds(report: str) -> int:
    """Sum the self times of `accord…` in a report of `-X importtime`."""
    total = 0
    for line in report.splitlines():
        own, _, rest = line.removeprefix("import time:").partition("|")
        name = rest.rpartition("|")[2].strip()
        if own.strip().isdigit() and (name == "accord" or name.startswith("accord.")):
            total += int(own)
    return total


# Models first: what SQLAlchemy needs for them is not Accord's time.
STARTUP = f"""
import json, sys, time
start = time.perf_counter()
from datetime import datetime
import sqlalchemy as sa
from sqlalchemy import orm
imported = time.perf_counter()

class Base(orm.DeclarativeBase):
    pass

models = []
for n in range({RESOURCES}):
    fields = {{
        "__tablename__": f"things{{n}}",
        "__annotations__": {{}},
        "id": orm.mapped_column(sa.String(50), primary_key=True),
        "name": orm.mapped_column(sa.String(200)),
        "amount": orm.mapped_column(sa.Integer),
        "price": orm.mapped_column(sa.Numeric(12, 2)),
        "active": orm.mapped_column(sa.Boolean),
        "note": orm.mapped_column(sa.Text, nullable=True),
        "parent_id": orm.mapped_column(sa.ForeignKey(f"things{{max(0, n - 1)}}.id"), nullable=True),
    }}
    if n:
        fields["parent"] = orm.relationship(f"Thing{{n - 1}}", foreign_keys=fields["parent_id"])
    models.append(type(f"Thing{{n}}", (Base,), fields))
orm.configure_mappers()
mapped = time.perf_counter()
try:
    import accord
    API, Resource, allow, asgi = accord.API, accord.Resource, accord.allow, accord.asgi
    everyone = accord.everyone
except (ImportError, AttributeError) as error:
    print(json.dumps({{"missing": str(error)}}))
    sys.exit()
loaded = time.perf_counter()
api = API("many", version="v1", title="Many")
for model in models:
    body = {{
        "__module__": __name__,
        "__doc__": "A thing.",
        "access": [allow("CRUD", everyone)],
        "filters": [model.name, model.amount, model.price],
        "sorts": [model.name, model.price],
    }}
    import types
    api.resource(types.new_class(f"{{model.__name__}}s", (Resource[model],), {{}},
                                 lambda space, body=body: space.update(body)))
app = asgi(api)
ready = time.perf_counter()
print(json.dumps({{
    "sqlalchemy": imported - start, "mapping": mapped - imported,
    "import": loaded - mapped, "startup": ready - loaded,
}}))
"""


def startup_s() -> float:
    """Return seconds from 300 mapped models to an ASGI app over as many resources."""
    found = []
    for _ in range(REPEATS):
        done = python(STARTUP)
        if done.returncode:
            raise NotBuiltError(f"300 resources fail: {done.stderr.strip().splitlines()[-1]}")
        seen = json.loads(done.stdout.splitlines()[-1])
        if "missing" in seen:
            raise NotBuiltError(seen["missing"])
        found.append(float(seen["startup"]))
    return statistics.median(found)


GUARDS = """
import json, time
from accord.kernel import settings
from accord.query import policy
from accord.runtime import access, authentication
from examples.shop.api import api

bound = api.binding()
key = authentication.key_of("bench", "bench-admin-key-0123456789abcdef", ("admin",), id="usr_1")
keys = authentication.Keys([key], development=True)
judge = access.Access(bound)
given = "Bearer bench-admin-key-0123456789abcdef"
ready = {}

def guards():
    caller = keys.authenticate(authentication.parse(given, "127.0.0.1"))
    variant = judge.variant(caller.roles, caller.id is not None)
    if variant not in ready:
        judge.demand("orders", "get", variant)
        ready[variant] = policy.rows(bound.resources["orders"], "get", variant)
    return ready[variant]

best = 1e9
for _ in range(7):
    start = time.perf_counter()
    for _ in range(20_000):
        guards()
    best = min(best, (time.perf_counter() - start) / 20_000)
print(json.dumps(best * 1e6))
"""


def guards_us() -> float:
    """Return microseconds of authenticate + authorise for one call, in memory.

    A repeated call finds its decision by variant, as the templates of REST do. There is no rate
    limiter yet, so the figure has none.
    """
    found = []
    for _ in range(REPEATS):
        done = python(GUARDS)
        if done.returncode:
            raise NotBuiltError(done.stderr.strip().splitlines()[-1])
        found.append(float(json.loads(done.stdout)))
    return statistics.median(found)


MEASURES: dict[str, Callable[[], float]] = {
    "guards_us": guards_us,
    "import_s": import_s,
    "startup_s": startup_s,
}


def main() -> None:
    found: dict[str, float | str] = {}
    for name, measure in MEASURES.items():
        try:
            value = measure()
        except NotBuiltError as error:
            found[name] = f"not built yet: {error}"
            console.print(f"{name}: not built yet: {error}", markup=False, style="yellow")
            continue
        found[name] = value
        verdict = "met" if value <= TARGETS[name] else "missed"
        console.print(f"{name}: {value:.3f} (target ≤ {TARGETS[name]:g}: {verdict})")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
