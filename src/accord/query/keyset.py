"""Room: query. Where a keyset page starts, in forms an index can serve.

Three forms, chosen by the keys: one row value when all keys run one way and none is null; a
bound with a ladder when directions are mixed; else one arm per region, each with its own
limit, joined by UNION ALL. The plain OR ladder costs a scan of all that came before.
"""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """One sort key: its SQL, its direction in this fetch, whether it may be null, its value.

    `value` is the placeholder of the cursor's value, None where the cursor's row has a null.
    """

    sql: str
    descending: bool
    nullable: bool
    value: str | None


def arms(keys: tuple[Key, ...]) -> tuple[str, ...]:
    """Conditions, disjoint and together all rows after the cursor; nulls are largest.

    >>> arms((Key("a", False, False, "$1"), Key("id", False, False, "$2")))
    ('(a, id) > ($1, $2)',)
    >>> arms((Key("b", True, False, "$1"), Key("id", False, False, "$2")))
    ('b <= $1 and (b < $1 or id > $2)',)
    """
    if not any(key.nullable or key.value is None for key in keys):
        if len({key.descending for key in keys}) == 1:
            return (_row_value(keys),)
        return (_ladder(keys),)
    return tuple(_regions(keys))


def _after(key: Key) -> str:
    return f"{key.sql} {'<' if key.descending else '>'} {key.value}"


def _row_value(keys: tuple[Key, ...]) -> str:
    if len(keys) == 1:
        return _after(keys[0])
    columns = ", ".join(key.sql for key in keys)
    values = ", ".join(str(key.value) for key in keys)
    return f"({columns}) {'<' if keys[0].descending else '>'} ({values})"


def _ladder(keys: tuple[Key, ...]) -> str:
    """A bound on the first key, which an index serves, and the exact ladder behind it."""
    first, rest = keys[0], keys[1:]
    if not rest:
        return _after(first)
    one_way = len({key.descending for key in rest}) == 1
    inner = _row_value(rest) if one_way else _ladder(rest)
    bound = "<=" if first.descending else ">="
    return f"{first.sql} {bound} {first.value} and ({_after(first)} or {inner})"


def _regions(keys: tuple[Key, ...]) -> list[str]:
    """One condition per (equal prefix, region of the next key), in no order of their own."""
    found: list[str] = []
    tail = _one_way_tail(keys)
    if tail < len(keys):
        found.append(_joined(keys[:tail], _row_value(keys[tail:])))
    for index in range(len(keys) - 1, -1, -1):
        key = keys[index]
        if index < tail and key.value is not None:
            found.append(_joined(keys[:index], _after(key)))
        if key.value is None and key.descending:
            found.append(_joined(keys[:index], f"{key.sql} is not null"))
        elif key.value is not None and key.nullable and not key.descending:
            found.append(_joined(keys[:index], f"{key.sql} is null"))
    return found


def _one_way_tail(keys: tuple[Key, ...]) -> int:
    """Where the longest run of same-direction, non-null values at the end starts."""
    start = len(keys)
    for index in range(len(keys) - 1, -1, -1):
        key = keys[index]
        if key.value is None or key.descending is not keys[-1].descending:
            break
        start = index
    return start


def _joined(prefix: tuple[Key, ...], condition: str) -> str:
    equal = [
        f"{key.sql} is null" if key.value is None else f"{key.sql} = {key.value}" for key in prefix
    ]
    return " and ".join([*equal, condition])
