"""Room: store. What has to be right about a PostgreSQL before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from accord.kernel import observations, problem, settings
from accord.store import connections, postgresql_errors

_EXPECTED = MappingProxyType({"TimeZone": "UTC", "server_encoding": "UTF8"})
_WISHED = MappingProxyType({"jit": "off"})


def verify(
    found: Mapping[str, str], options: settings.Database, observe: observations.Observer
) -> None:
    """A proxy such as PgBouncer may have dropped what the connection asked for."""
    for name, expected in _EXPECTED.items():
        if found.get(name) != expected:
            raise _setting_fault(
                f"PostgreSQL's {name} is {found.get(name)!r} and must be {expected!r}",
                "create the database with encoding UTF8"
                if name == "server_encoding"
                else f"behind a proxy, set it with: ALTER ROLE … SET {name} = '{expected}'",
            )
    timeout = str(round(options.statement_timeout * 1000))
    for name, wished in {**_WISHED, "statement_timeout": timeout}.items():
        if found.get(name) != wished:
            message = f"PostgreSQL's {name} is {found.get(name)!r} instead of {wished!r}"
            observe(observations.ConfigurationWarning(key="database.url", message=message))


async def server_settings(connection: connections.Connection) -> dict[str, str]:
    """What the server has for this connection of the settings that matter."""
    names = [*_EXPECTED, *_WISHED, "statement_timeout"]
    rows = await connection.fetch(
        "select name, setting from pg_settings where name = any($1::text[])", [names]
    )
    return {row[0]: row[1] for row in rows}


def setup_fault(refused: problem.Problem) -> problem.SettingsError | None:
    """The operator's part in a connection that was refused, else None."""
    cause = refused.__cause__
    state = postgresql_errors.sqlstate(cause) or "" if cause else ""
    if state.startswith("28"):
        return _setting_fault("PostgreSQL refuses the user or password", "correct the credentials")
    if state == "3D000":
        return _setting_fault("there is no such database", "create it, or correct the name")
    if isinstance(cause, ValueError):
        return _setting_fault(
            "the URL cannot be read", "write postgresql://user:password@host/name"
        )
    return None


def _setting_fault(what: str, fix: str) -> problem.SettingsError:
    return problem.SettingsError([problem.DeclarationError("database.url", what, fix)])
