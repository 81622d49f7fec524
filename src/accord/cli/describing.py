"""Room: cli. Commands that print what an API is: contract, routes, OpenAPI, settings."""

from __future__ import annotations

import json
import pathlib
from typing import Annotated

import cyclopts

from accord.cli import options


def contract(
    target: options.Target = None,
    /,
    *,
    digest: Annotated[
        bool, cyclopts.Parameter(help="Print the contract's identity only.", negative=())
    ] = False,
    canonical: Annotated[
        bool,
        cyclopts.Parameter(help="Print the very bytes the digest is made of.", negative=()),
    ] = False,
) -> None:
    """Print the contract: what clients can rely on, as JSON.

    Equal contracts have equal digests, so a change of the API shows as a change of the digest.

        accord contract --digest
        accord contract shop:api > contract.json
    """
    from accord.contract import contract as contracts  # noqa: PLC0415 - loaded when needed

    found = options.bound(target).contract
    if digest:
        options.write(f"{found.digest}\n")
    elif canonical:
        options.write(contracts.encode(found).decode())
    else:
        tree = json.loads(contracts.encode(found))
        options.write(json.dumps(tree, indent=2, ensure_ascii=False) + "\n")


def openapi(
    target: options.Target = None,
    /,
    *,
    output: Annotated[
        pathlib.Path | None,
        cyclopts.Parameter(help="Write to this file.", show_default=False),
    ] = None,
) -> None:
    """Print the OpenAPI 3.1 document.

    accord openapi --output openapi.json
    """
    from accord.documents.openapi import document  # noqa: PLC0415 - loaded when needed
    from accord.serve import configuration  # noqa: PLC0415

    limits = configuration.load().limits
    found = document.document(options.bound(target).contract, limits)
    options.write(document.encode(found).decode(), output)


def routes(target: options.Target = None, /, *, json: options.Json = False) -> None:
    """List every route: method, path, operation, and who may use it.

    Writes that cannot be one statement say that they go through a session, and why.
    """
    from accord.cli import routing  # noqa: PLC0415 - loaded when needed

    rows = routing.rows(options.bound(target))
    routing.print_json(rows) if json else routing.print_table(rows)


def settings(*, json: options.Json = False) -> None:
    """List every setting: what it means, its default, and its variable.

    Settings come from accord.toml, then from ACCORD_* variables, then from the command line;
    what comes later is stronger.
    """
    from accord.cli import listing  # noqa: PLC0415 - loaded when needed

    listing.print_json() if json else listing.print_table()
