"""Room: protocols/rest. Matches a path and method to what serves them, by plain look-ups."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from accord.kernel import problem

H = TypeVar("H")

_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Endpoint(Generic[H]):
    """One path pattern with its handlers by method; `allow` is ready for the header."""

    __slots__ = ("allow", "handlers", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.handlers: dict[str, H] = {}
        self.allow = "OPTIONS"

    def add(self, method: str, handler: H) -> None:
        """Serves a method; HEAD comes with GET, OPTIONS always."""
        self.handlers[method] = handler
        if method == "GET":
            self.handlers["HEAD"] = handler
        methods = {*self.handlers, "OPTIONS"}
        self.allow = ", ".join(name for name in _ORDER if name in methods)

    def handler(self, method: str) -> H:
        """What serves the method; Problem METHOD_NOT_ALLOWED with `Allow`."""
        found = self.handlers.get(method)
        if found is None:
            raise problem.Problem(
                "METHOD_NOT_ALLOWED",
                f"{method} is not allowed here. Allowed: {self.allow}.",
                headers={"Allow": self.allow},
            )
        return found


class Routes(Generic[H]):
    """All endpoints below one base path.

    Patterns have at most three segments: `users`, `users/{id}`, `users/{id}/orders`, and
    without an id `users/search`, which goes before an id of that spelling.
    """

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self._literal: dict[str, Endpoint[H]] = {}
        self._items: dict[str, Endpoint[H]] = {}
        self._below: dict[tuple[str, str], Endpoint[H]] = {}

    def add(self, pattern: str, method: str, handler: H) -> None:
        """Serves `/{base}/{pattern}`; ValueError for a pattern of another form."""
        segments = pattern.strip("/").split("/")
        placeholders = [s.startswith("{") for s in segments]
        if not any(placeholders):
            found = self._literal.setdefault("/".join(segments), Endpoint(pattern))
        elif placeholders == [False, True]:
            found = self._items.setdefault(segments[0], Endpoint(pattern))
        elif placeholders == [False, True, False]:
            found = self._below.setdefault((segments[0], segments[2]), Endpoint(pattern))
        else:
            raise ValueError(f"{pattern}: a path is resource, id and one name below it")
        found.add(method, handler)

    def match(self, path: str) -> tuple[Endpoint[H], str | None]:
        """The endpoint of a raw path and the id in it, decoded.

        Raises Problem ROUTE_NOT_FOUND, or MALFORMED_REQUEST for escapes that are no UTF-8.
        """
        base = self.base
        if not path.startswith(base) or path[len(base) : len(base) + 1] != "/":
            raise self._lost(path)
        rest = path[len(base) + 1 :]
        segments = rest.split("/")
        if "%" in rest:
            segments = [decoded(each) for each in segments]
        size = len(segments)
        if size == 1:
            found = self._literal.get(segments[0])
        elif size == 2 and segments[1]:
            found = self._literal.get(rest)
            if found is None:
                found = self._items.get(segments[0])
                if found is not None:
                    return found, segments[1]
        elif size == 3 and segments[1]:
            found = self._below.get((segments[0], segments[2]))
            if found is not None:
                return found, segments[1]
            found = self._literal.get(rest)
        else:
            found = None
        if found is None:
            raise self._lost(path)
        return found, None

    def patterns(self) -> Iterable[tuple[str, Mapping[str, H]]]:
        """Every pattern with its handlers, for listings."""
        for table in (self._literal, self._items, self._below):
            for found in table.values():
                yield found.pattern, found.handlers

    def _lost(self, path: str) -> problem.Problem:
        advice = self._advice(path)
        end = "" if advice.endswith("?") else "."
        return problem.Problem(
            "ROUTE_NOT_FOUND", f"There is nothing at {shown(path)}; {advice}{end}"
        )

    def _advice(self, path: str) -> str:
        if not path.startswith(f"{self.base}/"):
            return f"paths begin with {self.base}/"
        segments = path[len(self.base) + 1 :].split("/")
        if segments[-1] == "" and len(segments) > 1:
            return "leave out the slash at the end"
        if "" in segments:
            return "a part of it is empty"
        first = segments[0]
        below = sorted(name for resource, name in self._below if resource == first)
        if len(segments) == 3 and below:
            return problem.suggest(segments[2], below)
        names = {name.split("/")[0] for name in (*self._literal, *self._items)}
        return (
            problem.suggest(first, names - {first})
            if first not in names
            else ("a path is resource, id and one name below it")
        )


def decoded(text: str) -> str:
    """The text with its escapes resolved; Problem MALFORMED_REQUEST when it is no UTF-8."""
    try:
        return urllib.parse.unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise problem.Problem(
            "MALFORMED_REQUEST", f"The escapes in {shown(text)} are not UTF-8."
        ) from None


def shown(text: str, limit: int = 120) -> str:
    """A text of the client cut to a length fit for a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
