"""Room: protocols/rest. Entity tags and preconditions (RFC 9110, sections 8.8 and 13).

An entity tag is `"<version>-<representation>"`: the row's version, and what tells apart its
representations. `If-Match` compares the version part, `If-None-Match` all of it.
"""

from __future__ import annotations

import email.utils
import hashlib
import re
import urllib.parse
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from accord.kernel import problem
from accord.protocols.rest import negotiate
from accord.runtime import call

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Tag(msgspec.Struct, frozen=True):
    """One entity tag of a header; `opaque` is what stands between the quotes."""

    opaque: str
    weak: bool = False

    @property
    def version(self) -> str:
        """Its version part as the service knows it."""
        return urllib.parse.unquote(self.opaque.partition("-")[0])


Tags = tuple[Tag, ...] | None
"""A list of tags, None for `*`."""


def etag(version: str, representation: str) -> str:
    """The entity tag of a row, with its quotes."""
    if not version.isalnum() or not version.isascii():
        version = urllib.parse.quote(version, safe="").replace("-", "%2D")
    return f'"{version}-{representation}"'


def hashed(body: bytes) -> str:
    """A short hash of a body."""
    return hashlib.sha256(body).hexdigest()[:16]


def tags(header: str, name: str) -> Tags:
    """The tags of `If-Match` or `If-None-Match`; Problem INVALID_HEADER for anything else."""
    if header.strip() == "*":
        return None
    # Empty elements are to be passed over (section 5.6.1.2).
    header = ",".join(each for each in negotiate.split(header, ",") if each.strip())
    found: list[Tag] = []
    at = 0
    while True:
        match = _TAG.match(header, at)
        if match is None:
            raise _invalid(name, 'is a list of entity tags such as "7-a1b2c3", or *')
        found.append(Tag(match[2], weak=match[1] is not None))
        at = match.end()
        if at == len(header):
            return tuple(found)
        if header[at] != ",":
            raise _invalid(name, 'is a list of entity tags such as "7-a1b2c3", or *')
        at += 1


def _invalid(name: str, what: str) -> problem.Problem:
    detail = problem.Detail(code="INVALID_FORMAT", message=f"{name} {what}", header=name)
    return problem.Problem("INVALID_HEADER", f"{name} {what}.", details=(detail,))


def unchanged(headers: Mapping[bytes, bytes], tag: str | None, modified: datetime | None) -> bool:
    """Whether a read is answered 304, in the order of RFC 9110, section 13.2.2.

    Raises Problem PRECONDITION_FAILED when If-Match or If-Unmodified-Since does not hold.
    """
    match = _text(headers, b"if-match")
    if match is not None:
        found = tags(match, "If-Match")
        own = None if tag is None else Tag(tag.strip('"')).version
        if found is not None and not any(not t.weak and t.version == own for t in found):
            raise problem.Problem("PRECONDITION_FAILED", "If-Match names no current version.")
    elif modified is not None:
        since = _date(_text(headers, b"if-unmodified-since"))
        if since is not None and modified > since:
            raise problem.Problem("PRECONDITION_FAILED", "It was modified since that time.")
    none = _text(headers, b"if-none-match")
    if none is not None:
        found = tags(none, "If-None-Match")
        # Weak comparison (section 8.8.3.2): a weakened tag still says that nothing changed.
        return found is None or any(f'"{each.opaque}"' == tag for each in found)
    if modified is not None:
        since = _date(_text(headers, b"if-modified-since"))
        return since is not None and modified <= since
    return False


def is_conditional(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request has any precondition; most have none."""
    return not _CONDITIONAL.isdisjoint(headers)


_CONDITIONAL = frozenset(
    {b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since"}
)


def of_write(
    headers: Mapping[bytes, bytes], *, item: bool, required: bool = False
) -> call.Conditions:
    """The preconditions of a change in terms of versions; `item` says it is of one row.

    Raises Problem PRECONDITION_REQUIRED when the resource demands If-Match and there is none,
    or when a date is sent instead: its seconds cannot tell two changes apart; and Problem
    PRECONDITION_FAILED for a version of what is no row, such as a collection.
    """
    match, none = _text(headers, b"if-match"), _text(headers, b"if-none-match")
    if not item:
        if match is not None and tags(match, "If-Match") is not None:
            raise problem.Problem("PRECONDITION_FAILED", "If-Match names a version, and no row.")
        return call.Conditions()
    if match is None and (required or b"if-unmodified-since" in headers):
        given = "; a date cannot protect it" if b"if-unmodified-since" in headers else ""
        raise problem.Problem(
            "PRECONDITION_REQUIRED",
            f"Send the ETag of the version you saw in If-Match{given}.",
            details=(
                problem.Detail(code="REQUIRED", message="If-Match is required", header="If-Match"),
            ),
        )
    return call.Conditions(
        match=None if match is None else _versions(tags(match, "If-Match"), strong=True),
        none_match=None if none is None else _versions(tags(none, "If-None-Match"), strong=False),
    )


def _versions(found: Tags, *, strong: bool) -> tuple[str, ...]:
    if found is None:
        return ("*",)
    # A weak tag never matches where bytes matter (section 13.1.1).
    return tuple(each.version for each in found if not (strong and each.weak))


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _date(text: str | None) -> datetime | None:
    """An HTTP date; None when absent or malformed, which is to be ignored (section 13.1.3)."""
    if text is None:
        return None
    try:
        found = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def moment(modified: str | None) -> datetime | None:
    """A wire timestamp to the second, which is all that HTTP dates can say."""
    if modified is None:
        return None
    try:
        return datetime.fromisoformat(modified[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None


def http_date(when: datetime) -> bytes:
    """`Mon, 15 Jan 2024 10:30:00 GMT`; strftime would ask the locale."""
    return (
        f"{_DAYS[when.weekday()]}, {when.day:02} {_MONTHS[when.month]} {when.year:04} "
        f"{when.hour:02}:{when.minute:02}:{when.second:02} GMT"
    ).encode("ascii")
