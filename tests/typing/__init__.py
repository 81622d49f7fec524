"""What mypy --strict and pyright must accept, and what they must not: checked, never run."""
