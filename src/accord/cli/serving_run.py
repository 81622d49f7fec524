"""Room: cli. What serving and seeding do, and what they tell on the way."""

from __future__ import annotations

import asyncio
import sys
import time

import rich.console
import rich.progress

from accord.kernel import problem, settings
from accord.serve import app, assembly, configuration, load, run, seeding


def serve(
    target: str | None,
    overrides: dict[str, object],
    *,
    reload: bool,
    seed: bool,
    scale: int | None,
) -> int:
    """Serves until a signal comes."""
    chosen = target or configuration.load(overrides).app.target
    plan = run.Plan(chosen, overrides, reload)
    if seed:
        _seed_if_empty(plan, scale)
    made, configured = run.prepare(plan)
    if configured.server.port == 0:
        plan.options["server.port"] = run.free_port(configured.server.host)
        configured = configuration.load(plan.options)
    _tell(made, configured)
    run.serve(plan, configured)
    return 0


def seed(
    target: str | None, overrides: dict[str, object], *, scale: int | None, reset: bool
) -> int:
    """Fills the database with a progress bar."""
    configured = configuration.load(overrides)
    plan = run.Plan(target or configured.app.target, overrides)
    if not reset and asyncio.run(seeding.is_filled(_assembled(plan, configured))):
        raise problem.DeclarationError(
            settings.mask_url(configured.database.url),
            "the database holds rows already",
            "say --reset to drop them, or name another database",
        )
    _fill(plan, configured, scale, reset=reset)
    return 0


def _seed_if_empty(plan: run.Plan, scale: int | None) -> None:
    configured = configuration.load(plan.options)
    if not asyncio.run(seeding.is_filled(_assembled(plan, configured))):
        _fill(plan, configured, scale, reset=False)


def _assembled(plan: run.Plan, configured: settings.Settings) -> app.App:
    return assembly.asgi(load.load(plan.target), configured, _silent, {})


def _fill(plan: run.Plan, configured: settings.Settings, scale: int | None, *, reset: bool) -> None:
    seeder = seeding.find(plan.target)
    total = seeder.scale if scale is None else scale
    columns = (
        rich.progress.TextColumn("seeding"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TimeRemainingColumn(),
    )
    started = time.perf_counter()
    with rich.progress.Progress(*columns, console=rich.console.Console(stderr=True)) as bar:
        task = bar.add_task("seeding", total=total)
        asyncio.run(
            seeder.run(configured, scale, lambda done: bar.advance(task, done), reset=reset)
        )
    run.bind_keys(plan, seeder.callers(scale))
    shown = settings.mask_url(configured.database.url)
    print(f"seeded {shown} in {time.perf_counter() - started:.1f} s", file=sys.stderr)


def _tell(made: app.App, configured: settings.Settings) -> None:
    """Where the API is and how to call it."""
    contract, server = made.binding.contract, configured.server
    host = f"[{server.host}]" if ":" in server.host else server.host
    address = f"http://{host}:{server.port}"
    lines = [f"{contract.title} {contract.version} · {configured.mode}", ""]
    lines.append(f"  API       {address}{contract.style.base_path}")
    if configured.docs.enabled:
        lines.append(f"  docs      {address}{server.root_path}{configured.docs.path}")
    lines.append(f"  database  {settings.mask_url(configured.database.url)}")
    if made.dev_keys:
        wide = max(len(key.role) for key in made.dev_keys)
        lines += ["", "  Keys of this machine (.accord/dev-keys), to be sent as a header:", ""]
        for key in made.dev_keys:
            lines.append(f"  {key.role:{wide}}  Authorization: Bearer {key.secret}")
    print("\n".join([*lines, ""]), flush=True)


def _silent(_observation: object) -> None:
    """Nobody listens while things are prepared."""
