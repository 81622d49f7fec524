"""Room: protocols/rest. Reads filter trees: `and(eq(status,'open'),gt(total,100))`.

    expression := ("and" | "or") "(" expression ("," expression)* ")"
    expression := "not" "(" expression ")"
    expression := operator "(" field ("," literal)* ")"
    literal := "'" text with quotes doubled "'" or bare text without , ( ) '

Field names are those of declared filters, operators those of `contract.resource`.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import msgspec

from accord.contract import resource
from accord.kernel import problem

_WORD = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.]*)\s*")
_BARE = re.compile(r"\s*([^,()'\s][^,()']*?)\s*(?=[,)]|$)")
_QUOTED = re.compile(r"\s*'((?:[^']|'')*)'\s*")
_OPERATORS = frozenset(resource.OPERATORS)
_DEPTH = 64
_NODES = 500


class Literal(msgspec.Struct, frozen=True):
    """A value as it was written; a bare `null` is not the text 'null'."""

    text: str
    quoted: bool

    @property
    def null(self) -> bool:
        return not self.quoted and self.text == "null"


class Comparison(msgspec.Struct, frozen=True):
    """`operator(field,values…)`; `position` counts characters from 1."""

    operator: str
    field: str
    values: tuple[Literal, ...]
    position: int


class Group(msgspec.Struct, frozen=True):
    """`and(…)`, `or(…)` or `not(…)`."""

    operator: str
    items: tuple[Node, ...]
    position: int


Node: TypeAlias = Comparison | Group


def parse(text: str) -> Node:
    """The tree of a filter; Problem INVALID_PARAMETER tells where reading stopped."""
    reader = _Reader(text)
    node = reader.node(1)
    if reader.at < len(text):
        raise reader.stop("the end")
    return node


def skeleton(node: Node, inline: frozenset[str], literals: list[str]) -> str:
    """The tree with its bound values taken out into `literals`.

    Values of `inline` fields stay in, and so do nulls: they are part of the statement.
    """
    if isinstance(node, Group):
        inner = ",".join(skeleton(item, inline, literals) for item in node.items)
        return f"{node.operator}({inner})"
    if bound(node, inline):
        literals.extend(value.text for value in node.values)
        return f"{node.operator}({node.field},{len(node.values)})"
    parts = [f"{'q' if value.quoted else 'b'}{value.text!r}" for value in node.values]
    return f"{node.operator}({node.field}:{','.join(parts)})"


def bound(node: Comparison, inline: frozenset[str]) -> bool:
    """Whether the values of a comparison travel as parameters."""
    if node.operator == "null" or any(value.null for value in node.values):
        return False
    return node.field not in inline or node.operator not in {"eq", "ne", "in"}


def size(node: Node) -> tuple[int, int]:
    """How many comparisons a tree has, and how many levels."""
    if isinstance(node, Comparison):
        return 1, 1
    sizes = [size(item) for item in node.items]
    return sum(count for count, _ in sizes), 1 + max(depth for _, depth in sizes)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.nodes = 0

    def node(self, depth: int) -> Node:
        self.nodes += 1
        if depth > _DEPTH or self.nodes > _NODES:
            raise problem.Problem(
                "FILTER_TOO_COMPLEX", f"A filter has at most {_NODES} parts and {_DEPTH} levels."
            )
        found = _WORD.match(self.text, self.at)
        if found is None:
            raise self.stop("and, or, not or a comparison such as eq(name,'Jane')")
        position, word = found.start(1) + 1, found[1]
        self.at = found.end()
        if word in {"and", "or", "not"}:
            return self._group(word, position, depth)
        if word not in _OPERATORS:
            self.at = position - 1
            advice = problem.suggest(word, (*_OPERATORS, "and", "or", "not"))
            raise self.stop(f"an operator; {advice}")
        return self._comparison(word, position)

    def _group(self, word: str, position: int, depth: int) -> Group:
        self._take("(")
        items = [self.node(depth + 1)]
        while self._next() == ",":
            self._take(",")
            items.append(self.node(depth + 1))
        self._take(")")
        if word == "not" and len(items) != 1:
            raise wrong(f"not(…) takes one condition, it has {len(items)}", position)
        return Group(word, tuple(items), position)

    def _comparison(self, word: str, position: int) -> Comparison:
        self._take("(")
        found = _WORD.match(self.text, self.at)
        if found is None:
            raise self.stop("the name of a field")
        self.at = found.end()
        values: list[Literal] = []
        while self._next() == ",":
            self._take(",")
            values.append(self._literal())
        self._take(")")
        _count(word, len(values), position)
        return Comparison(word, found[1], tuple(values), position)

    def _literal(self) -> Literal:
        found = _QUOTED.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
            return Literal(found[1].replace("''", "'"), quoted=True)
        found = _BARE.match(self.text, self.at)
        if found is None:
            raise self.stop("a value; texts stand in single quotes")
        self.at = found.end()
        return Literal(found[1], quoted=False)

    def _next(self) -> str:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def _take(self, character: str) -> None:
        if self._next() != character:
            raise self.stop(f"'{character}'")
        self.at += 1
        self._next()

    def stop(self, expected: str) -> problem.Problem:
        found = self.text[self.at : self.at + 12]
        seen = f"found {found!r}" if found else "the filter ends"
        return wrong(f"expected {expected}, {seen}", self.at + 1)


def _count(operator: str, values: int, position: int) -> None:
    if operator == "null":
        fine, expected = values <= 1, "at most one value, true or false"
    elif operator == "in":
        fine, expected = values >= 1, "at least one value"
    else:
        fine, expected = values == 1, "one value"
    if not fine:
        raise wrong(f"{operator}(…) takes {expected} after the field, it has {values}", position)


def wrong(what: str, position: int) -> problem.Problem:
    """The refusal of a filter tree at one place."""
    detail = problem.Detail(
        code="INVALID_FORMAT", message=f"at character {position}: {what}", parameter="filter"
    )
    return problem.Problem(
        "INVALID_PARAMETER",
        f"The filter cannot be read: at character {position}, {what}.",
        details=(detail,),
    )
