"""Every error an API can answer has a page, and every answer of an error leads to it."""

import re

import httpx
import pytest

import accord
from accord import API, Problem, Resource, action, allow, everyone
from accord.kernel import errors, observations
from tests.serve import sample


class Spilled(Problem):
    """The `ink` is on the <table>."""

    code = "SPILLED"
    status = 409
    hint = "Mind the ink & the paper."


class Unknown(Problem):
    """Raised without being declared."""

    code = "SPILLED_UNKNOWN"
    status = 409


def inked(**options):
    api = API("ink", version="v1", title="Ink & <more>", **options)

    @api.resource
    class Notes(Resource[sample.Note]):
        access = [allow("R", everyone), allow("spill", everyone)]

        @action(errors=[Spilled])
        async def spill(self, note: sample.Note, declared: bool) -> sample.Note:
            """Spill it."""
            raise Spilled("Oh.") if declared else Unknown("Oh!")

    return api


def client(app):
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


@pytest.fixture
async def http():
    await sample.seed("sqlite:///accord.db", progress=lambda _: None)
    async with accord.asgi(inked(), observe=observations.Recorder()) as app, client(app) as http:
        yield http


async def test_every_code_has_a_page(http):
    for row in errors.ERRORS.values():
        page = await http.get(f"/docs/errors/{row.code}")
        assert page.status_code == (200 if row.public else 404)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        for text in (f"<code>{row.code}</code>", f"<dd>{row.status}</dd>", row.title):
            assert text in page.text.replace("&#x27;", "'")


async def test_errors_of_the_application_have_pages(http):
    page = (await http.get("/docs/errors/SPILLED")).text
    assert "<title>SPILLED · Ink &amp; &lt;more&gt;</title>" in page
    assert "The <code>ink</code> is on the &lt;table&gt;." in page
    assert "Mind the ink &amp; the paper." in page
    assert "<dd>409</dd>" in page


async def test_an_unknown_code_has_none(http):
    for code in ("NOPE", "not_found", "SPILLED_UNKNOWN", "../docs"):
        answer = await http.get(f"/docs/errors/{code}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/json"


async def test_pages_run_nothing_and_load_nothing_from_elsewhere(http):
    for path in ("/docs/errors", "/docs/errors/SPILLED", "/docs/errors/style.css"):
        answer = await http.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<script|<style| style=|https?://", answer.text)
    assert (await http.head("/docs/errors/SPILLED")).content == b""
    assert (await http.post("/docs/errors/SPILLED")).status_code == 405


async def test_the_index_leads_to_all_pages(http):
    index = (await http.get("/docs/errors")).text
    links = re.findall(r'href="(/docs/errors/[A-Z_]+)"', index)
    assert len(links) == len([row for row in errors.ERRORS.values() if row.public]) + 1
    assert "/docs/errors/SPILLED" in links


async def test_answers_link_to_the_pages_there_are(http):
    declared = await http.post("/v1/notes/note_1/spill", json={"declared": True})
    assert declared.json()["error"]["documentation_url"] == "/docs/errors/SPILLED"
    unknown = await http.post("/v1/notes/note_1/spill", json={"declared": False})
    assert unknown.status_code == 409
    assert "documentation_url" not in unknown.json()["error"]
    problem = {"accept": "application/problem+json, application/json"}
    answer = await http.get("/v1/notes/none", headers=problem)
    assert answer.json()["type"] == "/docs/errors/NOT_FOUND"


async def test_the_path_before_all_stands_before_the_links():
    app = accord.asgi(
        inked(), observe=observations.Recorder(), server_root_path="/api", docs_path="/help"
    )
    await sample.seed("sqlite:///accord.db", progress=lambda _: None)
    async with app, client(app) as http:
        answer = await http.get("/api/v1/notes/none")
        link = answer.json()["error"]["documentation_url"]
        assert link == "/api/help/errors/NOT_FOUND"
        page = await http.get(link)
        assert 'href="/api/help/errors/style.css"' in page.text
        assert (await http.get("/api/help/errors/style.css")).status_code == 200


async def test_without_the_documentation_there_are_no_links():
    await sample.seed("sqlite:///accord.db", progress=lambda _: None)
    app = accord.asgi(inked(), observe=observations.Recorder(), docs_enabled=False)
    async with app, client(app) as http:
        answer = await http.get("/v1/notes/none")
        assert "documentation_url" not in answer.json()["error"]
        assert (await http.get("/docs/errors/NOT_FOUND")).status_code == 404


async def test_a_catalogue_of_ones_own_is_named_on_the_page():
    await sample.seed("sqlite:///accord.db", progress=lambda _: None)
    api = inked(codes={"NOT_FOUND": "RES_001"})
    async with accord.asgi(api, observe=observations.Recorder()) as app, client(app) as http:
        error = (await http.get("/v1/notes/none")).json()["error"]
        assert error["code"] == "RES_001"
        assert "<code>RES_001</code>" in (await http.get(error["documentation_url"])).text
