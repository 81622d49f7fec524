"""Room: examples/shop. The tables of the shop: users, teams, orders, items, products."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    Numeric,
    String,
    Table,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from accord import Format, Ge, MinLen, UtcDateTime, id_generator

MONEY = Numeric(12, 2)


class Base(DeclarativeBase):
    """What every table of the shop inherits: how Python types become columns."""

    type_annotation_map = {datetime: UtcDateTime, Decimal: MONEY}  # noqa: RUF012 - SQLAlchemy's name


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def lower_case(name: str, kind: type[enum.Enum]) -> Enum:
    """Store an enum by its value ("pending", not "PENDING"), as text, on every database."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        length=20,
        values_callable=lambda members: [str(member.value) for member in members],
    )


class UserRole(enum.Enum):
    """What a user may do in the shop."""

    ADMIN = "admin"
    ENGINEER = "engineer"
    MANAGER = "manager"
    VIEWER = "viewer"


class OrderStatus(enum.Enum):
    """How far an order has come."""

    PENDING = "pending"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Address(TypedDict):
    """Where an order is sent."""

    street: str
    city: str
    state: str
    zip: str
    country: str


team_members = Table(
    "team_members",
    Base.metadata,
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class User(Base):
    """A person with an account."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=id_generator("usr"))
    email: Mapped[Annotated[str, Format("email")]] = mapped_column(String(320), unique=True)
    name: Mapped[Annotated[str, MinLen(1)]] = mapped_column(String(200))
    role: Mapped[UserRole] = mapped_column(
        lower_case("user_role", UserRole), default=UserRole.VIEWER
    )
    department: Mapped[str | None] = mapped_column(String(100))
    manager_id: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    is_active: Mapped[bool] = mapped_column(default=True)
    loyalty_points: Mapped[int] = mapped_column(default=0)
    # `metadata` belongs to SQLAlchemy on a declarative class; the column keeps the plain name.
    metadata_: Mapped[dict[str, object] | None] = mapped_column("metadata", JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    manager: Mapped[User | None] = relationship(
        back_populates="direct_reports", remote_side="User.id"
    )
    direct_reports: Mapped[list[User]] = relationship(
        back_populates="manager", passive_deletes=True
    )
    teams: Mapped[list[Team]] = relationship(secondary=team_members, back_populates="members")
    orders: Mapped[list[Order]] = relationship(back_populates="user", passive_deletes="all")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's name
    __table_args__ = (
        Index("ix_users_created_at_id", "created_at", "id"),
        Index("ix_users_name_id", "name", "id"),
        Index("ix_users_role_created_at_id", "role", "created_at", "id"),
    )


class Team(Base):
    """A group of users."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=id_generator("team"))
    name: Mapped[str] = mapped_column(String(100), unique=True)

    members: Mapped[list[User]] = relationship(secondary=team_members, back_populates="teams")


class Category(Base):
    """A shelf of the shop; shelves stand in a tree."""

    __tablename__ = "categories"

    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=id_generator("cat"))
    name: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("categories.id"), index=True)

    parent: Mapped[Category | None] = relationship(
        back_populates="children", remote_side="Category.id"
    )
    children: Mapped[list[Category]] = relationship(back_populates="parent", passive_deletes="all")
    products: Mapped[list[Product]] = relationship(back_populates="category", passive_deletes="all")


class Product(Base):
    """Something for sale."""

    __tablename__ = "products"

    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=id_generator("prod"))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Annotated[Decimal, Ge(0)]] = mapped_column(MONEY)
    in_stock: Mapped[bool] = mapped_column(default=True)
    category_id: Mapped[str | None] = mapped_column(ForeignKey("categories.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)

    category: Mapped[Category | None] = relationship(back_populates="products")

    __table_args__ = (
        CheckConstraint("price >= 0", name="ck_products_price"),
        Index("ix_products_category_id_created_at_id", "category_id", "created_at", "id"),
        Index("ix_products_created_at_id", "created_at", "id"),
        Index("ix_products_price_id", "price", "id"),
    )


class Order(Base):
    """What a user buys."""

    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=id_generator("ord"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    status: Mapped[OrderStatus] = mapped_column(
        lower_case("order_status", OrderStatus), default=OrderStatus.PENDING
    )
    total: Mapped[Decimal] = mapped_column(MONEY)
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    shipping_address: Mapped[Address | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship(back_populates="orders")
    items: Mapped[list[OrderItem]] = relationship(
        back_populates="order", cascade="all, delete-orphan", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's name
    __table_args__ = (
        CheckConstraint("total >= 0", name="ck_orders_total"),
        Index("ix_orders_created_at_id", "created_at", "id"),
        Index("ix_orders_user_id_created_at_id", "user_id", "created_at", "id"),
        Index("ix_orders_status_created_at_id", "status", "created_at", "id"),
        Index("ix_orders_total_id", "total", "id"),
    )


class OrderItem(Base):
    """One line of an order: so many of one product at the price of that day."""

    __tablename__ = "items"

    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=id_generator("item"))
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"), index=True)
    quantity: Mapped[Annotated[int, Ge(1)]]
    unit_price: Mapped[Decimal] = mapped_column(MONEY)

    order: Mapped[Order] = relationship(back_populates="items")
    product: Mapped[Product] = relationship()

    __table_args__ = (
        CheckConstraint("quantity > 0", name="ck_items_quantity"),
        CheckConstraint("unit_price >= 0", name="ck_items_unit_price"),
    )
