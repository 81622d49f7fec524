"""Every clock keeps the same promises; the manual one moves only by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from accord.kernel import clock

START = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)


@pytest.fixture(params=[clock.SystemClock, clock.ManualClock])
def any_clock(request):
    return request.param()


def test_now_is_aware_and_in_utc(any_clock):
    """Nobody has to guess a time zone."""
    assert any_clock.now().utcoffset() == timedelta(0)
    assert any_clock.now().tzinfo is UTC


def test_monotonic_never_goes_back(any_clock):
    """Later readings are equal or greater."""
    readings = [any_clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def test_a_manual_clock_stands_still():
    """Two readings are the same."""
    hand = clock.ManualClock()
    assert (hand.now(), hand.monotonic()) == (START, 0.0)
    assert (hand.now(), hand.monotonic()) == (START, 0.0)


@pytest.mark.parametrize("step", [90, 90.0, timedelta(seconds=90)])
def test_advancing_moves_both_readings(step):
    """By seconds or by a timedelta."""
    hand = clock.ManualClock()
    hand.advance(step)
    assert (hand.now() - START, hand.monotonic()) == (timedelta(seconds=90), 90.0)


def test_setting_the_time_of_day_leaves_monotonic_alone():
    """As on a real machine whose clock is corrected."""
    hand = clock.ManualClock()
    hand.set_now(START - timedelta(days=1))
    assert (hand.now(), hand.monotonic()) == (START - timedelta(days=1), 0.0)


def test_time_does_not_go_back():
    """A negative step is a mistake of the test that makes it."""
    with pytest.raises(ValueError, match="does not go back"):
        clock.ManualClock().advance(-1)


def test_other_zones_become_utc():
    """The moment stays the same."""
    berlin = datetime(2024, 1, 15, 11, 30, tzinfo=timezone(timedelta(hours=1)))
    assert clock.ManualClock(berlin).now() == START
    assert clock.ManualClock(berlin).now().tzinfo is UTC


def test_a_naive_time_is_refused():
    """A clock without a zone would lie."""
    with pytest.raises(ValueError, match="no time zone"):
        clock.ManualClock(START.replace(tzinfo=None))
