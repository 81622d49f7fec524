"""Room: cli. The front door: the accord command and its subcommands."""

from accord.cli.commands import app, main

__all__ = ["app", "main"]
