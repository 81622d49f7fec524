"""Room: kernel. Ids such as usr_01hm5x…: prefixed, sortable by time, safe across processes.

An id is its prefix, `_`, and 26 characters: 48 bits of milliseconds since 1970, then 80 random
bits, in Crockford's base 32. Letters are lower case only, because then digits before letters is
the order of every collation that databases use, and text order is time order.
"""

from __future__ import annotations

import os
import re
import threading
import time
import weakref
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from accord.kernel import clock as clocks

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26

_PREFIX = re.compile(r"[a-z][a-z0-9]{0,15}")
_BODY = re.compile(rf"[0-7][{ALPHABET}]{{{LENGTH - 1}}}")
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_PAIRS = tuple(high + low for high in ALPHABET for low in ALPHABET)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_RANDOM_BITS = 80
_POOL_BYTES = 4096
_NEEDED_BYTES = 10


class Id(msgspec.Struct, frozen=True):
    """An id taken apart; `time` is aware, in UTC, to the millisecond. `str()` joins it again."""

    prefix: str
    time: datetime
    randomness: int

    def __str__(self) -> str:
        value = ((self.time - _EPOCH) // _MILLISECOND << _RANDOM_BITS) | self.randomness
        return f"{self.prefix}_{_encode(value)}"


class _Sequence:
    """Ever larger 128-bit numbers of one clock, which stays sorted even if that clock goes back."""

    def __init__(self) -> None:
        self.forget()
        _sequences.add(self)

    def forget(self) -> None:
        """Starts afresh. A forked child must not go on with the randomness of its parent."""
        self._lock = threading.Lock()
        self._pool, self._at = b"", _POOL_BYTES
        self._last, self._until = -1, -1

    def next(self, now: int) -> int:
        """The next number at `now`, in milliseconds since 1970."""
        with self._lock:
            at = self._at
            if at + _NEEDED_BYTES > _POOL_BYTES:
                self._pool, at = os.urandom(_POOL_BYTES), 0
            if now > self._until:
                value = now << _RANDOM_BITS | int.from_bytes(self._pool[at : at + 10], "big")
                self._at, self._until = at + 10, now
            else:
                # Within one millisecond a random step keeps order without telling the next id. If
                # the 80 bits ever run over, the carry goes into the time and keeps order too.
                value = self._last + 1 + int.from_bytes(self._pool[at : at + 5], "big")
                self._at, self._until = at + 5, value >> _RANDOM_BITS
            self._last = value
        return value


_sequences: weakref.WeakSet[_Sequence] = weakref.WeakSet()


def _forget_all() -> None:
    for sequence in list(_sequences):
        sequence.forget()


if hasattr(os, "register_at_fork"):  # Windows cannot fork
    os.register_at_fork(after_in_child=_forget_all)

_system = _Sequence()
_by_clock: weakref.WeakKeyDictionary[clocks.Clock, _Sequence] = weakref.WeakKeyDictionary()


def new(prefix: str, clock: clocks.Clock | None = None) -> str:
    """A new id of the given prefix: `new("usr")` → `usr_01hm6dvkr0…`.

    Later ids of one process are greater as text, even within a millisecond. ValueError for a prefix
    that is not 1-16 lower-case letters and digits beginning with a letter.
    """
    _check_prefix(prefix)
    return f"{prefix}_{_encode(_sequence(clock).next(_milliseconds(clock)))}"


def generator(prefix: str, clock: clocks.Clock | None = None) -> Callable[[], str]:
    """A maker of ids, checked once; fit for a column: `default=ids.generator("usr")`."""
    _check_prefix(prefix)
    start, number = f"{prefix}_", _sequence(clock).next

    def generate() -> str:
        return start + _encode(number(_milliseconds(clock)))

    # What a column with this default holds is read off the maker when an API is declared.
    vars(generate)["prefix"] = prefix
    return generate


def parse(text: str, prefix: str | None = None) -> Id:
    """Takes an id apart; ValueError says what is wrong, also with a prefix other than expected."""
    found, separator, body = text.partition("_")
    if not separator or not _PREFIX.fullmatch(found):
        raise ValueError(f"{text!r} is not an id: it does not begin with a prefix and '_'")
    if prefix is not None and found != prefix:
        raise ValueError(f"{text!r} is not an id of this kind: it must begin with '{prefix}_'")
    if not _BODY.fullmatch(body):
        raise ValueError(f"{text!r} is not an id: after '_' come {LENGTH} of {ALPHABET}")
    value = 0
    for character in body:
        value = value << 5 | _VALUE[character]
    try:
        moment = _EPOCH + (value >> _RANDOM_BITS) * _MILLISECOND
    except OverflowError:
        raise ValueError(f"{text!r} is not an id: its time is after the year 9999") from None
    return Id(found, moment, value & (1 << _RANDOM_BITS) - 1)


def _sequence(clock: clocks.Clock | None) -> _Sequence:
    if clock is None:
        return _system
    sequence = _by_clock.get(clock)
    if sequence is None:
        sequence = _by_clock[clock] = _Sequence()
    return sequence


def _milliseconds(clock: clocks.Clock | None) -> int:
    if clock is None:
        return time.time_ns() // 1_000_000
    now = (clock.now() - _EPOCH) // _MILLISECOND
    if now < 0:
        raise ValueError("an id cannot be made for a time before 1970")
    return now


def _encode(value: int) -> str:
    pairs = _PAIRS
    return (
        pairs[value >> 120]
        + pairs[value >> 110 & 1023]
        + pairs[value >> 100 & 1023]
        + pairs[value >> 90 & 1023]
        + pairs[value >> 80 & 1023]
        + pairs[value >> 70 & 1023]
        + pairs[value >> 60 & 1023]
        + pairs[value >> 50 & 1023]
        + pairs[value >> 40 & 1023]
        + pairs[value >> 30 & 1023]
        + pairs[value >> 20 & 1023]
        + pairs[value >> 10 & 1023]
        + pairs[value & 1023]
    )


def _check_prefix(prefix: str) -> None:
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(
            f"{prefix!r} is not a prefix for ids: it takes 1-16 lower-case letters and digits, "
            "a letter first"
        )
