"""Ids carry a prefix, sort by time, never repeat, and can be taken apart."""

import os
import re
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.kernel import clock, ids

PREFIXES = st.from_regex(r"[a-z][a-z0-9]{0,15}", fullmatch=True)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPAN = datetime(9999, 12, 31, tzinfo=UTC) - EPOCH
TIMES = st.timedeltas(min_value=timedelta(0), max_value=SPAN).map(lambda age: EPOCH + age)


@given(PREFIXES)
def test_the_form_fits_every_protocol(prefix):
    """Prefix, underscore and 26 letters and digits: at most 43 characters, none of them special."""
    assert re.fullmatch(rf"{prefix}_[0-9a-z]{{26}}", ids.new(prefix))
    assert 3 <= len(ids.new(prefix)) <= 50


@given(PREFIXES, TIMES)
def test_an_id_is_taken_apart_and_joined(prefix, moment):
    """Time to the millisecond, prefix and randomness come back, and make the same id."""
    text = ids.new(prefix, clock.ManualClock(moment))
    parts = ids.parse(text, prefix)
    assert (parts.prefix, parts.time) == (
        prefix,
        moment.replace(microsecond=moment.microsecond // 1000 * 1000),
    )
    assert str(parts) == text


@given(TIMES, TIMES)
def test_ids_of_different_times_sort_by_time(one, other):
    """Text order is time order."""
    first, second = (ids.new("usr", clock.ManualClock(moment)) for moment in (one, other))
    if ids.parse(first).time != ids.parse(second).time:
        assert (first < second) == (one < other)


@given(st.lists(st.integers(-5, 5), max_size=50))
def test_ids_of_one_clock_only_rise(steps):
    """Within a millisecond, and even when the clock is set back, later ids are greater."""
    hand = clock.ManualClock()
    generate = ids.generator("usr", hand)
    made = []
    for step in steps:
        hand.set_now(hand.now() + timedelta(milliseconds=step))
        made.append(generate())
    assert made == sorted(set(made))


def test_many_ids_rise_and_differ():
    """Half a million bytes of randomness later nothing repeats."""
    generate = ids.generator("usr")
    made = [generate() for _ in range(50_000)]
    assert made == sorted(set(made))


def test_threads_do_not_share_an_id():
    """Several threads draw from one sequence."""
    made: list[str] = []

    def draw():
        mine = [ids.new("usr") for _ in range(5_000)]
        made.extend(mine)

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20_000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_draws_other_ids():
    """Parent and child share no randomness, though the child was born with the parent's."""
    hand = clock.ManualClock()
    generate = ids.generator("usr", hand)
    generate()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, " ".join(generate() for _ in range(100)).encode())
        os._exit(0)
    os.close(writing)
    mine = {generate() for _ in range(100)}
    with os.fdopen(reading) as pipe:
        theirs = set(pipe.read().split())
    os.waitpid(child, 0)
    assert len(theirs) == 100
    assert not mine & theirs
    assert {one[:20] for one in mine}.isdisjoint(one[:20] for one in theirs)


@pytest.mark.parametrize("prefix", ["", "Usr", "1usr", "a" * 17, "us_r", "usr\n", "üsr"])
def test_a_bad_prefix_is_refused(prefix):
    """Both makers check it, `generator` once."""
    for make in (ids.new, ids.generator):
        with pytest.raises(ValueError, match="not a prefix"):
            make(prefix)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "does not begin with a prefix"),
        ("usr", "does not begin with a prefix"),
        ("USR_01hm6dvkr00000000000000000", "does not begin with a prefix"),
        ("ord_01hm6dvkr00000000000000000", "must begin with 'usr_'"),
        ("usr_01hm6dvkr0000000000000000", "come 26"),
        ("usr_01HM6DVKR00000000000000000", "come 26"),
        ("usr_01hm6dvkr0000000000000000u", "come 26"),
        ("usr_81hm6dvkr00000000000000000", "come 26"),
        ("usr_01hm6dvkr00000000000000000\n", "come 26"),
        ("usr_7zzzzzzzzz0000000000000000", "after the year 9999"),
    ],
)
def test_what_is_not_an_id_is_refused(text, fault):
    """One id has one spelling, and the message says what is missing."""
    with pytest.raises(ValueError, match=fault):
        ids.parse(text, "usr")


def test_any_prefix_is_read_when_none_is_expected():
    """`parse` without a prefix tells which one it found."""
    assert ids.parse(ids.new("ord")).prefix == "ord"


def test_a_time_before_1970_has_no_ids():
    """48 bits of milliseconds begin there."""
    with pytest.raises(ValueError, match="before 1970"):
        ids.new("usr", clock.ManualClock(datetime(1969, 12, 31, tzinfo=UTC)))


def test_an_id_costs_microseconds():
    """The aim is 2 us; the bound allows for a loaded machine."""
    generate = ids.generator("usr")
    best = min(_seconds(generate, 5_000) for _ in range(5))
    assert best / 5_000 < 10e-6


def _seconds(generate, times):
    start = time.perf_counter()
    for _ in range(times):
        generate()
    return time.perf_counter() - start
