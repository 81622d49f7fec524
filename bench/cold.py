"""Room: bench. What the first request of a new query shape costs (ours alone compiles shapes)."""

from __future__ import annotations

import itertools
import random
import statistics

from bench.load import Request
from bench.scenarios import STATUSES, money
from bench.servers import Running

FIELDS = ("user_id", "status", "total", "currency", "shipping_address", "created_at", "updated_at")
SORTS = ("created_at", "-created_at", "total", "-total", "-updated_at,total")
SHAPES = 150


def shapes() -> list[Request]:
    """Return requests that all differ in shape: fields, filters and order."""
    draw = random.Random("bench cold")
    subsets = [c for n in range(2, 7) for c in itertools.combinations(FIELDS, n)]
    every = [(subset, sort) for subset in subsets for sort in SORTS]
    found = []
    for subset, sort in draw.sample(every, SHAPES):
        given = f"status={draw.choice(STATUSES)}&total_gt={money(draw, 0, 800)}"
        fields = ",".join(("id", *subset))
        found.append(Request("GET", f"/v1/orders?{given}&sort={sort}&limit=20&fields={fields}"))
    return found


def run(server: Running) -> dict[str, float]:
    """Return milliseconds of the first and of the second request of each shape."""
    client = server.client()
    first: list[float] = []
    second: list[float] = []
    for request in shapes():
        for times in (first, second):
            status, body, elapsed = client.send(request)
            if status != 200:
                raise RuntimeError(f"{request.path} gave {status}: {str(body)[:300]}")
            times.append(elapsed)
    client.close()
    return {
        "shapes": len(first),
        "first_p50": statistics.median(first),
        "first_p99": statistics.quantiles(first, n=100)[98],
        "second_p50": statistics.median(second),
        "second_p99": statistics.quantiles(second, n=100)[98],
    }
