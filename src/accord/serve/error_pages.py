"""Room: serve. A page for every error of an API: what it means and what to do about it."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterator, Mapping

from starlette import responses, types

from accord.contract import contract
from accord.kernel import errors, problem

# The pages have no script at all, and their one style sheet is a file of their own.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{base}/style.css">
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
_BODY = """<p><a href="{base}">Errors of {api}</a></p>
<h1><code>{code}</code></h1>
<p class="title">{title}.</p>
<dl>
<dt>HTTP status</dt><dd>{status}</dd>
{own}<dt>Worth retrying unchanged</dt><dd>{retry}</dd>
</dl>
<h2>What it means</h2>
<p>{explanation}</p>
<h2>What to do</h2>
<p>{hint}</p>"""
_STYLE = """:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; margin: 0; }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.6rem; overflow-wrap: anywhere; }
.title { font-size: 1.2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; }
dd { margin: 0; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .25rem 1.5rem .25rem 0; vertical-align: top; }
"""


class ErrorPages:
    """Serves an index at `path` and a page per code below it: `/docs/errors/NOT_FOUND`."""

    def __init__(self, source: contract.Contract, path: str) -> None:
        self.path = path
        self._api = source.title
        self._names = dict(source.style.codes)
        self._rows = {row.code: row for row in rows(source)}

    def routes(self) -> Mapping[str, types.ASGIApp]:
        """What is served at which path."""
        style = responses.Response(_STYLE, headers=_HEADERS, media_type="text/css")
        found: dict[str, types.ASGIApp] = {self.path: self._index, f"{self.path}/style.css": style}
        for row in self._rows.values():
            found[f"{self.path}/{row.code}"] = functools.partial(self._page, row)
        return found

    async def _page(
        self, row: errors.ErrorRow, scope: types.Scope, receive: types.Receive, send: types.Send
    ) -> None:
        named = self._names.get(row.code, row.code)
        own = ""
        if named != row.code:
            own = f"<dt>Code in answers</dt><dd><code>{html.escape(named)}</code></dd>\n"
        body = _BODY.format(
            base=html.escape(self.path),
            api=html.escape(self._api),
            code=html.escape(row.code),
            title=html.escape(row.title),
            status=row.status,
            own=own,
            retry="Yes, after <code>Retry-After</code>." if row.retryable else "No.",
            explanation=_text(row.explanation),
            hint=_text(row.hint),
        )
        await self._html(f"{row.code} · {self._api}", body)(scope, receive, send)

    async def _index(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        lines = [
            f'<tr><td><a href="{html.escape(f"{self.path}/{row.code}")}"><code>'
            f"{html.escape(row.code)}</code></a></td><td>{row.status}</td>"
            f"<td>{html.escape(row.title)}</td></tr>"
            for row in sorted(self._rows.values(), key=lambda row: (row.status, row.code))
        ]
        head = "<tr><th>Code</th><th>Status</th><th>Meaning</th></tr>"
        title = f"Errors of {self._api}"
        table = "\n".join(("<table>", head, *lines, "</table>"))
        await self._html(title, f"<h1>{html.escape(title)}</h1>\n{table}")(scope, receive, send)

    def _html(self, title: str, body: str) -> responses.HTMLResponse:
        page = _PAGE.format(title=html.escape(title), base=html.escape(self.path), body=body)
        return responses.HTMLResponse(page, headers=_HEADERS)


def rows(source: contract.Contract) -> Iterator[errors.ErrorRow]:
    """The rows callers may see: those of the one table, then the application's own."""
    yield from (row for row in errors.ERRORS.values() if row.public)
    for each in source.errors:
        yield _application(each)


def _application(error: contract.Error) -> errors.ErrorRow:
    try:
        return problem.row_of(error.code)
    except ValueError:
        # A contract may describe errors whose classes live in another process.
        return errors.ErrorRow(
            code=error.code,
            title=error.title,
            status=error.status,
            grpc=error.grpc,
            retryable=error.retryable,
            hint=error.hint or "See the documentation of the operation.",
            explanation=f"{error.title}.",
        )


def _text(text: str) -> str:
    """A text of the table as HTML; its backticks mark code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
