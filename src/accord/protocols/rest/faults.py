"""Room: protocols/rest. Problems as documents, one shape per representation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from accord.contract import contract
from accord.kernel import errors, problem
from accord.protocols.rest import message

_ENCODE = msgspec.json.Encoder().encode


class Faults:
    """Writes problems for one API; `docs` is where codes are explained, '' for nowhere."""

    def __init__(self, source: contract.Contract, docs: str) -> None:
        self._codes: Mapping[str, str] = dict(source.style.codes)
        self._status = source.style.envelope == "status"
        # Codes that an application raises without declaring them have no page.
        explained = {code for code, row in errors.ERRORS.items() if row.public}
        explained.update(each.code for each in source.errors)
        self._pages = {code: f"{docs}/{code}" for code in explained} if docs else {}

    def response(
        self, fault: problem.Problem, request: message.Request, timestamp: str
    ) -> message.Response:
        """The answer that tells of a Problem."""
        media = request.choice.failure
        match media:
            case "application/vnd.api+json":
                body = self._jsonapi(fault, request, timestamp)
            case "application/problem+json":
                body = self._problem(fault, request)
            case _:
                body = self._json(fault, request, timestamp)
        headers = [
            (b"content-type", media.encode()),
            (b"cache-control", b"no-store"),
            *((name.lower().encode(), value.encode()) for name, value in fault.headers.items()),
        ]
        return message.Response(fault.status, headers, _ENCODE(body), fault.code)

    def code(self, code: str) -> str:
        """A code of ours in the API's own catalogue."""
        return self._codes.get(code, code)

    def _page(self, code: str, name: str) -> dict[str, str]:
        page = self._pages.get(code)
        return {} if page is None else {name: page}

    def _ids(self, request: message.Request) -> dict[str, str]:
        trace = request.trace_id
        return {**({"trace_id": trace} if trace else {}), "request_id": request.id}

    def _json(
        self, fault: problem.Problem, request: message.Request, timestamp: str
    ) -> dict[str, Any]:
        error: dict[str, Any] = {
            "code": self.code(fault.code),
            "message": fault.message,
            "details": [self._detail(each) for each in fault.details],
        }
        if self._status:
            return {"status": "error", "error": error, "request_id": request.id}
        page = self._page(fault.code, "documentation_url")
        error |= {"hint": fault.hint, **page, **self._ids(request)}
        return {"error": error, "meta": {"timestamp": timestamp}}

    def _problem(self, fault: problem.Problem, request: message.Request) -> dict[str, Any]:
        """RFC 9457; its `type` is the page of the code, as its section 3.1.1 advises."""
        return {
            "type": self._pages.get(fault.code, "about:blank"),
            "title": fault.title,
            "status": fault.status,
            "detail": fault.message,
            "instance": request.link,
            "code": self.code(fault.code),
            "hint": fault.hint,
            "errors": [self._detail(each) for each in fault.details],
            **self._ids(request),
        }

    def _jsonapi(
        self, fault: problem.Problem, request: message.Request, timestamp: str
    ) -> dict[str, Any]:
        """One error object per failure, each with its own source."""
        common: dict[str, Any] = {"status": str(fault.status), "title": fault.title}
        page = self._page(fault.code, "type")
        about = {"links": page} if page else {}
        meta = {"hint": fault.hint, **self._ids(request)}
        if not fault.details:
            code = self.code(fault.code)
            one = {**common, "code": code, "detail": fault.message, **about, "meta": meta}
            errors = [one]
        else:
            errors = [
                {**common, **about, **self._object(each, fault, meta)} for each in fault.details
            ]
        return {"errors": errors, "meta": {"timestamp": timestamp}}

    def _object(
        self, each: problem.Detail, fault: problem.Problem, meta: Mapping[str, Any]
    ) -> dict[str, Any]:
        source = {
            name: value
            for name, value in (
                ("pointer", each.pointer),
                ("parameter", each.parameter),
                ("header", each.header),
            )
            if value is not None
        }
        own: dict[str, Any] = {**meta, "reason": each.code}
        if each.value is not problem.UNSET:
            own["value"] = each.value
        if not source and each.field is not None:
            own["field"] = each.field
        # A validation is told by its details; of other problems the whole is the news.
        validation = fault.code == "VALIDATION_ERROR"
        return {
            "code": each.code if validation else self.code(fault.code),
            "detail": each.message if validation else _told(fault.message, each.message),
            **({"source": source} if source else {}),
            "meta": own,
        }

    @staticmethod
    def _detail(each: problem.Detail) -> dict[str, Any]:
        found = {
            name: value
            for name in ("field", "pointer", "parameter", "header")
            if (value := getattr(each, name)) is not None
        }
        out = {**found, "code": each.code, "message": each.message}
        if each.value is not problem.UNSET:
            out["value"] = each.value
        return out


def _told(whole: str, part: str) -> str:
    """A problem and one of its details in one text, without saying the same twice."""
    if part.rstrip(".").lower() in whole.lower():
        return whole
    return f"{whole}{'' if whole.endswith('.') else ':'} {part}"
