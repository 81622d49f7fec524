"""Room: query. A Plan is one statement with where each parameter comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Dialect = Literal["sqlite", "postgresql"]
Convert = Callable[[Any], Any]


class Facts(Protocol):
    """What a plan reads of the caller when it is bound."""

    @property
    def id(self) -> str | None: ...

    @property
    def tenant(self) -> str | None: ...

    @property
    def claims(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where one parameter comes from.

    `value`: the slot of the values list; `caller`: id, tenant or a claim's name;
    `cursor`: the per-request cursor binding; `const`: made with the plan.
    `convert` turns a wire value into what the driver takes; None leaves it as it is.
    """

    kind: Literal["value", "caller", "cursor", "const"]
    key: int | str | None = None
    const: Any = None
    convert: Convert | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One compiled read.

    A list comes either in rows, each with `data` and perhaps `key` (a JSON array of sort
    values; else `keys` are the paths of these values in the data), or as one row of facts.

    A statement of facts returns exactly one row for pages and for keys that must tell apart
    hidden from absent, at most one otherwise. `columns` name its columns in order:
    `data` (JSON text or bytes, null when the row is hidden), `count` (rows fetched, up to
    limit + 1), `first`, `last` (JSON arrays of sort values), `total`, `version`, `state`
    (a JSON array of stored values, where no version column is), `modified`, `deleted`,
    `exists`. `replan` asks for a database plan made for the values at hand. `finish` are the
    fields only Python can make.
    """

    sql: str
    sources: tuple[Source, ...]
    columns: tuple[str, ...]
    finish: tuple[Finish, ...] = ()
    keys: tuple[tuple[str, ...], ...] | None = None
    replan: bool = False

    @property
    def in_rows(self) -> bool:
        """Whether a list comes as one JSON object a row, not as one JSON list."""
        return self.keys is not None or "key" in self.columns

    def bind(
        self, values: Sequence[Any], facts: Facts | None = None, cursor: str | None = None
    ) -> list[Any]:
        """The statement's parameters in order."""
        out: list[Any] = []
        for source in self.sources:
            match source.kind:
                case "value":
                    value = values[source.key]  # type: ignore[index]
                case "caller":
                    value = caller_value(facts, str(source.key))
                case "cursor":
                    value = cursor
                case _:
                    value = source.const
            convert = source.convert
            out.append(value if convert is None or value is None else convert(value))
        return out


def caller_value(facts: Facts | None, key: str) -> Any:
    """`id`, `tenant` or the claim of that name; None when the caller has none."""
    if facts is None:
        return None
    if key == "id":
        return facts.id
    if key == "tenant":
        return facts.tenant
    return facts.claims.get(key)


@dataclass(frozen=True, slots=True)
class Finish:
    """A step after SQL: at `path` (`*` walks a list) the value becomes `make(value)`.

    A field computed in Python arrives as an object of the fields it depends on.
    """

    path: tuple[str, ...]
    make: Convert
