"""Room: serve. The documentation page: Swagger UI from an installed package, no network."""

from __future__ import annotations

import html
import importlib.util
import pathlib
from collections.abc import Mapping

from starlette import responses, staticfiles, types

from accord.kernel import problem

# Its files are read from where they lie; importing the package would load nine megabytes.
_PACKAGE = "offapi"
_ASSETS = {
    "swagger-ui.css": "swagger_style.css",
    "swagger-ui.js": "swagger_bundle.js",
}
# Scripts come from here alone and none stands in the page. Swagger UI sets styles by script.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SECURITY = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{base}/swagger-ui.css">
</head>
<body>
<div id="docs" data-document="{document}"></div>
<script src="{base}/swagger-ui.js"></script>
<script src="{base}/start.js"></script>
</body>
</html>
"""
_START = """"use strict";
const place = document.getElementById("docs");
window.ui = SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
"""


class DocsPage:
    """Serves the page at `path` and its assets below it; the document is at `document_path`."""

    def __init__(self, title: str, path: str, document_path: str) -> None:
        self.path = path.rstrip("/") or "/"
        folder = assets()
        self._files = staticfiles.StaticFiles(directory=folder)
        page = _PAGE.format(
            title=html.escape(title),
            base=html.escape(self.path.rstrip("/")),
            document=html.escape(document_path),
        )
        self._page = responses.HTMLResponse(page, headers=_SECURITY)
        script = {**_SECURITY, "Cache-Control": "no-cache"}
        self._start = responses.Response(_START, headers=script, media_type="text/javascript")

    def routes(self) -> Mapping[str, types.ASGIApp]:
        """What is served at which path."""
        below = self.path.rstrip("/")
        found: dict[str, types.ASGIApp] = {self.path: self._page, f"{below}/start.js": self._start}
        for name, file in _ASSETS.items():
            found[f"{below}/{name}"] = self._asset(file)
        if below:
            found[f"{below}/"] = responses.RedirectResponse(f"{below}", 308)
        return found

    def _asset(self, file: str) -> types.ASGIApp:
        async def serve(scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
            response = await self._files.get_response(file, scope)
            for name, value in _SECURITY.items():
                response.headers[name] = value
            response.headers["Cache-Control"] = "no-cache"
            await response(scope, receive, send)

        return serve


def assets() -> pathlib.Path:
    """Where the files of Swagger UI lie. Raises SettingsError when they are not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise problem.SettingsError(
            [
                problem.DeclarationError(
                    "docs.enabled",
                    f"the page needs the package {_PACKAGE}, which is not installed",
                    f"pip install {_PACKAGE}, or set docs.enabled to false",
                )
            ]
        )
    return pathlib.Path(next(iter(found.submodule_search_locations)))
