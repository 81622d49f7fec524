"""Room: bench. The database's own ceiling: the same SQL driven by pgbench."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from bench import databases
from bench.comparators import sql
from bench.scenarios import STATUSES
from bench.servers import POOL

_STATUS = f"(array{STATUSES})[:s::int]"
_TOTAL = "(:t::numeric / 100)"
_PAGE = {1: _STATUS, 2: _TOTAL}
_MANY = {
    1: f"array{STATUSES[:3]}",
    2: _TOTAL,
    3: "'cancelled'",
    4: "(:t::numeric / 50)",
    5: "(timestamptz '2023-07-01Z' + :d * interval '1 day')",
    6: "(timestamptz '2024-10-01Z' + :d * interval '1 hour')",
    7: "(timestamptz '2024-10-01Z' + :d * interval '1 minute')",
    8: "(timestamptz '2023-07-01Z' + :d * interval '1 hour')",
    9: "(timestamptz '2025-06-01Z' + :d * interval '1 day')",
    10: "'USD'",
    11: "'CHF'",
    12: "'usr_x'",
    13: "'ord_x'",
    14: "1",
    15: ":d::int + 1",
}
# Texts cannot vary in pgbench, so ids come from a small table by number: one more index look-up.
_ORDER = "(select id from bench_ids where n = :n)"
_CREATE = {
    1: "'ord_' || substr(md5(random()::text || clock_timestamp()::text), 1, 26)",
    2: "(select user_id from bench_ids where n = :n)",
    3: _TOTAL,
    4: "'USD'",
    5: """'{"street":"High Road 1","city":"Leeds","state":"ENG","zip":"LS1","country":"GB"}'""",
}
PLACES = {
    "one": ("one", {1: _ORDER}),
    "page": ("page", _PAGE),
    "include": ("include", _PAGE),
    "many": ("many", _MANY),
    "create": ("create", _CREATE),
}


def run(url: str, scenario: str, ids: int, seconds: float, folder: Path) -> float | None:
    """Return statements per second of a scenario's SQL over the pool's number of connections."""
    if scenario not in PLACES:
        return None
    name, values = PLACES[scenario]
    text = sql.POSTGRESQL[name]
    for number in sorted(values, reverse=True):
        text = text.replace(f"${number}", values[number])
    # pgbench would take the colons of the time format for variables.
    text = text.replace("HH24:MI:SS", "HH24' || chr(58) || 'MI' || chr(58) || 'SS")
    script = folder / f"{scenario}.sql"
    draws = [f"\\set n random(1, {ids})", f"\\set s random(1, {len(STATUSES)})"]
    draws += ["\\set t random(0, 80000)", "\\set d random(0, 300)"]
    used = [line for line in draws if re.search(rf"(?<!:):{line.split()[1]}\b", text)]
    script.write_text("\n".join([*used, f"{text};"]) + "\n")
    size = ["-M", "prepared", "-n", "-c", str(POOL), "-j", "1", "-T", str(max(1, round(seconds)))]
    command = [databases.pgbench(), *size, "-f", str(script), url]
    # Left alone, PostgreSQL may plan such a script anew every time, which is no ceiling.
    return max(rate(command, mode) for mode in ("auto", "force_generic_plan"))


def rate(command: list[str], mode: str) -> float:
    """Return what one run of pgbench reports in one plan cache mode."""
    environment = {**os.environ, "PGOPTIONS": f"-c plan_cache_mode={mode} -c jit=off"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(f"pgbench failed: {done.stderr[-500:]}")
    return float(found[1])
