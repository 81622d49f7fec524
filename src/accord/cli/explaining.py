"""Room: cli. `accord explain`: what a request would ask of the database."""

from __future__ import annotations

from typing import Annotated

import cyclopts

from accord.cli import options


def explain(
    request: Annotated[
        str, cyclopts.Parameter(help="Such as 'GET /v1/orders?status=pending&include=user'.")
    ],
    target: options.Target = None,
    /,
    *,
    as_: Annotated[
        str | None,
        cyclopts.Parameter(
            name="--as",
            help="The caller's role; nobody in particular without it.",
            show_default=False,
        ),
    ] = None,
    caller_id: Annotated[
        str | None, cyclopts.Parameter(help="The caller's id.", show_default=False)
    ] = None,
    database: options.Database = None,
    json: options.Json = False,
) -> None:
    """Show what a read asks of the database: Selection, Shape, SQL, and the database's plan.

    accord explain 'GET /v1/orders?status=pending&include=user' --as admin
    """
    from accord.cli import explanation  # noqa: PLC0415 - loaded when needed

    explanation.show(request, target, as_, caller_id, database, json=json)
