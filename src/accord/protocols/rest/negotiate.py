"""Room: protocols/rest. Chooses representations by Accept (RFC 9110, 12.5.1) and Content-Type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

import msgspec

from accord.kernel import problem

JSON: Final = "application/json"
JSONAPI: Final = "application/vnd.api+json"
PROBLEM: Final = "application/problem+json"
MERGE: Final = "application/merge-patch+json"

Success = Literal["application/json", "application/vnd.api+json"]
Failure = Literal["application/json", "application/vnd.api+json", "application/problem+json"]

_REMEMBERED = 512


class Choice(msgspec.Struct, frozen=True):
    """How to answer: `success` is None when nothing we have is acceptable."""

    success: Success | None
    failure: Failure


class Range(msgspec.Struct, frozen=True):
    """One media range of an Accept header; `rank` is its preciseness, `q` its weight."""

    type: str
    parameters: Mapping[str, str]
    q: float

    @property
    def rank(self) -> int:
        if self.type == "*/*":
            return 0
        return 1 if self.type.endswith("/*") else 2 + len(self.parameters)

    def matches(self, media: str) -> bool:
        """Whether it covers one of our types, which have no parameters of their own."""
        if self.type == "*/*":
            return True
        if self.type.endswith("/*"):
            return media.startswith(self.type[:-1])
        if self.type != media:
            return False
        if media == JSONAPI:
            # JSON:API 1.1: only ext and profile may modify its type; we have no extension,
            # and a profile may be ignored.
            return not set(self.parameters) - {"profile"}
        return self.parameters.get("charset", "utf-8").lower() in {"utf-8", "utf8"}


class Negotiator:
    """Answers by header text, remembered: clients send few different ones."""

    def __init__(self, default: Success) -> None:
        other: Success = "application/vnd.api+json" if default == JSON else "application/json"
        self._offers: tuple[Success, ...] = (default, other)
        self._known: dict[bytes | None, Choice] = {None: Choice(default, default)}

    def choose(self, header: bytes | None) -> Choice:
        """The representation of successes and of failures."""
        found = self._known.get(header)
        if found is None:
            found = self._choose((header or b"").decode("latin-1"))
            if len(self._known) < _REMEMBERED:
                self._known[header] = found
        return found

    def refusal(self) -> problem.Problem:
        """What is said when nothing is acceptable."""
        return problem.Problem(
            "NOT_ACCEPTABLE", f"Available are {' and '.join(sorted(self._offers))}."
        )

    def _choose(self, header: str) -> Choice:
        ranges = list(accepted(header))
        if not ranges and not header.strip():
            return Choice(self._offers[0], self._offers[0])
        weights = {offer: _weight(ranges, offer) for offer in self._offers}
        best = max(self._offers, key=lambda offer: weights[offer])
        success = best if weights[best] > 0 else None
        named = any(each.type == PROBLEM and each.q > 0 for each in ranges)
        return Choice(success, PROBLEM if named else success or self._offers[0])


def _weight(ranges: Sequence[Range], media: str) -> float:
    """The weight of a type: that of the most precise range that covers it."""
    fitting = [each for each in ranges if each.matches(media)]
    if not fitting:
        return 0.0
    rank = max(each.rank for each in fitting)
    return max(each.q for each in fitting if each.rank == rank)


def accepted(header: str) -> Iterator[Range]:
    """The media ranges of an Accept header; what cannot be read is passed over."""
    for element in split(header, ","):
        media, parameters = media_type(element)
        if media.count("/") != 1 or media.startswith("/") or media.endswith("/"):
            continue
        weight = _q(parameters.pop("q", "1"))
        if weight is not None:
            yield Range(media, parameters, weight)


def _q(text: str) -> float | None:
    # RFC 9110, 12.4.2: 0 to 1 with at most three digits.
    if len(text) > 5 or not text.replace(".", "", 1).isdigit() or not text.isascii():
        return None
    value = float(text)
    return value if 0 <= value <= 1 else None


def media_type(text: str) -> tuple[str, dict[str, str]]:
    """A media type and its parameters, names in lower case: `a/b; Q=1` → a/b, {q: 1}."""
    parts = split(text, ";")
    parameters: dict[str, str] = {}
    for part in parts[1:]:
        name, equals, value = part.partition("=")
        if equals:
            value = value.strip()
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1].replace('\\"', '"')
            parameters[name.strip().lower()] = value
    return (parts[0].strip().lower() if parts else ""), parameters


def split(text: str, separator: str) -> list[str]:
    """The parts between separators that stand outside quotes."""
    if '"' not in text:
        return text.split(separator)
    parts, start, quoted, escaped = [], 0, False, False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def body_type(content_type: bytes | None, encoding: bytes | None, allowed: Sequence[str]) -> str:
    """The media type of a body; Problem UNSUPPORTED_MEDIA_TYPE unless it is allowed."""
    if encoding is not None and encoding.strip().lower() not in {b"", b"identity"}:
        raise _unsupported("a Content-Encoding", allowed)
    if content_type is None:
        raise _unsupported("no Content-Type", allowed)
    media, parameters = media_type(content_type.decode("latin-1"))
    if media not in allowed:
        raise _unsupported(f"{media[:80]!r}", allowed)
    if media == JSONAPI and set(parameters) - {"profile"}:
        raise _unsupported(f"{JSONAPI} with parameters other than profile", allowed)
    if parameters.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise _unsupported(f"the charset {parameters['charset'][:40]!r}", ("UTF-8",))
    return media


def _unsupported(what: str, allowed: Sequence[str]) -> problem.Problem:
    listed = ", ".join(allowed)
    return problem.Problem(
        "UNSUPPORTED_MEDIA_TYPE",
        f"The body comes with {what}; send {listed}.",
        headers={"Accept": listed} if "/" in listed else {},
    )
