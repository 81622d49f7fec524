"""Room: kernel. Times on the wire: RFC 3339 timestamps, dates, times, ISO 8601 durations.

    timestamp        2024-01-15T10:30:00.000000Z     always UTC, always six digits
    local timestamp  2024-01-15T10:30:00.000000      of columns without a time zone
    date             2024-01-15
    time             10:30:00.000000
    duration         P1DT7200.5S                     days and seconds, exactly as msgspec writes it

Every parser raises ValueError with a sentence that can be shown to the caller.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"([01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,6})?"
_OFFSET = r"(Z|z|[+-]\d{2}:\d{2})"
_TIMESTAMP_FORM = re.compile(f"{_DATE}[Tt]{_TIME}{_OFFSET}", re.ASCII)
_LOCAL_FORM = re.compile(f"{_DATE}[Tt]{_TIME}", re.ASCII)
_DATE_FORM = re.compile(_DATE, re.ASCII)
_TIME_FORM = re.compile(_TIME, re.ASCII)
_DURATION_FORM = re.compile(
    r"(?P<sign>[+-]?)P(?=[\dT])(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d{1,6}))?S)?)?",
    re.ASCII,
)


def parse_timestamp(text: str) -> datetime:
    """`2024-01-15T12:30:00+02:00` → 10:30 UTC, aware; an offset is required."""
    if not _TIMESTAMP_FORM.fullmatch(text):
        hint = "; it has no offset" if _LOCAL_FORM.fullmatch(text) else ""
        raise _malformed(text, "a timestamp", "2024-01-15T10:30:00.000000Z", hint)
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise _malformed(text, "a timestamp", "2024-01-15T10:30:00Z", f"; {fault}") from None


def format_timestamp(moment: datetime) -> str:
    """The inverse of `parse_timestamp`; ValueError when the datetime has no time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_local_timestamp(text: str) -> datetime:
    """`2024-01-15T10:30:00` → a datetime without a time zone; an offset is refused."""
    example = "2024-01-15T10:30:00.000000"
    if not _LOCAL_FORM.fullmatch(text):
        hint = "; it must have no offset" if _TIMESTAMP_FORM.fullmatch(text) else ""
        raise _malformed(text, "a local timestamp", example, hint)
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError as fault:
        raise _malformed(text, "a local timestamp", example, f"; {fault}") from None


def format_local_timestamp(moment: datetime) -> str:
    """The inverse of `parse_local_timestamp`; ValueError when the datetime has a time zone."""
    if moment.tzinfo is not None:
        raise ValueError(f"{moment.isoformat()} has a time zone")
    return moment.isoformat(timespec="microseconds")


def parse_date(text: str) -> date:
    """`2024-01-15` → a date."""
    if not _DATE_FORM.fullmatch(text):
        raise _malformed(text, "a date", "2024-01-15")
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise _malformed(text, "a date", "2024-01-15", f"; {fault}") from None


def format_date(day: date) -> str:
    """The inverse of `parse_date`."""
    return day.isoformat()


def parse_time(text: str) -> time:
    """`10:30:00` → a time of day without a time zone."""
    if not _TIME_FORM.fullmatch(text):
        raise _malformed(text, "a time of day", "10:30:00.000000")
    try:
        return time.fromisoformat(text)
    except ValueError as fault:
        raise _malformed(text, "a time of day", "10:30:00.000000", f"; {fault}") from None


def format_time(moment: time) -> str:
    """The inverse of `parse_time`; ValueError when the time has a time zone."""
    if moment.tzinfo is not None:
        raise ValueError(f"{moment.isoformat()} has a time zone")
    return moment.isoformat(timespec="microseconds")


def parse_duration(text: str) -> timedelta:
    """`PT2H30M`, `P1W`, `-P1DT7200.5S` → a timedelta; years and months have no fixed length."""
    match = _DURATION_FORM.fullmatch(text)
    if match is None:
        calendar = re.match(r"[+-]?P\d+Y|[+-]?P\d+M", text, re.ASCII)
        hint = "; years and months have no fixed length" if calendar else ""
        raise _malformed(text, "a duration", "P1DT2H30M", hint)
    part = {name: int(match[name] or 0) for name in ("weeks", "days", "hours", "minutes")}
    microseconds = int((match["fraction"] or "").ljust(6, "0"))
    try:
        duration = timedelta(**part, seconds=int(match["seconds"] or 0), microseconds=microseconds)
    except OverflowError:
        raise _malformed(text, "a duration", "P1DT2H30M", "; it is too long") from None
    return -duration if match["sign"] == "-" else duration


def format_duration(duration: timedelta) -> str:
    """The inverse of `parse_duration`: 1 day, 2 hours → `P1DT7200S`; nothing → `P0D`."""
    if not duration:
        return "P0D"
    sign, total = ("-", -duration) if duration < timedelta(0) else ("", duration)
    days, seconds = total.days, total.seconds
    text = f"{sign}P{days}D" if days else f"{sign}P"
    if seconds or total.microseconds:
        fraction = f".{total.microseconds:06}".rstrip("0") if total.microseconds else ""
        text += f"T{seconds}{fraction}S"
    return text


def _malformed(text: str, kind: str, example: str, more: str = "") -> ValueError:
    shown = text if len(text) <= 60 else text[:57] + "..."
    return ValueError(f"{shown!r} is not {kind} like {example}{more}")
