"""Room: kernel. Settings: what the operator may set, read from TOML and the environment.

Layers, the later the stronger: defaults, `accord.toml`, `ACCORD_*` variables, overrides (command
line). `database.url` is `url` under `[database]`, or `ACCORD_DATABASE_URL`. Texts and mappings
come in from outside; this module opens no file and looks at no environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from accord.kernel import layers, problem


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of settings; every field has a default and a Meta with its meaning."""


Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Positive = Annotated[int, Meta(ge=1)]


class Server(_Section, frozen=True):
    """How the server listens, and how long it waits."""

    host: Annotated[str, Meta(min_length=1, description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="TCP port; 0 takes a free one")] = 8000
    workers: Annotated[Positive, Meta(description="processes that serve")] = 1
    request_timeout: Annotated[
        Seconds, Meta(description="seconds for one request; after them DEADLINE_EXCEEDED")
    ] = 30.0
    drain_timeout: Annotated[
        Seconds, Meta(description="seconds that a stopping server gives its running requests")
    ] = 20.0
    root_path: Annotated[
        str,
        Meta(pattern=r"^(/[^/?#\s]+)*$", description="path before every route, such as /api"),
    ] = ""
    secret: Annotated[
        str,
        Meta(
            pattern=r"^(.{32,})?$",
            description="32 characters or more that sign cursors, the same in every process; "
            "development makes its own",
        ),
    ] = ""

    def __repr__(self) -> str:
        return f"Server(host={self.host!r}, port={self.port!r}, workers={self.workers!r})"


class Database(_Section, frozen=True):
    """Where the data is. One budget of connections serves statements and sessions."""

    url: Annotated[
        str,
        Meta(
            pattern=r"^(sqlite|postgresql|postgres)(\+[a-z0-9]+)?://",
            description="sqlite:///file.db or postgresql://user:password@host/name",
        ),
    ] = "sqlite:///accord.db"
    connections: Annotated[
        int,
        Meta(
            ge=2,
            description="PostgreSQL connections of one worker: of 10, 7 run generated statements "
            "and 3 the sessions of hand-written actions",
        ),
    ] = 10
    connect_timeout: Annotated[Seconds, Meta(description="seconds to wait for a connection")] = 5.0
    statement_timeout: Annotated[
        Seconds, Meta(description="seconds for one statement; after them TIMEOUT")
    ] = 5.0
    busy_timeout: Annotated[
        Seconds, Meta(description="seconds to wait for a lock; after them DATABASE_BUSY")
    ] = 5.0
    slow_statement: Annotated[
        Seconds, Meta(description="seconds from which a statement is logged as slow")
    ] = 0.5

    @property
    def session_connections(self) -> int:
        """The part of `connections` for SQLAlchemy sessions, three tenths, at least one."""
        return max(1, self.connections * 3 // 10)

    @property
    def statement_connections(self) -> int:
        """The part of `connections` for generated statements: the others."""
        return self.connections - self.session_connections

    def __repr__(self) -> str:
        return f"Database(url={mask_url(self.url)!r}, connections={self.connections})"


class Limits(_Section, frozen=True):
    """How much one request may ask for."""

    body_bytes: Annotated[Positive, Meta(description="bytes of a request body")] = 1_048_576
    uri_bytes: Annotated[Positive, Meta(description="bytes of path and query")] = 8192
    json_depth: Annotated[Positive, Meta(description="levels of nesting in JSON")] = 32
    query_parameters: Annotated[Positive, Meta(description="query parameters of a request")] = 50
    page_size_default: Annotated[Positive, Meta(description="rows of a page unless asked")] = 20
    page_size_max: Annotated[Positive, Meta(description="rows of the largest page")] = 100
    include_depth: Annotated[int, Meta(ge=0, description="steps of an include path")] = 3
    included_rows: Annotated[
        Positive, Meta(description="rows that a page with all its includes may bring at most")
    ] = 20_000
    filter_conditions: Annotated[Positive, Meta(description="conditions of a filter tree")] = 50
    filter_depth: Annotated[Positive, Meta(description="levels of a filter tree")] = 8
    bulk_items: Annotated[
        Positive, Meta(description="items of a bulk request, rows nested in one")
    ] = 1000
    plan_cache_entries: Annotated[
        Positive, Meta(description="compiled request shapes that a worker keeps")
    ] = 1000
    plan_cache_bytes: Annotated[
        Positive, Meta(description="bytes of compiled SQL that a worker keeps")
    ] = 16_777_216


class Cors(_Section, frozen=True):
    """Which web pages of other origins may call the API; none by default."""

    origins: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^https?://[^/*\s]+$")], ...],
        Meta(description="exact origins, such as https://shop.example"),
    ] = ()
    max_age: Annotated[
        int, Meta(ge=0, description="seconds for which browsers remember a preflight answer")
    ] = 600
    credentials: Annotated[
        bool, Meta(description="whether browsers may send cookies and client certificates")
    ] = False


class Key(_Section, frozen=True):
    """A static API key, known by the SHA-256 of its text in hexadecimal digits."""

    name: Annotated[str, Meta(min_length=1)]
    key_sha256: Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{64}$")]
    roles: tuple[str, ...] = ()
    id: str | None = None
    tenant: str | None = None

    def __repr__(self) -> str:
        return f"Key(name={self.name!r}, roles={self.roles!r})"


class Log(_Section, frozen=True):
    """What is logged, and how."""

    format: Annotated[
        Literal["auto", "json", "console"],
        Meta(description="json for machines, console for people; auto goes by the mode"),
    ] = "auto"
    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="the least severity told")
    ] = "info"


class Docs(_Section, frozen=True):
    """The documentation page of the API."""

    enabled: Annotated[bool, Meta(description="whether the page is served")] = True
    path: Annotated[str, Meta(pattern=r"^/[^?#\s]*$", description="where it is served")] = "/docs"


class App(_Section, frozen=True):
    """What the accord command serves when it is not told."""

    target: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*)?$",
            description="module and name of the API, such as examples.shop:api",
        ),
    ] = "app:api"


class Settings(_Section, frozen=True):
    """All settings of one server; `load` makes and checks them."""

    mode: Annotated[
        Literal["development", "production"],
        Meta(description="development listens on this machine only and makes keys for each role"),
    ] = "development"
    server: Server = Server()
    database: Database = Database()
    limits: Limits = Limits()
    cors: Cors = Cors()
    keys: Annotated[
        tuple[Key, ...],
        Meta(description="static API keys: name, key_sha256, roles, id, tenant"),
    ] = ()
    log: Log = Log()
    docs: Docs = Docs()
    app: App = App()


# Values under these keys are never shown, not even in messages about them; of a URL that is text,
# all but its password is.
_SECRET = frozenset({"keys", "database.url", "server.secret"})
_SECRET_PARAMETER = re.compile(r"(?i)([?&][^=&]*(?:pass|secret|token)[^=&]*=)[^&]*")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]")
_DEV_KEY = "ACCORD_DEV_KEY_"
_DEV_ID = "ACCORD_DEV_ID_"
# These variables belong to others: serve reads the keys of development, tests and benchmarks theirs.
_FOREIGN = (_DEV_KEY, _DEV_ID, "ACCORD_TEST_", "ACCORD_BENCH_")


def load(
    toml_text: str | None,
    environ: Mapping[str, str],
    *,
    file_name: str = "accord.toml",
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    r"""The settings of one start; SettingsError holds every fault of every layer at once.

    `toml_text` is None when there is no file. Empty variables count as not set. `overrides` has
    keys like `server.port`; None stands for an option that was not given.

        load("[server]\nport = 9000", {"ACCORD_MODE": "production"}).server.port    # 9000
    """
    reader = layers.Reader(describe(), mask=_masked)
    if toml_text is not None:
        reader.read_toml(toml_text, file_name)
    reader.read_environ(environ, "ACCORD_", _FOREIGN)
    reader.read_overrides(overrides or {})
    settings = Settings(**_sections(reader.values)) if not reader.faults else Settings()
    faults = reader.faults or list(_contradictions(settings, reader))
    if faults:
        raise problem.SettingsError(faults)
    return settings


def describe() -> tuple[layers.Setting, ...]:
    """Every setting in order: key, type, default, meaning, variable, allowed values."""
    return tuple(_describe(Settings, ""))


def dev_key_variable(role: str) -> str:
    """The variable that gives a role's key in development: admin → `ACCORD_DEV_KEY_ADMIN`."""
    return _DEV_KEY + re.sub(r"[^A-Z0-9]", "_", role.upper())


def dev_id_variable(role: str) -> str:
    """The variable that says who a role's key stands for: admin → `ACCORD_DEV_ID_ADMIN`."""
    return _DEV_ID + re.sub(r"[^A-Z0-9]", "_", role.upper())


def mask_url(url: str) -> str:
    """A database URL fit to be shown: `postgresql://shop:***@db/shop`."""
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    credentials, at, address = rest.rpartition("@")
    if at and ":" in credentials:
        rest = f"{credentials.partition(':')[0]}:***@{address}"
    rest = _SECRET_PARAMETER.sub(r"\1***", rest)
    return f"{scheme}{separator}{rest}"


def _masked(setting: layers.Setting, given: object) -> str:
    if setting.key == "database.url" and isinstance(given, str):
        return repr(mask_url(given))
    return "the value (not shown)" if setting.key in _SECRET else repr(given)


def _describe(struct: type[msgspec.Struct], section: str) -> Iterator[layers.Setting]:
    for field in msgspec.structs.fields(struct):
        if isinstance(field.type, type) and issubclass(field.type, _Section):
            yield from _describe(field.type, f"{field.name}.")
        else:
            key = section + field.name
            variable = "ACCORD_" + key.replace(".", "_").upper()
            yield layers.setting(key, field.type, field.default, variable)


def _sections(values: Mapping[str, Any]) -> dict[str, Any]:
    own: dict[str, Any] = {key: value for key, value in values.items() if "." not in key}
    for field in msgspec.structs.fields(Settings):
        if isinstance(field.type, type) and issubclass(field.type, _Section):
            start = f"{field.name}."
            own[field.name] = field.type(
                **{key.removeprefix(start): v for key, v in values.items() if key.startswith(start)}
            )
    return own


def _contradictions(
    settings: Settings, reader: layers.Reader
) -> Iterator[problem.DeclarationError]:
    """Values that are each allowed, but not together."""
    limits = settings.limits
    if limits.page_size_default > limits.page_size_max:
        yield problem.DeclarationError(
            reader.where("limits.page_size_default"),
            f"{limits.page_size_default} is more than limits.page_size_max, {limits.page_size_max}",
            "lower the one or raise the other",
        )
    if settings.mode == "development" and not _LOOPBACK.fullmatch(settings.server.host):
        yield problem.DeclarationError(
            reader.where("server.host"),
            f"{settings.server.host!r} is not of this machine, and mode is development",
            "set mode to production, or server.host to 127.0.0.1",
        )
    for attribute in ("name", "key_sha256"):
        seen = [getattr(key, attribute) for key in settings.keys]
        for index, value in enumerate(seen):
            if value in seen[:index]:
                yield problem.DeclarationError(
                    reader.where("keys"),
                    f"the key {settings.keys[index].name!r} repeats the {attribute} of another",
                    f"give every key its own {attribute}",
                )
