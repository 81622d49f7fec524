"""Programs that keep the house honest; run as `python -m tools.<name>`."""
