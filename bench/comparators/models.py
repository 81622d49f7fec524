"""Room: bench/comparators. The ORM models of the SQLAlchemy services, free of Accord."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Numeric, String
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class LiteUtc(TypeDecorator[datetime]):
    """UTC text on SQLite, read back as aware datetimes."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


STAMP = DateTime(timezone=True).with_variant(LiteUtc(), "sqlite")


class Base(DeclarativeBase):
    type_annotation_map = {datetime: STAMP, Decimal: Numeric(12, 2)}  # noqa: RUF012


def now() -> datetime:
    return datetime.now(UTC)


class User(Base):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(50), primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(
        String(50), primary_key=True, default=lambda: f"ord_{secrets.token_hex(13)}"
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str] = mapped_column(String(20), default="pending")
    total: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship()
    items: Mapped[list[Item]] = relationship(order_by="Item.id")


class Item(Base):
    __tablename__ = "items"

    id: Mapped[str] = mapped_column(String(50), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[str]
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]

    @property
    def total_price(self) -> Decimal:
        return self.quantity * self.unit_price


def connect() -> tuple[AsyncEngine, async_sessionmaker[Any]]:
    """Return the engine of `DATABASE_URL` with the run's pool size, and its sessions."""
    url = os.environ["DATABASE_URL"]
    url = url.replace("postgresql://", "postgresql+asyncpg://")
    url = url.replace("sqlite://", "sqlite+aiosqlite://")
    engine = create_async_engine(url, pool_size=int(os.environ["BENCH_POOL"]), max_overflow=0)
    return engine, async_sessionmaker(engine, expire_on_commit=False)
