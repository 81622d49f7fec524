"""The models of these tests: a library that lends books."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    mapped_column,
    relationship,
    validates,
)

from accord import Doc, Format, Ge, MinLen, Pattern, UtcDateTime
from accord.kernel import ids


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime}


class Genre(enum.Enum):
    """What kind of book it is."""

    NOVEL = "novel"
    POETRY = "poetry"


@dataclass
class Place:
    """Where a book stands."""

    shelf: str
    row: int
    note: Annotated[str | None, Doc("For staff.")] = None


tags = sa.Table(
    "book_tags",
    Base.metadata,
    sa.Column("book_id", sa.ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
)


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True, default=ids.generator("aut"))
    name: Mapped[Annotated[str, MinLen(2)]] = mapped_column(sa.String(100))
    email: Mapped[Annotated[str, Format("email")] | None] = mapped_column(unique=True)
    secret: Mapped[str | None]

    books: Mapped[list[Book]] = relationship(back_populates="author", passive_deletes="all")


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[Annotated[str, Pattern("^[a-z]+$")]] = mapped_column(sa.String(20))


class Book(Base):
    """A book of the library."""

    __tablename__ = "books"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True, default=ids.generator("book"))
    title: Mapped[str] = mapped_column(sa.String(200), doc="As printed on the cover.")
    genre: Mapped[Genre] = mapped_column(default=Genre.NOVEL)
    price: Mapped[Annotated[Decimal, Ge(0)]] = mapped_column(sa.Numeric(10, 2))
    pages: Mapped[int | None]
    author_id: Mapped[str] = mapped_column(sa.ForeignKey("authors.id"))
    place: Mapped[Place | None] = mapped_column(sa.JSON)
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata", sa.JSON)
    tenant: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=sa.func.now())
    deleted_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    author: Mapped[Author] = relationship(back_populates="books")
    tags: Mapped[list[Tag]] = relationship(secondary=tags)
    loans: Mapped[list[Loan]] = relationship(back_populates="book", passive_deletes=True)

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        sa.UniqueConstraint("title", "author_id", name="uq_books_title_author"),
        sa.CheckConstraint("price >= 0 AND pages > 0", name="ck_books_price"),
    )


class Loan(Base):
    __tablename__ = "loans"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    book_id: Mapped[str] = mapped_column(sa.ForeignKey("books.id", ondelete="CASCADE"))
    reader: Mapped[str] = mapped_column(sa.String(50))
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    book: Mapped[Book] = relationship(back_populates="loans")
    letters: Mapped[int] = column_property(sa.func.char_length(reader))


class Everything(Base):
    """One column of every kind."""

    __tablename__ = "everything"

    id: Mapped[int] = mapped_column(primary_key=True)
    small: Mapped[int] = mapped_column(sa.SmallInteger)
    big: Mapped[int] = mapped_column(sa.BigInteger)
    real: Mapped[float]
    money: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    loose: Mapped[Decimal]
    yes: Mapped[bool]
    moment: Mapped[datetime]
    zoned: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    day: Mapped[date]
    clock: Mapped[time]
    lasting: Mapped[timedelta]
    unique: Mapped[uuid.UUID]
    raw: Mapped[bytes]
    text: Mapped[str] = mapped_column(sa.Text)
    free: Mapped[Any] = mapped_column(sa.JSON)
    kind: Mapped[Literal["a", "b"]]
    word: Mapped[str] = mapped_column(sa.Enum("x", "y", name="some_word"))
    several: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.String(5)))


class Pair(Base):
    __tablename__ = "pairs"

    left: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[int] = mapped_column(primary_key=True)


class Odd(Base):
    """Names that would mean two things."""

    __tablename__ = "odds"

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    checked_in: Mapped[bool]
    order: Mapped[int]


class Watched(Base):
    __tablename__ = "watched"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    @validates("name")
    def _strip(self, _key: str, value: str) -> str:
        return value.strip()
