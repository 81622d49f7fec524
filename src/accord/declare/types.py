"""Room: declare. Column types a model may use so that both databases answer alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in time: aware going in, aware UTC coming out, on every database.

    PostgreSQL keeps it as ``timestamptz``. SQLite keeps the text
    ``YYYY-MM-DD HH:MM:SS.ffffff`` in UTC, always with six digits, so that text order is time
    order; SQLAlchemy's own DateTime would drop the offset there without a word.
    A naive datetime is refused with ValueError.

    Example: ``created_at: Mapped[datetime] = mapped_column(UtcDateTime)``.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime; turn an aware one to UTC (without the offset on SQLite)."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(
                f"naive datetime {value!r} given to UtcDateTime: "
                "give it a timezone, e.g. datetime.now(UTC)"
            )
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Answer an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def coerce_compared_value(self, op: operators.OperatorType | None, value: Any) -> Any:
        """Compare datetimes as this type; let ``created_at - timedelta(...)`` stay an interval."""
        if isinstance(value, datetime) or value is None:
            return self
        return self.impl_instance.coerce_compared_value(op, value)
