"""Room: cli. The accord command: its subcommands by name, its errors, its exit codes.

0: done · 1: it failed, and the text says why and what to do · 2: the command line is wrong.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Sequence

import cyclopts

from accord.cli import describing, explaining, serving, starting
from accord.kernel import problem


def version() -> str:
    """The installed version of Accord."""
    return importlib.metadata.version("accord")


app = cyclopts.App(
    name="accord",
    help="Declare an API once, in Python; serve it from its contract.",
    help_epilogue="TARGET is module:name, such as examples.shop:api. Without it, `target` under "
    "[app] in accord.toml counts, else app:api. `accord COMMAND --help` tells more.",
    version=version,
)
for command in (
    starting.new,
    serving.serve,
    serving.seed,
    describing.routes,
    explaining.explain,
    describing.contract,
    describing.openapi,
    describing.settings,
):
    app.command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    try:
        code = app(arguments, exit_on_error=False, print_error=True, result_action="return_value")
    except cyclopts.CycloptsError:
        return 2
    except problem.Problem as fault:
        print(f"{fault}\n  {fault.hint}", file=sys.stderr)
        return 1
    except problem.AccordError as fault:
        print(fault, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # `accord routes | head` is no mistake.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return code if isinstance(code, int) else 0
