"""Room: serve. Runs an API's application under granian: sockets, workers, signals, reload."""

from __future__ import annotations

import asyncio
import functools
import gc
import multiprocessing
import pathlib
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

import granian
import msgspec
from granian import constants
from granian import log as granian_log

from accord.kernel import problem, settings
from accord.serve import app, assembly, configuration, dev_keys, load, tables

# What a worker needs beyond its requests' time to close its database and write its log.
_MARGIN = 5
# A database in the watched directory changes all the time; sources are what a reload is for.
_NO_SOURCE = r"(?<!\.py)(?<!\.toml)$"


class Plan(msgspec.Struct, frozen=True):
    """One run: the target, the options of the command line, and whether files are watched."""

    target: str
    options: dict[str, object]
    reload: bool = False
    directory: str = "."


def prepare(plan: Plan) -> tuple[app.App, settings.Settings]:
    """Everything that can go wrong goes wrong here, before a process is started.

    Raises:
        DeclarationError: the target, its declaration or the settings are wrong, or the database
            is away.
    """
    configured = configuration.load(plan.options)
    made = assembly.asgi(load.load(plan.target), configured, _silent, {})
    asyncio.run(_check(made))
    _check_port(configured.server)
    return made, configured


def serve(plan: Plan, configured: settings.Settings) -> None:
    """Serve until a signal comes; running requests are finished.

    Raises:
        DeclarationError: the address is taken.
    """
    port = configured.server.port or free_port(configured.server.host)
    plan = msgspec.structs.replace(plan, options={**plan.options, "server.port": port})
    if plan.reload:
        # Forked workers would share the modules of this process, old ones after a change.
        multiprocessing.set_start_method("spawn", force=True)
    server: Any = granian.Granian(
        f"accord:{plan.target}",
        address=configured.server.host,
        port=port,
        interface=constants.Interfaces.ASGI,
        loop=constants.Loops.uvloop,
        http=constants.HTTPModes.auto,
        workers=configured.server.workers,
        websockets=True,
        log_level=granian_log.LogLevels.warning,
        respawn_failed_workers=not plan.reload,
        workers_kill_timeout=int(configured.server.drain_timeout) + _MARGIN,
        reload=plan.reload,
        reload_paths=[pathlib.Path(plan.directory)],
        reload_ignore_patterns=[_NO_SOURCE],
        reload_ignore_worker_failure=plan.reload,
    )
    server.serve(target_loader=functools.partial(worker, plan), wrap_loader=False)


def worker(plan: Plan) -> Callable[..., Any]:
    """The application of one worker process, which ends the process when it cannot be made."""
    try:
        configured = configuration.load(plan.options)
        made = assembly.asgi(load.load(plan.target), configured, None, {})
    except problem.AccordError as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - there is no log yet
        raise SystemExit(1) from None
    # What lives until the end need not be looked at by every collection.
    gc.collect()
    gc.freeze()
    return made


def free_port(host: str) -> int:
    """A TCP port nobody listens on at the moment."""
    with socket.socket(_family(host)) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def bind_keys(plan: Plan, callers: Mapping[str, str]) -> None:
    """Ties the keys of development to whose rows a seed made."""
    if configuration.load(plan.options).mode == "development":
        dev_keys.bind(callers)


async def _check(made: app.App) -> None:
    try:
        await made.database.start()
    except problem.Problem as fault:
        raise problem.SettingsError(
            [
                problem.DeclarationError(
                    "database.url",
                    f"{settings.mask_url(made.settings.database.url)}: {fault.message}",
                    "start that server, or name another database, such as --database "
                    "sqlite:///file.db",
                )
            ]
        ) from fault
    try:
        await tables.check(made.database, made.binding, made.settings)
    finally:
        await made.database.stop()


def _check_port(server: settings.Server) -> None:
    where = f"{server.host}:{server.port}"
    try:
        with socket.socket(_family(server.host)) as probe:
            # As the server does it: a port in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((server.host, server.port))
    except OSError as fault:
        raise problem.SettingsError(
            [
                problem.DeclarationError(
                    "server.port",
                    f"{where} cannot be listened on: {fault.strerror}",
                    "choose another port, such as --port 8001, or stop who has it",
                )
            ]
        ) from fault


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _silent(_observation: object) -> None:
    """Nobody listens while things are checked."""
