"""Room: store. What an error of SQLite means, by its extended result code and message.

Codes and the fixed wording of messages: https://www.sqlite.org/rescode.html.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from accord.store import errors, violation

_UNIQUE = frozenset(
    {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"}
)
_FAILED = re.compile(r"[A-Z ]+ constraint failed: (.*)", re.DOTALL)
_INDEX = re.compile(r"index '(.*)'", re.DOTALL)
_DELETE = re.compile(r"\s*(with\b.*?\)\s*)?delete\b", re.IGNORECASE | re.DOTALL)

# https://www.sqlite.org/limits.html; the parser's stack is 100 before SQLite 3.46.
_TOO_MUCH = ("parser stack overflow", "Expression tree is too large", "at most 64 tables")

_AWAY: Mapping[str, str] = MappingProxyType(
    {
        "SQLITE_READONLY": "The database takes no changes: its file is read-only.",
        "SQLITE_FULL": "The database takes no changes: its disk is full.",
        "SQLITE_IOERR": "The database cannot be reached: its file cannot be read or written.",
        "SQLITE_CANTOPEN": "The database cannot be reached: its file cannot be opened.",
        "SQLITE_CORRUPT": "The database cannot be reached: its file is damaged.",
        "SQLITE_NOTADB": "The database cannot be reached: its file is not a database.",
    }
)


def translate(error: BaseException, sql: str = "") -> errors.Translated | None:
    """The Violation or Problem of a driver's error, None for an error that is not a database's.

    SQLite does not tell which end of a foreign key failed; `sql` decides: after a DELETE the row
    is still referenced, else what it refers to is missing.
    """
    if isinstance(error, (OverflowError, UnicodeEncodeError)):
        return errors.invalid("The database cannot hold a value: it is out of range.", error)
    if not isinstance(error, (sqlite3.Error, sqlite3.Warning)):
        return None
    name: str = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_CONSTRAINT"):
        return _of_constraint(error, name, sql)
    if name == "SQLITE_INTERRUPT":
        return errors.timeout(cause=error)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return errors.busy(cause=error)
    if name in {"SQLITE_TOOBIG", "SQLITE_MISMATCH"} or isinstance(error, sqlite3.DataError):
        return errors.invalid("The database cannot hold a value: it is not valid.", error)
    if str(error).startswith(_TOO_MUCH):
        return errors.too_complex(error)
    for start, message in _AWAY.items():
        if name.startswith(start):
            return errors.unavailable(message, cause=error)
    return errors.internal(error)


def _of_constraint(error: BaseException, name: str, sql: str) -> errors.Translated:
    found = _FAILED.fullmatch(str(error))
    subject = found.group(1) if found else ""
    if name in _UNIQUE:
        index = _INDEX.fullmatch(subject)
        if index:
            return _violation(error, "unique", constraint=index.group(1))
        return _violation(error, "unique", subject=subject)
    if name == "SQLITE_CONSTRAINT_NOTNULL":
        return _violation(error, "not_null", subject=subject)
    if name == "SQLITE_CONSTRAINT_FOREIGNKEY":
        return _violation(error, "referenced" if _DELETE.match(sql) else "foreign_key")
    if name == "SQLITE_CONSTRAINT_DATATYPE":  # a STRICT table
        return errors.invalid("The database cannot hold a value: it has the wrong type.", error)
    # CHECK names its constraint or, when it has no name, its expression. RAISE in a trigger is a
    # rule of the data in the user's own words.
    return _violation(error, "check", constraint=subject or None)


def _violation(
    error: BaseException,
    kind: violation.ViolationKind,
    *,
    subject: str = "",
    constraint: str | None = None,
) -> violation.Violation:
    """`subject` is SQLite's list of what failed: `users.team_id, users.email`."""
    pairs = [name.rpartition(".") for name in subject.split(", ")] if subject else []
    translated = violation.Violation(
        kind,
        table=pairs[0][0] if pairs else None,
        columns=tuple(column for _, _, column in pairs),
        constraint=constraint,
        message=str(error),
    )
    translated.__cause__ = error
    return translated
