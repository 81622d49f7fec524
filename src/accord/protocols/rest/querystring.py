"""Room: protocols/rest. Takes a query string apart into a template key and bound values.

    total_gt=100&status=open&sort=-total  →  key "total_gt&status=open&sort=-total", texts ["100"]

Requests that differ in bound values only share the key, and all that was thought about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from accord.kernel import problem
from accord.protocols.rest import cursor, expression, names, route


class Entry(msgspec.Struct, frozen=True):
    """One parameter: what it means, how it was spelled, its text.

    `index` is the place of its first bound value among the texts.
    """

    name: names.Name
    spelling: str
    text: str
    index: int
    cursor: cursor.Opened | None = None
    tree: expression.Node | None = None


class Parsed(msgspec.Struct):
    """A query string taken apart; `texts` are strings, or JSON values for those of a cursor."""

    key: str
    texts: list[Any]
    cursor: cursor.Opened | None = None


def read(query: str, known: names.Names, texts: list[Any]) -> Parsed:
    """The template key of a query; `texts` holds the values of the path and is added to."""
    parts: list[str] = []
    table = known.table
    found: cursor.Opened | None = None
    for piece in query.split("&"):
        spelling, _, text = piece.partition("=")
        name = table.get(spelling)
        if name is None:
            if not piece:
                continue
            name = table.get(plain(spelling))
            if name is None:
                parts.append(piece)
                continue
        how = name.how
        if how == names.BOUND:
            parts.append(spelling)
            texts.append(plain(text) if "%" in text or "+" in text else text)
        elif how == names.STRUCTURAL:
            parts.append(piece)
        elif how == names.CURSOR:
            found = cursor.opened(plain(text))
            parts.append(f"{spelling}={found.direction}{found.mask}")
            texts.extend(value for value in found.values if value is not None)
        else:
            # The text itself is a value too: links and cursors carry it as it came.
            literals = [plain(text)]
            tree = expression.parse(literals[0])
            parts.append(f"{spelling}={expression.skeleton(tree, known.inline, literals)}")
            texts.extend(literals)
    return Parsed("&".join(parts), texts, found)


def entries(query: str, known: names.Names, start: int, most: int) -> list[Entry]:
    """The parameters one by one, their places among the texts counted from `start`.

    Raises Problem UNKNOWN_PARAMETER, UNKNOWN_FILTER, UNKNOWN_FIELD, TOO_MANY_PARAMETERS.
    """
    pieces = [piece for piece in query.split("&") if piece]
    if len(pieces) > most:
        raise problem.Problem(
            "TOO_MANY_PARAMETERS",
            f"The query has {len(pieces)} parameters; at most {most} are read.",
        )
    out: list[Entry] = []
    index = start
    for piece in pieces:
        raw, _, text = piece.partition("=")
        spelling, text = plain(raw), plain(text)
        name = known.plain.get(spelling)
        if name is None:
            raise known.unknown(spelling)
        if name.how == names.CURSOR:
            found = cursor.opened(text)
            out.append(Entry(name, spelling, text, index, cursor=found))
            index += sum(value is not None for value in found.values)
        elif name.how == names.EXPRESSION:
            tree = expression.parse(text)
            literals = [text]
            expression.skeleton(tree, known.inline, literals)
            out.append(Entry(name, spelling, text, index, tree=tree))
            index += len(literals)
        else:
            out.append(Entry(name, spelling, text, index))
            index += name.how == names.BOUND
    return out


def plain(text: str) -> str:
    """A name or value as it was before escaping: `a%20b+c` → `a b c`."""
    if "+" in text:
        text = text.replace("+", " ")
    return route.decoded(text) if "%" in text else text


def text_of(query: bytes) -> str:
    """The query as text; Problem MALFORMED_REQUEST when bytes beyond ASCII are no UTF-8."""
    try:
        return query.decode()
    except UnicodeDecodeError:
        raise problem.Problem(
            "MALFORMED_REQUEST", "The query is not UTF-8; escape other characters with %."
        ) from None


def grouped(found: list[Entry]) -> Mapping[str, list[Entry]]:
    """Entries by canonical name; Problem CONFLICTING_PARAMETERS for two spellings of one."""
    groups: dict[str, list[Entry]] = {}
    for entry in found:
        group = groups.setdefault(entry.name.canonical, [])
        if group and group[0].spelling != entry.spelling:
            raise conflict(group[0].spelling, entry.spelling, "say the same")
        group.append(entry)
    return groups


def conflict(first: str, second: str, why: str) -> problem.Problem:
    """The refusal of two parameters that cannot stand together."""
    detail = [
        problem.Detail(
            code="NOT_ALLOWED_VALUE", message=f"keep {first} or {second}", parameter=name
        )
        for name in (first, second)
    ]
    return problem.Problem(
        "CONFLICTING_PARAMETERS", f"{first} and {second} {why}; keep one of them.", details=detail
    )


def once(group: list[Entry]) -> Entry:
    """The only entry of a name that may be given once."""
    if len(group) > 1:
        spelling = group[0].spelling
        raise problem.Problem(
            "CONFLICTING_PARAMETERS",
            f"{spelling} is given {len(group)} times; keep one.",
            details=(
                problem.Detail(
                    code="NOT_ALLOWED_VALUE", message="give it once", parameter=spelling
                ),
            ),
        )
    return group[0]
