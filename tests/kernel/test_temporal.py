"""Times on the wire have one form, which round-trips."""

from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.kernel import temporal


@given(st.datetimes(timezones=st.just(UTC)))
def test_timestamps_round_trip(moment):
    """To the microsecond, in the form that msgspec reads too."""
    text = temporal.format_timestamp(moment)
    assert temporal.parse_timestamp(text) == moment
    assert msgspec.convert(text, datetime) == moment
    assert len(text) == 27


@given(st.datetimes())
def test_local_timestamps_round_trip(moment):
    """Without a zone in, without a zone out."""
    assert temporal.parse_local_timestamp(temporal.format_local_timestamp(moment)) == moment


@given(st.dates())
def test_dates_round_trip(day):
    """Years have four digits."""
    assert temporal.parse_date(temporal.format_date(day)) == day


@given(st.times())
def test_times_round_trip(moment):
    """To the microsecond."""
    assert temporal.parse_time(temporal.format_time(moment)) == moment


@given(st.timedeltas())
def test_durations_round_trip(duration):
    """Every timedelta has a form, the same that msgspec writes."""
    text = temporal.format_duration(duration)
    assert temporal.parse_duration(text) == duration
    assert msgspec.to_builtins(duration) == text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-15T10:30:00Z", datetime(2024, 1, 15, 10, 30, tzinfo=UTC)),
        ("2024-01-15t12:30:00.5+02:00", datetime(2024, 1, 15, 10, 30, 0, 500_000, tzinfo=UTC)),
        ("2024-01-15T10:30:00.000001-00:30", datetime(2024, 1, 15, 11, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_offsets_become_utc(text, moment):
    """RFC 3339 is read in its breadth and written in one form."""
    parsed = temporal.parse_timestamp(text)
    assert parsed == moment
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT2H30M", timedelta(hours=2, minutes=30)),
        ("P1W", timedelta(weeks=1)),
        ("+P1DT0.5S", timedelta(days=1, microseconds=500_000)),
        ("-PT1S", timedelta(seconds=-1)),
    ],
)
def test_durations_are_read_in_their_breadth(text, duration):
    """Weeks, hours, minutes and a sign are understood."""
    assert temporal.parse_duration(text) == duration


PARSERS = {
    "timestamp": temporal.parse_timestamp,
    "local": temporal.parse_local_timestamp,
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "duration": temporal.parse_duration,
}


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("timestamp", "2024-01-15T10:30:00", "like .*Z; it has no offset"),
        ("timestamp", "2024-01-15 10:30:00Z", "is not a timestamp"),
        ("timestamp", "20240115T103000Z", "is not a timestamp"),
        ("timestamp", "2024-02-30T10:30:00Z", "day is out of range"),
        ("timestamp", "2024-01-15T24:00:00Z", "is not a timestamp"),
        ("timestamp", "2024-01-15T10:30:00.1234567Z", "is not a timestamp"),
        ("timestamp", "2024-01-15T10:30:00+25:00", "is not a timestamp"),
        ("timestamp", "0001-01-01T00:00:00+01:00", "is not a timestamp"),
        ("timestamp", "２０２４-01-15T10:30:00Z", "is not a timestamp"),
        ("timestamp", "x" * 100, r"'x+\.\.\.' is not"),
        ("local", "2024-01-15T10:30:00Z", "must have no offset"),
        ("local", "2024-13-15T10:30:00", "month must be in"),
        ("date", "2024-1-5", "is not a date like 2024-01-15"),
        ("date", "2024-W03-1", "is not a date"),
        ("date", "2023-02-29", "day is out of range"),
        ("time", "10:30", "is not a time of day"),
        ("time", "10:60:00", "minute must be in"),
        ("duration", "P1Y", "years and months have no fixed length"),
        ("duration", "P", "is not a duration like P1DT2H30M"),
        ("duration", "PT", "is not a duration"),
        ("duration", "P1DT", "is not a duration"),
        ("duration", "PT1.S", "is not a duration"),
        ("duration", "P9999999999D", "too long"),
    ],
)
def test_what_is_not_a_time_is_refused(kind, text, fault):
    """The sentence shows the value, an example, and the reason where there is one."""
    with pytest.raises(ValueError, match=fault):
        PARSERS[kind](text)


def test_only_aware_times_become_timestamps_and_only_naive_ones_local():
    """A wrong zone is never assumed."""
    aware = datetime(2024, 1, 15, tzinfo=UTC)
    with pytest.raises(ValueError, match="has no time zone"):
        temporal.format_timestamp(aware.replace(tzinfo=None))
    with pytest.raises(ValueError, match="has a time zone"):
        temporal.format_local_timestamp(aware)
    with pytest.raises(ValueError, match="has a time zone"):
        temporal.format_time(time(1, tzinfo=UTC))


def test_a_date_is_not_a_timestamp():
    """`date` values format as days alone."""
    assert temporal.format_date(date(2024, 1, 15)) == "2024-01-15"
