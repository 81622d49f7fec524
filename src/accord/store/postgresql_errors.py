"""Room: store. What an error of PostgreSQL means, by its SQLSTATE.

Codes are those of appendix A of PostgreSQL's manual. Only attributes are read, so that this module
needs no driver.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from accord.store import errors, violation

_KINDS: Mapping[str, violation.ViolationKind] = MappingProxyType(
    {
        "23001": "referenced",  # restrict_violation: ON DELETE RESTRICT, from PostgreSQL 18 on
        "23502": "not_null",
        "23503": "foreign_key",
        "23505": "unique",
        "23514": "check",
        "23P01": "exclusion",
        "P0001": "check",  # RAISE in a trigger is a rule of the data in the user's own words
    }
)

# Work that others got in the way of: to run it anew is the documented cure.
TRANSIENT = MappingProxyType({"40001": "serialization_failure", "40P01": "deadlock_detected"})

# Connection failures, shutdown, crash and start-up of the server, and the end of its resources.
_AWAY = ("08", "57P", "53", "58", "XX001", "XX002")

# What asyncpg raises of its own when a connection broke under it.
_LOST = frozenset({"InternalClientError", "ProtocolError", "TargetServerAttributeNotMatched"})

_KEY = re.compile(r"\((.+?)\)=\(")
_NAME = re.compile(r'[a-z_][a-z0-9_$]*|"(?:[^"]|"")+"')


def sqlstate(error: BaseException) -> str | None:
    """The five characters of the error, or None when the server did not speak."""
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None


def translate(error: BaseException) -> errors.Translated | None:
    """The Violation or Problem of a driver's error, None for an error that is not a database's."""
    state = sqlstate(error)
    if state is not None:
        return _of_server(error, state)
    if type(error).__module__.startswith("asyncpg"):
        return _of_client(error)
    if isinstance(error, (OSError, EOFError)):
        return errors.unavailable(cause=error)
    return None


def _of_server(error: BaseException, state: str) -> errors.Translated:
    if state in _KINDS:
        return _violation(error, _KINDS[state])
    if state in TRANSIENT:
        return errors.busy("Changes made at the same time got in the way.", cause=error)
    if state in {"57014", "25P03", "25P04"}:
        return errors.timeout(cause=error)
    if state in {"53300", "55P03"}:
        return errors.busy(cause=error)
    if state == "25006":
        return errors.unavailable("The database takes no changes: it is read-only.", cause=error)
    if state.startswith("22"):
        return errors.invalid(f"The database cannot hold a value: {_value_fault(state)}.", error)
    if state.startswith(_AWAY) or state == "3D000" or state.startswith("28"):
        return errors.unavailable(cause=error)
    return errors.internal(error)


def _value_fault(state: str) -> str:
    return {
        "22001": "a text is longer than its column",
        "22003": "a number is out of range",
        "22007": "a date or time has the wrong form",
        "22008": "a date or time is out of range",
        "22021": "a text has a character that the database cannot store, such as NUL",
        "22P02": "a value has the wrong form",
        "22P05": "a text has a character that the database cannot store, such as NUL",
    }.get(state, "it is not valid for its column")


def _of_client(error: BaseException) -> errors.Translated:
    """What the driver refused before, or lost after, it spoke to the server."""
    cause = error.__cause__
    name = type(error).__name__
    if name == "DataError" and isinstance(cause, (OverflowError, UnicodeError, ValueError)):
        return errors.invalid("The database cannot hold a value: it is out of range.", error)
    if name in _LOST or (name == "InterfaceError" and "closed" in str(error)):
        return errors.unavailable(cause=error)
    return errors.internal(error)


def _violation(error: BaseException, kind: violation.ViolationKind) -> violation.Violation:
    fields: Any = error
    detail = getattr(fields, "detail", None) or ""
    table = getattr(fields, "table_name", None)
    columns: tuple[str, ...] = ()
    if kind == "foreign_key" and _still_referenced(detail, table):
        kind = "referenced"
    elif kind == "not_null":
        column = getattr(fields, "column_name", None)
        columns = (column,) if column else ()
    elif kind != "check":
        columns = _columns(detail)
    translated = violation.Violation(
        kind,
        table=table,
        columns=columns,
        constraint=getattr(fields, "constraint_name", None),
        message=str(error),
    )
    translated.__cause__ = error
    return translated


def _columns(detail: str) -> tuple[str, ...]:
    """The columns of `Key (team_id, name)=(1, a) already exists.`; none if one is an expression."""
    found = _KEY.search(detail)
    names = found.group(1).split(", ") if found else []
    if not all(_NAME.fullmatch(name) for name in names):
        return ()
    return tuple(name[1:-1].replace('""', '"') if name.startswith('"') else name for name in names)


def _still_referenced(detail: str, table: str | None) -> bool:
    """Whether a foreign key failed on the side it points to.

    The server says so only in words, which follow its `lc_messages`. In any language it then names
    the referring table, which is the error's `table_name`, and else the one referred to.
    """
    if "is still referenced" in detail:
        return True
    if not detail or "is not present" in detail or table is None:
        return False
    return table in detail.rpartition("(")[2].partition(")")[2]
