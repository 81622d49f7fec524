"""Folders, documents and comments with rules of every form, for the tests of access."""

import uuid

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    String,
    Table,
    Text,
    Uuid,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column, relationship

from accord import (
    API,
    Resource,
    allow,
    authenticated,
    caller,
    choices,
    deny,
    everyone,
    role,
    value,
)


class Base(DeclarativeBase):
    pass


readers = Table(
    "readers",
    Base.metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("person", String(20), primary_key=True),
)


class Folder(Base):
    __tablename__ = "folders"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(20))
    documents: Mapped[list["Document"]] = relationship(back_populates="folder")


class Document(Base):
    __tablename__ = "documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str | None] = mapped_column(Text)
    salary: Mapped[int | None]
    diary: Mapped[str | None] = mapped_column(Text)
    extra: Mapped[dict | None] = mapped_column(JSON)
    flag: Mapped[bool | None]
    rate: Mapped[float | None]
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"))
    number: Mapped[int | None]
    key: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    odd: Mapped[str | None] = mapped_column('o\'d-d "x" %s :y', Text)
    folder: Mapped[Folder | None] = relationship(back_populates="documents")
    comments: Mapped[list["Comment"]] = relationship(back_populates="document")


class Comment(Base):
    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(20))
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    document: Mapped[Document] = relationship(back_populates="comments")


ODD = 'it\'s \\ 100%% :x %(y)s "z" $1 ?1 zz_self'
other = aliased(Document)

# role: rules of Documents; each test takes the role whose rule it is about.
api = API("documents", version="v1")


@api.resource
class Folders(Resource[Folder]):
    access = [
        allow("R", role("all", "folders")),
        allow("R", role("own"), where=Folder.owner == caller.id),
        # Documents may be seen by who owns their folder, and folders by who owns a document:
        # rules that speak of each other.
        allow("R", role("mutual"), where=Folder.documents.any(Document.owner == caller.id)),
        deny("R", ~role("all"), fields=[Folder.secret]),
    ]
    filters = [Folder.name, Folder.secret, Folder.owner]
    sorts = [Folder.name, Folder.secret]
    search = [Folder.name, Folder.secret]


@api.resource
class Documents(Resource[Document]):
    access = [
        allow("R", role("all")),
        allow("list", role("lister"), fields=[Document.id, Document.title]),
        allow("get", role("lister")),
        allow("R", role("own"), where=Document.owner == caller.id),
        allow("R", role("mutual"), where=Document.folder.has(Folder.owner == caller.id)),
        allow("R", role("reader"), where=Document.state == "public"),
        allow(
            "R",
            role("reader"),
            where=exists().where(
                readers.c.document_id == Document.id, readers.c.person == caller.id
            ),
        ),
        allow("R", role("denied")),
        deny("R", role("denied"), where=Document.state == "secret"),
        allow("R", role("number"), where=Document.number == caller.id),
        allow("R", role("key"), where=Document.key == caller.id),
        allow(
            "R",
            role("claim"),
            where=Document.owner == caller.claim("https://shop.example/who (me)", str),
        ),
        allow("R", role("tenant"), where=Document.owner == caller.tenant),
        allow("R", role("odd"), where=Document.odd == ODD),
        allow("R", role("odd-in"), where=Document.odd.in_([ODD, "other"])),
        # The second condition looks at the table by itself, for any published document.
        allow(
            "R",
            role("anyone"),
            where=or_(
                Document.owner == caller.id,
                exists(select(Document.id).where(Document.state == "published")),
            ),
        ),
        allow(
            "R",
            role("busy"),
            where=or_(
                Document.owner == caller.id,
                exists(
                    select(Comment.document_id)
                    .where(Comment.document_id == Document.id)
                    .group_by(Comment.document_id)
                    .having(func.count() > 1)
                ),
            ),
        ),
        allow(
            "R",
            role("twin"),
            where=or_(
                Document.owner == caller.id,
                exists().where(other.title == Document.title, other.id != Document.id),
            ),
        ),
        allow("R", role("quiet"), where=or_(Document.number == 7, ~Document.comments.any())),
        allow("R", role("masked")),
        allow("R", role("some-fields"), fields=[Document.id, Document.title]),
        deny(
            "R",
            role("masked"),
            where=Document.owner != caller.id,
            fields=[Document.salary, Document.extra, Document.flag, Document.rate],
        ),
        deny("R", role("masked"), fields=[Document.diary]),
        deny("R", role("masked"), where=Document.state == "apart", fields=[Document.folder_id]),
        allow("R", role("seen") & authenticated),
    ]
    rename = {Document.odd: "odd"}
    filters = [
        Document.title,
        Document.state,
        Document.salary,
        Document.diary,
        Document.owner,
    ]
    params = {
        "pay": Document.salary >= value(int),
        "rank": choices(high=Document.salary > 15, low=Document.salary <= 15),
    }
    sorts = [Document.title, Document.salary, Document.diary]
    search = [Document.title, Document.diary]


@api.resource
class Comments(Resource[Comment]):
    access = [
        allow("R", role("all", "comments")),
        allow("R", role("own", "author"), where=Comment.author == caller.id),
        deny("R", where=Comment.body == "hidden"),
        allow("R", everyone, where=Comment.body == "for everyone"),
    ]
    filters = [Comment.body, Comment.author]
    sorts = [Comment.body]


hidden = API("hidden", version="v1", reveal_forbidden=False)


@hidden.resource
class HiddenDocuments(Resource[Document]):
    name = "documents"
    rename = {Document.odd: "odd"}
    access = [allow("R", role("own"), where=Document.owner == caller.id)]


revealed = API("revealed", version="v1", reveal_forbidden=True)


@revealed.resource
class RevealedDocuments(Resource[Document]):
    name = "documents"
    rename = {Document.odd: "odd"}
    access = [allow("R", role("own"), where=Document.owner == caller.id)]
