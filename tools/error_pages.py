"""Writes one documentation page per row of the error table: `python -m tools.error_pages [--write]`.

Pages are docs/errors/<CODE>.md, an index beside them. Private rows have none: no caller sees them.
"""

from __future__ import annotations

import pathlib
import sys

from accord.kernel import errors
from tools import house

FOLDER = house.ROOT / "docs" / "errors"
NOTE = "<!-- Written by `make generated` from the error table: do not edit. -->"


def page(row: errors.ErrorRow) -> str:
    """One error: what it means, what to do, and how each protocol spells it."""
    retry = "Yes, after `Retry-After` where the answer has one." if row.retryable else "No."
    return f"""# {row.code}

{NOTE}

**{row.title}.** {row.explanation}

**What to do.** {row.hint}

| | |
|---|---|
| HTTP status | {row.status} |
| gRPC status | `{row.grpc}` |
| GraphQL | `extensions.code: "{row.code}"` |
| Worth retrying unchanged | {retry} |
"""


def index(rows: list[errors.ErrorRow]) -> str:
    """All errors, by HTTP status."""
    lines = [
        f"| [{row.code}]({row.code}.md) | {row.status} | `{row.grpc}` | {row.title} |"
        for row in sorted(rows, key=lambda row: (row.status, row.code))
    ]
    details = [f"| `{row.code}` | {row.title} |" for row in errors.DETAILS.values()]
    table = "\n".join(["| code | HTTP | gRPC | meaning |", "|---|---|---|---|", *lines])
    fields = "\n".join(["| code | meaning |", "|---|---|", *details])
    return f"""# Errors

{NOTE}

Every error of every protocol is a row of one table. Its code is a promise: it keeps its meaning and
is never used for anything else.

{table}

## Codes of single fields

The `details` of a `VALIDATION_ERROR` name each field that is wrong, with one of these codes.

{fields}
"""


def pages() -> dict[pathlib.Path, str]:
    """Every page with its path."""
    public = [row for row in errors.ERRORS.values() if row.public]
    found = {FOLDER / f"{row.code}.md": page(row) for row in public}
    return {**found, FOLDER / "index.md": index(public)}


def main(arguments: list[str]) -> int:
    """Write the pages and remove those of codes that are gone, or compare."""
    write, wanted = "--write" in arguments, pages()
    complaints = [
        complaint
        for path, text in wanted.items()
        for complaint in house.write_or_compare(path, text, write=write)
    ]
    for path in sorted(set(FOLDER.glob("*.md")) - set(wanted)):
        if write:
            path.unlink()
        else:
            complaints.append(f"{path.relative_to(house.ROOT)} is of no error: `make generated`")
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
