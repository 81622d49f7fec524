"""Room: binding. Python values as JSON holds them on the wire."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from accord.kernel import temporal


def to_wire(value: Any) -> Any:
    """Moments in UTC with six digits, decimals as text, structures as dicts.

    >>> to_wire(datetime(2024, 1, 15, 10, 30, tzinfo=timezone.utc))
    '2024-01-15T10:30:00.000000Z'
    """
    if isinstance(value, datetime):
        if value.tzinfo:
            return temporal.format_timestamp(value)
        return value.isoformat(timespec="microseconds")
    if isinstance(value, time):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, list | tuple):
        return [to_wire(item) for item in value]
    if isinstance(value, dict):
        return {key: to_wire(item) for key, item in value.items()}
    if isinstance(value, str | int | float | bool | date | timedelta | None):
        return msgspec.to_builtins(value)
    return msgspec.to_builtins(value, str_keys=True)
