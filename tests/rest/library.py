"""The API of the REST tests: authors, books, chapters, tags; every kind of value and relation."""

import enum
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, TypedDict

from sqlalchemy import JSON, BigInteger, Column, Enum, ForeignKey, Numeric, String, Table, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from accord import (
    API,
    Format,
    Ge,
    Le,
    Limits,
    MaxLen,
    MinLen,
    Pattern,
    Problem,
    Resource,
    UtcDateTime,
    action,
    allow,
    authenticated,
    caller,
    check,
    choices,
    computed,
    everyone,
    query,
    role,
    value,
    via,
)
from accord.kernel import ids


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime}


def now():
    return datetime.now(UTC)


class Status(enum.Enum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


def by_value(kind):
    return [member.value for member in kind]


class Address(TypedDict):
    street: str
    city: str


book_tags = Table(
    "book_tags",
    Base.metadata,
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
)


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=ids.generator("aut"))
    name: Mapped[Annotated[str, MinLen(2)]] = mapped_column(String(100))
    email: Mapped[Annotated[str, Format("email")]] = mapped_column(String(200), unique=True)
    secret: Mapped[Annotated[str | None, MinLen(8)]] = mapped_column(String(100))
    royalty: Mapped[int | None]
    born: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    address: Mapped[Address | None] = mapped_column(JSON(none_as_null=True))
    profile: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    mentor_id: Mapped[str | None] = mapped_column(ForeignKey("authors.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)
    mentor: Mapped["Author | None"] = relationship(remote_side="Author.id")
    books: Mapped[list["Book"]] = relationship(back_populates="author", passive_deletes="all")
    __mapper_args__ = {"version_id_col": version}


class Book(Base):
    __tablename__ = "books"
    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=ids.generator("book"))
    title: Mapped[str] = mapped_column(String(200))
    isbn: Mapped[Annotated[str | None, Pattern(r"^[0-9]{3}-[0-9]+$")]] = mapped_column(String(20))
    price: Mapped[Annotated[Decimal, Ge(0)]] = mapped_column(Numeric(10, 2), default=Decimal(0))
    pages: Mapped[Annotated[int, Ge(1), Le(10000)]] = mapped_column(default=100)
    sold: Mapped[int] = mapped_column(BigInteger, default=0)
    rating: Mapped[float | None]
    status: Mapped[Status] = mapped_column(
        Enum(Status, values_callable=by_value, native_enum=False), default=Status.DRAFT
    )
    uid: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    cover: Mapped[bytes | None]
    published_at: Mapped[datetime | None]
    author_id: Mapped[str] = mapped_column(ForeignKey("authors.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[Author] = relationship(back_populates="books")
    chapters: Mapped[list["Chapter"]] = relationship(
        back_populates="book", cascade="all, delete-orphan"
    )
    tags: Mapped[list["Tag"]] = relationship(secondary=book_tags, back_populates="books")


class Chapter(Base):
    __tablename__ = "chapters"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[Annotated[int, Ge(1)]]
    book_id: Mapped[str] = mapped_column(ForeignKey("books.id", ondelete="CASCADE"))
    book: Mapped[Book] = relationship(back_populates="chapters")


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[str] = mapped_column(String(50), primary_key=True, default=ids.generator("tag"))
    name: Mapped[str] = mapped_column(String(50), unique=True)
    books: Mapped[list[Book]] = relationship(secondary=book_tags, back_populates="tags")


class AlreadyPublished(Problem):
    """A published book is not published again."""

    code = "REST_TEST_ALREADY_PUBLISHED"
    status = 409
    message = "Book {0} is published."


admin = role("admin")


def make(name="library", *, conditions=False, **style):
    """A new API over the models; `conditions` makes authors demand If-Match."""
    api = API(name, version="v1", title="Library", **style)

    @api.resource
    class Authors(Resource[Author]):
        """Who writes."""

        access = [
            allow("CRUD", admin),
            allow(
                "R",
                role("reader") & authenticated,
                fields=[
                    Author.id,
                    Author.name,
                    Author.email,
                    Author.born,
                    Author.active,
                    Author.created_at,
                    Author.updated_at,
                    Author.version,
                    Author.mentor_id,
                ],
            ),
            allow("U", role("writer"), where=Author.id == caller.id, fields=[Author.name]),
            allow("R", role("writer"), where=Author.id == caller.id),
        ]
        write_only = [Author.secret]
        read_only = [Author.created_at]
        immutable = [Author.email]
        filters = [
            Author.name,
            Author.active,
            Author.born,
            Author.email,
            via(Author.mentor, Author.name),
        ]
        sorts = [Author.name, Author.created_at, Author.born]
        search = [Author.name, Author.email]
        require_conditions = conditions

    @api.resource
    class Books(Resource[Book]):
        """What is written."""

        access = [
            allow("CRUD", admin),
            allow("R", everyone),
            allow("publish", admin),
            allow("bestsellers", everyone),
            allow("price", everyone),
            allow("touch", admin),
        ]
        read_only = [Book.created_at]
        filters = [
            Book.title,
            Book.status,
            Book.price,
            Book.pages,
            Book.sold,
            Book.rating,
            Book.published_at,
            Book.created_at,
            Book.author_id,
            Book.uid,
            Book.isbn,
            via(Book.author, Author.name),
            via(Book.tags, Tag.name),
        ]
        params = {
            "state": choices(new=Book.published_at.is_(None), out=Book.published_at.isnot(None)),
            "published_after": Book.published_at >= value(datetime),
            "created_after": Book.created_at >= value(datetime),
        }
        sorts = [
            Book.title,
            Book.price,
            Book.pages,
            Book.published_at,
            Book.created_at,
            Book.rating,
            Book.status,
        ]
        search = [Book.title]
        order = [Book.title]
        nested = [Book.chapters]
        links = [Book.tags]
        limits = Limits(page_max=50)
        gross = computed(Book.price * Book.pages)

        @check(Book.pages, Book.price)
        def cheap(self, pages: int, price: Decimal) -> None:
            """A booklet costs at most 50."""
            if pages < 10 and price > 50:
                raise ValueError("A booklet costs at most 50.")

        @action(errors=[AlreadyPublished])
        async def publish(
            self,
            book: Book,
            at: datetime,
            note: Annotated[str, MaxLen(20)] = "",
            status: Status = Status.PUBLISHED,
        ) -> Book:
            """Publish a book."""
            if book.status == Status.PUBLISHED:
                raise AlreadyPublished(book.id)
            book.status = status
            book.published_at = at
            return book

        @action
        async def touch(self, book: Book) -> None:
            """Do nothing to a book."""

        @query
        async def price(self, book: Book, copies: Annotated[int, Ge(1)] = 1) -> Decimal:
            """What some copies cost."""
            return book.price * copies

        @query(collection=True)
        async def bestsellers(self, least: int, words: list[str] | None = None) -> list[Book]:
            """Books sold at least so often."""
            from sqlalchemy import select

            found = await self.session.scalars(
                select(Book).where(Book.sold >= least).order_by(Book.sold.desc())
            )
            return list(found)

    @api.resource
    class Chapters(Resource[Chapter]):
        """Parts of books."""

        access = [allow("CRUD", admin), allow("R", everyone)]
        filters = [Chapter.number, Chapter.book_id]
        sorts = [Chapter.number]
        order = [Chapter.number]

    @api.resource
    class Tags(Resource[Tag]):
        """Words for books."""

        access = [allow("CRUD", admin), allow("R", everyone)]
        filters = [Tag.name]
        sorts = [Tag.name]

    return api


DAY = timedelta(days=1)
START = datetime(2024, 1, 1, 12, 0, 0, 250000, tzinfo=UTC)


def rows():
    """Rows to begin with: 3 authors, 25 books (5 unpublished), 3 tags, chapters of one book."""
    authors = [
        Author(
            id="aut_ann",
            name="Ann",
            email="ann@example.com",
            royalty=10,
            born=date(1970, 1, 2),
            address={"street": "1 Main", "city": "Oslo"},
            created_at=START,
            updated_at=START,
        ),
        Author(
            id="aut_bob",
            name="Bob",
            email="bob@example.com",
            royalty=20,
            active=False,
            mentor_id="aut_ann",
            created_at=START + DAY,
            updated_at=START + DAY,
        ),
        Author(
            id="aut_cleo",
            name="Cleo O'Neil",
            email="cleo@example.com",
            mentor_id="aut_bob",
            created_at=START + 2 * DAY,
            updated_at=START + 2 * DAY,
        ),
    ]
    tags = [Tag(id=f"tag_{name}", name=name) for name in ("art", "new", "old")]
    books = [
        Book(
            id=f"book_{n:02}",
            title=f"Title {n:02}",
            price=Decimal(n) + Decimal("0.50"),
            pages=100 + n % 5,
            sold=n * 1000,
            rating=None if n % 4 == 0 else n / 10,
            status=list(Status)[n % 3],
            published_at=None if n % 5 == 0 else START + n * DAY,
            author_id=authors[n % 3].id,
            created_at=START + n * DAY,
            uid=uuid.UUID(int=n),
            cover=bytes([n, 255]),
            isbn=f"978-{n}",
        )
        for n in range(25)
    ]
    chapters = [Chapter(title=f"Chapter {n}", number=n, book_id="book_01") for n in (1, 2, 3)]
    links = [("book_01", "tag_art"), ("book_01", "tag_new"), ("book_02", "tag_new")]
    return authors, tags, books, chapters, links
