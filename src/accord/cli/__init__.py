"""Room: cli. The front door: the accord command and its subcommands."""
