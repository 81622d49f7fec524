"""Room: bench. Runs Accord and its comparators side by side and writes what came out.

usage: python -m bench.run [--quick] [--only one,page,accord,bare_best] [--databases sqlite]
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import itertools
import os
import platform
import tempfile
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import agree, cold, databases, floor, load, measure, report
from bench.scenarios import SCENARIOS, Sample, Scenario
from bench.servers import POOL, SERVICES, NotRunningError, Running

RESULTS = Path(__file__).with_name("results")
# Runs that are not the standard one must not take its place.
TRIALS = Path(__file__).with_name(".cache") / "results"
COUNTED = 100
CHECKED = 12
PACKAGES = ("sqlalchemy", "asyncpg", "granian", "uvloop", "msgspec", "fastapi", "litestar")
console = Console()


@dataclasses.dataclass(frozen=True)
class Options:
    """How long and how much."""

    databases: list[str]
    only: list[str]
    seconds: float
    rounds: int
    warm: float
    orders: int
    trial: bool


@dataclasses.dataclass
class Bench:
    """One run over one database: its services and what they gave."""

    options: Options
    database: str
    url: str
    folder: Path
    servers: list[Running] = dataclasses.field(default_factory=list)
    sample: Sample = dataclasses.field(default_factory=lambda: Sample([], []))
    results: dict[str, Any] = dataclasses.field(default_factory=dict)
    skipped: dict[str, str] = dataclasses.field(default_factory=dict)

    def wanted(self, name: str, group: set[str]) -> bool:
        """Return whether `--only` leaves this one in; it filters only the groups it names."""
        chosen = group & set(self.options.only)
        return not chosen or name in chosen

    def scenarios(self) -> list[Scenario]:
        names = {scenario.name for scenario in SCENARIOS}
        return [scenario for scenario in SCENARIOS if self.wanted(scenario.name, names)]

    def start(self) -> None:
        """Start every service; one that does not run is named and left out."""
        names = {service.name for service in SERVICES}
        probe = SCENARIOS[0].requests(self.sample)[0]
        for service in SERVICES:
            if self.database not in service.databases or not self.wanted(service.name, names):
                continue
            running = Running(service, self.url, self.folder)
            try:
                running.wait(probe)
            except NotRunningError as error:
                self.skipped[service.name] = str(error)
                console.print(f"left out: {error}", markup=False, style="yellow")
                continue
            self.servers.append(running)

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def check(self) -> None:
        """Drop every service whose content differs from the first one's, and say how."""
        for scenario in self.scenarios():
            requests = scenario.requests(self.sample)[:CHECKED]
            for server in self.servers[1:]:
                try:
                    agree.check([self.servers[0], server], requests, made=scenario.writes)
                except agree.DisagreementError as error:
                    key = f"{server.service.name} {scenario.name}"
                    self.skipped[key] = str(error)
                    console.print(f"left out: {error}", markup=False, style="yellow")
        asyncio.run(databases.clean(self.url))

    def agreeing(self, scenario: Scenario) -> list[Running]:
        return [s for s in self.servers if f"{s.service.name} {scenario.name}" not in self.skipped]

    def measure(self, scenario: Scenario, progress: Progress, task: Any) -> None:
        """Load the services one after another, in turns, and keep every turn's figures."""
        path = self.folder / f"{scenario.name}.txt"
        requests = scenario.requests(self.sample)
        path.write_text("".join(f"{request.line}\n" for request in requests))
        servers = self.agreeing(scenario)
        found: dict[str, Any] = {server.service.name: {"rounds": []} for server in servers}
        if self.database == "postgresql":
            for server in servers:
                counted = asyncio.run(self.count(server, requests))
                found[server.service.name]["statements"] = counted
        for turn in range(self.options.rounds):
            shift = turn % max(1, len(servers))
            for server in servers[shift:] + servers[:shift]:
                progress.update(task, description=f"{scenario.name}: {server.service.name}")
                found[server.service.name]["rounds"].append(self.turn(server, path))
                if scenario.writes:
                    asyncio.run(databases.clean(self.url))
                progress.advance(task)
        self.results[scenario.name] = found

    def turn(self, server: Running, requests: Path) -> dict[str, float]:
        """Return one turn of one service: warm-up, then the measured seconds."""
        load.wrk(server.port, requests, server.headers, self.options.warm)
        before = measure.cpu_seconds(server.process.pid)
        seen = load.wrk(server.port, requests, server.headers, self.options.seconds)
        cpu = measure.cpu_seconds(server.process.pid) - before
        return {
            **dataclasses.asdict(seen),
            "cpu_per_1000": cpu / max(1, seen.requests) * 1000,
            "rss": measure.rss_megabytes(server.process.pid),
        }

    async def count(self, server: Running, requests: list[load.Request]) -> Any:
        """Return (statements, housekeeping) per request, by pg_stat_statements."""
        statements, client = measure.Statements(self.url), server.client()
        several = list(itertools.islice(itertools.cycle(requests), COUNTED * 2))
        for request in several[:COUNTED]:
            client.send(request)
        await statements.reset()
        for request in several[COUNTED:]:
            client.send(request)
        seen = await statements.read()
        client.close()
        return None if seen is None else [seen[0] / COUNTED, seen[1] / COUNTED]


def fill(url: str, orders: int) -> None:
    """Seed the shop and settle the tables."""
    from examples.shop import seed  # noqa: PLC0415 - the models need Accord on the path

    with bars() as progress:
        task = progress.add_task("orders", total=orders)
        advance = progress.advance
        asyncio.run(seed.seed(url, orders, lambda n: advance(task, n), reset=True))
    asyncio.run(databases.settle(url))


def bars() -> Progress:
    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console)


def run(options: Options, name: str) -> dict[str, Any]:
    """Run every scenario on one database and return the record of the run."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-") as path:
        folder = Path(path)
        url = databases.postgresql() if name == "postgresql" else f"sqlite:///{folder / 'shop.db'}"
        if url is None:
            raise SystemExit("no PostgreSQL: run this by scripts/services run --durable -- …")
        fill(url, options.orders)
        bench = Bench(options, name, url, folder, sample=asyncio.run(databases.sample(url)))
        try:
            bench.start()
            bench.check()
            turns(bench)
            extra = extras(bench)
        finally:
            bench.stop()
        return record(bench, extra)


def turns(bench: Bench) -> None:
    scenarios = bench.scenarios()
    total = sum(len(bench.agreeing(s)) for s in scenarios) * bench.options.rounds
    with bars() as progress:
        task = progress.add_task("", total=total)
        for scenario in scenarios:
            bench.measure(scenario, progress, task)


def extras(bench: Bench) -> dict[str, Any]:
    """Return the rows that are not races: cold shapes (ours alone) and the database's floor."""
    found: dict[str, Any] = {"floor": {}, "cold": None}
    ours = [server for server in bench.servers if server.service.name == "accord"]
    if ours and not bench.options.only:
        try:
            found["cold"] = cold.run(ours[0])
        except (RuntimeError, OSError) as error:
            bench.skipped["accord cold"] = str(error)
    if bench.database == "postgresql" and bench.wanted("floor", {s.name for s in SERVICES}):
        ids = asyncio.run(databases.copy_ids(bench.url, bench.sample))
        for scenario in bench.scenarios():
            seconds = bench.options.seconds
            rate = floor.run(bench.url, scenario.name, ids, seconds, bench.folder)
            if rate is not None:
                found["floor"][scenario.name] = rate
    return found


def record(bench: Bench, extra: dict[str, Any]) -> dict[str, Any]:
    """Return everything a reader needs to judge the run."""
    versions = {package: metadata.version(package) for package in PACKAGES}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "database": bench.database,
        "machine": {"cpus": os.cpu_count(), "system": platform.system()},
        "python": platform.python_version(),
        "versions": versions,
        "options": dataclasses.asdict(bench.options)
        | {"pool": POOL, "connections": load.CONNECTIONS},
        "scenarios": bench.results,
        "skipped": bench.skipped,
        **extra,
    }


def parse(arguments: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="5,000 orders, 1 s a turn; writes to .cache/results"
    )
    parser.add_argument("--only", default="", help="scenarios and services, by name")
    parser.add_argument("--databases", default="postgresql,sqlite")
    parser.add_argument("--seconds", type=float, help="measured seconds of a turn (5)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of every service (3)")
    parser.add_argument("--orders", type=int, help="rows of the table orders (100,000)")
    given = parser.parse_args(arguments)
    only = [name for name in given.only.split(",") if name]
    known = {s.name for s in SCENARIOS} | {s.name for s in SERVICES} | {"floor"}
    chosen = given.databases.split(",")
    if unknown := sorted(set(only) - known | set(chosen) - {"postgresql", "sqlite"}):
        parser.error(f"unknown: {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
    return Options(
        databases=chosen,
        only=only,
        seconds=given.seconds or (1 if given.quick else 5),
        rounds=given.rounds,
        warm=1 if given.quick else 2,
        orders=given.orders or (5_000 if given.quick else 100_000),
        trial=given.quick or bool(only),
    )


def main() -> None:
    options = parse()
    if "postgresql" in options.databases and databases.postgresql() is None:
        databases.run_with_postgresql()
    results = TRIALS if options.trial else RESULTS
    results.mkdir(parents=True, exist_ok=True)
    for name in options.databases:
        console.rule(name)
        result = run(options, name)
        path = results / f"{result['date']}-{name}.json"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
        console.print(report.table(result), markup=False, highlight=False)
        console.print(f"written: {path.relative_to(Path.cwd())}")
    report.write(results)


if __name__ == "__main__":
    main()
