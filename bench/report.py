"""Room: bench. From the record of a run to a table and a plot."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from bench.scenarios import SCENARIOS, Scenario
from bench.servers import SERVICES

OURS = "accord"
TITLES = {service.name: service.title for service in SERVICES}
HEAD = (
    "| | req/s (min–max) | p50 ms | p99 ms | RSS MB | CPU s/1,000 | statements "
    "| Accord ÷ it (min–max) | target |\n|---|---|---|---|---|---|---|---|---|\n"
)


def table(result: dict[str, Any]) -> str:
    """Return one run as Markdown, a section per scenario."""
    options, parts = result["options"], [f"## {result['database']}, {result['date']}\n"]
    parts.append(
        f"{result['machine']['cpus']} cores for load, service and database; {options['orders']:,} "
        f"orders; one worker, pool of {options['pool']}, {options['connections']} connections; "
        f"{options['rounds']} alternating turns of {options['seconds']:g} s. Medians; only ratios "
        "count.\n"
    )
    parts += [section(s, result) for s in SCENARIOS if s.name in result["scenarios"]]
    parts.append(cold(result))
    parts.append(left_out(result))
    return "\n".join(part for part in parts if part)


def section(scenario: Scenario, result: dict[str, Any]) -> str:
    rows = result["scenarios"][scenario.name]
    lines = [line(name, rows, scenario, result["database"]) for name in rows if rows[name]]
    floor = result["floor"].get(scenario.name)
    if floor:
        lines.insert(0, f"| floor: pgbench, the same SQL | {floor:,.0f} | | | | | 1 | | |")
    return f"### {scenario.title}\n\n{HEAD}" + "\n".join(lines) + "\n"


def line(name: str, rows: dict[str, Any], scenario: Scenario, database: str) -> str:
    turns = rows[name]["rounds"]
    rates = [turn["per_second"] for turn in turns]
    cells = [
        f"**{TITLES[name]}**" if name == OURS else TITLES[name],
        f"{statistics.median(rates):,.0f} ({min(rates):,.0f}–{max(rates):,.0f})",
        f"{median(turns, 'p50'):.2f}",
        f"{median(turns, 'p99'):.2f}",
        f"{median(turns, 'rss'):.0f}",
        f"{median(turns, 'cpu_per_1000'):.3f}",
        statements(rows[name].get("statements")),
        *ratio(name, rows, scenario, database),
    ]
    failed = sum(turn["failed"] for turn in turns)
    if failed:
        cells[0] += f" ({failed:,.0f} failed)"
    return "| " + " | ".join(cells) + " |"


def statements(counted: list[float] | None) -> str:
    """Return statements per request, and after a plus the housekeeping (BEGIN, RESET, …)."""
    if counted is None:
        return "–"
    work, housekeeping = counted
    return f"{work:.2g}" + (f" + {housekeeping:.2g}" if housekeeping else "")


def ratio(name: str, rows: dict[str, Any], scenario: Scenario, database: str) -> tuple[str, str]:
    """Return ours divided by this one, turn by turn, and the target if there is one."""
    aims = scenario.targets if database == "postgresql" else scenario.sqlite_targets
    least = next((aim.least for aim in aims if aim.against == name), None)
    aim = "" if least is None else f"≥ {least:g}"
    if name == OURS or OURS not in rows:
        return "", aim
    found = ratios(rows, name)
    middle = statistics.median(found)
    if least is not None:
        aim += " met" if middle >= least else " **missed**"
    return f"{middle:.2f} ({min(found):.2f}–{max(found):.2f})", aim


def ratios(rows: dict[str, Any], name: str) -> list[float]:
    pairs = zip(rows[OURS]["rounds"], rows[name]["rounds"], strict=True)
    return [ours["per_second"] / its["per_second"] for ours, its in pairs]


def median(turns: list[dict[str, float]], key: str) -> float:
    return statistics.median(turn[key] for turn in turns)


def cold(result: dict[str, Any]) -> str:
    found = result.get("cold")
    if not found:
        return ""
    return (
        f"### Cold shape ({found['shapes']} new query shapes, one request at a time)\n\n"
        "| | p50 ms | p99 ms |\n|---|---|---|\n"
        f"| first request of a shape | {found['first_p50']:.2f} | {found['first_p99']:.2f} |\n"
        f"| second request | {found['second_p50']:.2f} | {found['second_p99']:.2f} |\n"
    )


def left_out(result: dict[str, Any]) -> str:
    if not result["skipped"]:
        return ""
    lines = [f"- {name}: {why.splitlines()[0][:200]}" for name, why in result["skipped"].items()]
    return "### Left out\n\n" + "\n".join(lines) + "\n"


def newest(folder: Path) -> list[dict[str, Any]]:
    """Return the newest record of each database."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*-*.json")):
        result = json.loads(path.read_text())
        if "scenarios" in result:
            found[result["database"]] = result
    return [found[name] for name in sorted(found)]


def write(folder: Path) -> None:
    """Write `table.md` and `plot.png` from the newest records in a folder."""
    results = newest(folder)
    text = "# Measured\n\nMade by `make bench`; see `docs` for how and against whom.\n\n"
    (folder / "table.md").write_text(text + "\n".join(table(result) for result in results))
    draw(results, folder / "plot.png")


def draw(results: list[dict[str, Any]], path: Path) -> None:
    """Draw requests per second as bars, a panel per database, on a logarithmic scale."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy, and only needed here

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, panels = plt.subplots(len(results), 1, figsize=(11, 4.2 * len(results)), squeeze=False)
    for panel, result in zip(panels[:, 0], results, strict=True):
        kinds = [s for s in SCENARIOS if s.name in result["scenarios"]]
        names = [n for n in TITLES if any(n in result["scenarios"][k.name] for k in kinds)]
        width = 0.8 / max(1, len(names))
        for index, name in enumerate(names):
            rows = [result["scenarios"][kind.name].get(name) for kind in kinds]
            heights = [median(row["rounds"], "per_second") if row else 0 for row in rows]
            places = [place + index * width - 0.4 + width / 2 for place in range(len(kinds))]
            colour = "#c2410c" if name == OURS else str(0.25 + 0.55 * index / max(1, len(names)))
            bars = panel.bar(places, heights, width, label=TITLES[name], color=colour)
            panel.bar_label(bars, fmt="{:,.0f}", fontsize=6, rotation=90, padding=2)
        panel.set_yscale("log")
        panel.margins(y=0.25)
        panel.set_xticks(range(len(kinds)), [kind.title for kind in kinds], fontsize=7)
        panel.set_ylabel("requests/s (log)")
        panel.set_title(f"{result['database']}, {result['date']}")
        panel.legend(fontsize=7, ncols=2, loc="upper right")
    figure.tight_layout()
    figure.savefig(path, dpi=130)
    plt.close(figure)
