"""Room: store. The one border where a driver's error becomes a Violation or a Problem.

Each database has a translator of its own, `postgresql_errors` and `sqlite_errors`; here is what
they share. A driver's own words never reach a caller: they are the Problem's cause and stand in
the StatementFailed observation.
"""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import exc

from accord.kernel import observations, problem
from accord.store import violation

Translated: TypeAlias = violation.Violation | problem.Problem

TRANSLATED = (violation.Violation, problem.Problem)

RETRY_AFTER = {"Retry-After": "1"}


def busy(message: str | None = None, cause: BaseException | None = None) -> problem.Problem:
    """Problem DATABASE_BUSY with Retry-After."""
    return problem.Problem("DATABASE_BUSY", message, headers=RETRY_AFTER, cause=cause)


def unavailable(message: str | None = None, cause: BaseException | None = None) -> problem.Problem:
    """Problem UNAVAILABLE with Retry-After."""
    message = message or "The database cannot be reached."
    return problem.Problem("UNAVAILABLE", message, headers=RETRY_AFTER, cause=cause)


def uncertain(cause: BaseException) -> problem.Problem:
    """UNAVAILABLE for a change whose connection broke before its outcome was known."""
    return problem.Problem(
        "UNAVAILABLE",
        "The connection to the database broke while the change was being committed; it may or may "
        "not have been made.",
        hint="Read the resource before trying again.",
        headers=RETRY_AFTER,
        cause=cause,
    )


def stopping() -> problem.Problem:
    """UNAVAILABLE for a call that came while the database was being closed, or before it opened."""
    return unavailable("The database is not open: the server is starting or stopping.")


def timeout(seconds: float | None = None, cause: BaseException | None = None) -> problem.Problem:
    """Problem TIMEOUT; `seconds` is the limit that was passed, if known."""
    message = None if seconds is None else f"The statement was stopped after {seconds:g} s."
    return problem.Problem("TIMEOUT", message, cause=cause)


def held_too_long(seconds: float) -> problem.Problem:
    """TIMEOUT for a session that kept its transaction, and on SQLite the write lock, too long."""
    return problem.Problem(
        "TIMEOUT", f"The transaction was open for more than {seconds:g} s and was rolled back."
    )


def invalid(message: str, cause: BaseException | None = None) -> problem.Problem:
    """VALIDATION_ERROR for a value that the database cannot hold."""
    return problem.Problem("VALIDATION_ERROR", message, cause=cause)


def too_complex(cause: BaseException) -> problem.Problem:
    """FILTER_TOO_COMPLEX for a statement that nests deeper than the database reads."""
    message = "The request nests conditions and relations deeper than the database can read."
    return problem.Problem("FILTER_TOO_COMPLEX", message, cause=cause)


def internal(cause: BaseException) -> problem.Problem:
    """INTERNAL for a statement that should never have been sent; the cause is not told."""
    return problem.Problem("INTERNAL", cause=cause)


def driver_error(error: BaseException) -> BaseException | None:
    """The driver's own exception within SQLAlchemy's, or None when no database was asked."""
    while isinstance(error, exc.StatementError):
        if error.orig is None:
            return None
        error = error.orig
    driver: BaseException = getattr(error, "driver_exception", None) or error
    return driver


def cause_of(raised: BaseException, by: BaseException) -> BaseException | None:
    """What to put after `from`: the cause an error has already, else the driver's error."""
    return raised.__cause__ or (None if raised is by else by)


def observe_failure(
    observe: observations.Observer, sql: str, translated: Translated, cause: BaseException
) -> None:
    """Tell of a statement that failed, unless the reason is the caller's data.

    The error is told by its class and, where the server worded it, its first line: the details of
    a database's error quote values.
    """
    if not isinstance(translated, problem.Problem) or translated.code == "VALIDATION_ERROR":
        return
    sqlstate = getattr(cause, "sqlstate", None)
    code = sqlstate or getattr(cause, "sqlite_errorname", None)
    text = f": {str(cause).splitlines()[0]}" if code and str(cause) else ""
    observe(
        observations.StatementFailed(
            sql=sql, error=type(cause).__name__ + text, code=translated.code, sqlstate=sqlstate
        )
    )
