"""Room: cli. `accord serve` and `accord seed`."""

from __future__ import annotations

from typing import Annotated

import cyclopts

from accord.cli import options

Scale = Annotated[
    int | None,
    cyclopts.Parameter(
        help="How much the seed writes, in its own measure.",
        show_default=False,
        validator=cyclopts.validators.Number(gte=0),
    ),
]


def serve(
    target: options.Target = None,
    /,
    *,
    host: Annotated[
        str | None, cyclopts.Parameter(help="Address to listen on.", show_default=False)
    ] = None,
    port: Annotated[
        int | None,
        cyclopts.Parameter(help="TCP port; 0 takes a free one.", show_default=False),
    ] = None,
    workers: Annotated[
        int | None, cyclopts.Parameter(help="Processes that serve.", show_default=False)
    ] = None,
    database: options.Database = None,
    reload: Annotated[
        bool, cyclopts.Parameter(help="Start anew when a file changes.", negative=())
    ] = False,
    seed: Annotated[
        bool, cyclopts.Parameter(help="Fill the database first if it is empty.", negative=())
    ] = False,
    scale: Scale = None,
) -> int:
    """Serve an API over HTTP.

    In development (the default mode) it listens on this machine only, makes the tables of a
    SQLite database, and prints a ready-made key for every role.

        accord serve app:api --reload
        accord serve examples.shop:api --database postgresql://localhost/shop --seed
    """
    from accord.cli import serving_run  # noqa: PLC0415 - loaded when needed

    given = {
        "server.host": host,
        "server.port": port,
        "server.workers": workers,
        "database.url": database,
    }
    overrides: dict[str, object] = {k: v for k, v in given.items() if v is not None}
    return serving_run.serve(target, overrides, reload=reload, seed=seed, scale=scale)


def seed(
    target: options.Target = None,
    /,
    *,
    scale: Scale = None,
    reset: Annotated[
        bool, cyclopts.Parameter(help="Drop what is there first.", negative=())
    ] = False,
    database: options.Database = None,
) -> int:
    """Fill the database by the function `seed` beside the API.

    accord seed examples.shop:api --scale 1000000 --reset
    """
    from accord.cli import serving_run  # noqa: PLC0415 - loaded when needed

    overrides: dict[str, object] = {} if database is None else {"database.url": database}
    return serving_run.seed(target, overrides, scale=scale, reset=reset)
