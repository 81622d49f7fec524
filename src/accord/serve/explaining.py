"""Room: serve. What a read would do, without doing it: its Selection, statement and plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec

from accord.binding import binding
from accord.kernel import problem
from accord.protocols.rest import app as rest
from accord.query import policy, selection, shape
from accord.runtime import authentication, call, prepared, service
from accord.serve import app

# Where a statement breaks into lines: before the words that begin its parts.
_PARTS = re.compile(
    r"\b(with recursive|with|select|from|left join lateral|left join|join|cross join|where|"
    r"group by|order by|limit|offset|union all|union|returning|insert into|values|set)\b",
    re.IGNORECASE,
)


class Explained(msgspec.Struct, frozen=True):
    """What was found out about one read."""

    operation: str
    selection: selection.Selection
    shape: shape.Node
    sql: str
    params: list[Any]
    plan: str


class _FoundError(BaseException):
    """Carries the read out of the request; no handler of errors may take it for one."""

    def __init__(self, ready: prepared.Prepared, params: list[Any]) -> None:
        super().__init__()
        self.ready = ready
        self.params = params


class _Stopping(service.Service):
    """A service that stops before the database is asked."""

    layout: shape.Node | None = None

    def prepare(
        self,
        operation: binding.OperationBinding,
        chosen: selection.Selection,
        node: shape.Obj,
        variant: policy.Variant,
    ) -> prepared.Prepared:
        self.layout = node
        return super().prepare(operation, chosen, node, variant)

    async def read(
        self,
        ready: prepared.Prepared,
        values: Sequence[Any],
        caller: call.Caller,
        cursor: str | None = None,
    ) -> call.Outcome:
        raise _FoundError(ready, ready.plan.bind(values, caller, cursor))

    async def write(self, _made: call.Call) -> NoReturn:
        raise _only_reads()


class _Known:
    """An authenticator that takes everybody for one caller."""

    def __init__(self, caller: call.Caller) -> None:
        self._caller = caller

    def authenticate(self, _credentials: authentication.Credentials | None) -> call.Caller:
        return self._caller


def _only_reads() -> problem.Problem:
    return problem.Problem(
        "NOT_IMPLEMENTED",
        "Only reads are explained; a change may take several statements.",
        hint="Explain the GET that shows the same rows.",
    )


async def explain(made: app.App, request: str, caller: call.Caller) -> Explained:
    """Explain `GET /v1/orders?status=pending` for a caller; the database is not started here.

    Raises:
        Problem: the request would be refused, and why.
    """
    method, _, address = request.strip().partition(" ")
    if not address:
        method, address = "GET", method
    if method.upper() != "GET":
        raise _only_reads()
    stopping = _Stopping(
        made.binding, made.database, made.settings, made.service.clock, made.observe
    )
    adapter = rest.Rest(stopping, _Known(caller), secret=b"cursors are never sent from here")
    answer = _Answer()
    try:
        await adapter(_scope(method.upper(), address.strip()), _receive, answer)
    except _FoundError as found:
        compiled = found.ready.plan
        return Explained(
            operation=found.ready.operation.spec.id,
            selection=found.ready.selection,
            shape=stopping.layout or shape.Obj(()),
            sql=compiled.sql,
            params=found.params,
            plan=await made.database.explain(compiled.sql, found.params),
        )
    raise answer.problem()


def formatted(sql: str) -> str:
    """A statement on several lines, indented by its parentheses."""
    out: list[str] = []
    depth, opened = 0, [0]
    for piece in _pieces(sql):
        if piece == "(":
            depth += 1
            out.append(piece)
        elif piece == ")":
            depth -= 1
            while len(opened) > 1 and opened[-1] > depth:
                opened.pop()
            out.append(piece)
        elif _PARTS.fullmatch(piece):
            if depth > opened[-1]:
                opened.append(depth)
            start = "".join(out[-1:]).endswith("(") and piece.lower() not in ("select", "with")
            if out and depth == opened[-1] and not start:
                out.append("\n" + "  " * (len(opened) - 1))
            out.append(piece)
        else:
            out.append(piece)
    lines = "".join(out).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _pieces(sql: str) -> list[str]:
    """Quoted texts, parentheses, key words and what stands between them."""
    pattern = re.compile(rf"('(?:[^']|'')*'|\"[^\"]*\"|[()]|{_PARTS.pattern})", re.IGNORECASE)
    out, last = [], 0
    for match in pattern.finditer(sql):
        if match.start() > last:
            out.append(sql[last : match.start()])
        out.append(match.group(1))
        last = match.end()
    return [*out, sql[last:]]


def _scope(method: str, address: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
    }


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"{}", "more_body": False}


class _Answer:
    """Keeps the answer to a request that was refused before it came to a statement."""

    def __init__(self) -> None:
        self.body = b""

    async def __call__(self, message: Any) -> None:
        self.body += message.get("body", b"")

    def problem(self) -> problem.Problem:
        """The Problem that the answer tells of."""
        try:
            error = msgspec.json.decode(self.body)["error"]
            return problem.Problem(error["code"], error["message"])
        except (msgspec.DecodeError, KeyError, TypeError, ValueError):
            return problem.Problem("NOT_IMPLEMENTED", "This request asks nothing of the database.")
