"""The application: health, documentation, life and death, without a server."""

import asyncio
import subprocess
import sys

import httpx
import pytest

import accord
from accord.kernel import observations, problem, settings
from accord.serve import app as serving
from accord.serve import assembly
from tests.serve import sample

SECRET = "0123456789abcdef0123456789abcdef"


def made(**options):
    return accord.asgi(sample.api, observe=observations.Recorder(), **options)


def client(app):
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


@pytest.fixture
async def running():
    async with made() as app, client(app) as http:
        yield app, http


def test_importing_accord_loads_no_server():
    code = (
        "import sys, accord; print([m for m in ('granian', 'uvloop', 'starlette', 'structlog', "
        "'aiosqlite', 'asyncpg', 'cyclopts', 'rich') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


async def test_it_is_alive_and_ready(running):
    _, http = running
    for path, status in (("/healthz", "alive"), ("/readyz", "ready")):
        answer = await http.get(path)
        assert answer.status_code == 200
        assert answer.json() == {"status": status}
        assert answer.headers["cache-control"] == "no-store"


async def test_it_is_not_ready_without_its_database(running):
    app, http = running

    class Away:
        async def check(self):
            raise problem.Problem("UNAVAILABLE", "The database is away.")

    there, app.database = app.database, Away()
    answer = await http.get("/readyz")
    app.database = there
    assert answer.status_code == 503
    assert answer.json()["error"]["message"] == "The database is away."
    assert answer.headers["retry-after"]
    assert (await http.get("/healthz")).status_code == 200


async def test_own_pages_are_read_only(running):
    _, http = running
    answer = await http.post("/healthz")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    asked = await http.options("/healthz")
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert (await http.head("/docs")).status_code == 200


async def test_the_documentation_needs_no_network(running):
    _, http = running
    page = await http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "Notes &amp; &lt;more&gt;" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    # No script stands in the page itself.
    assert page.text.count("<script") == page.text.count('<script src="/docs/')
    for name in ("swagger-ui.css", "swagger-ui.js", "start.js"):
        asset = await http.get(f"/docs/{name}")
        assert asset.status_code == 200
        assert len(asset.content) > 100
    again = await http.get("/docs/swagger-ui.js", headers={"If-None-Match": asset_tag(http, asset)})
    assert again.status_code in (200, 304)
    for other in ("../templates.py", "templates.py", "redoc.js"):
        assert (await http.get(f"/docs/{other}")).status_code == 404


def asset_tag(_http, asset):
    return asset.headers.get("etag", '"none"')


async def test_the_openapi_document_is_served(running):
    _, http = running
    document = (await http.get("/openapi.json")).json()
    assert document["info"]["title"] == "Notes & <more>"
    assert "/v1/notes/{id}/linger" in document["paths"]


async def test_the_documentation_can_be_switched_off():
    async with made(docs_enabled=False) as app, client(app) as http:
        assert (await http.get("/docs")).status_code == 404
        assert (await http.get("/openapi.json")).status_code == 200


async def test_a_path_stands_before_every_route_and_link():
    async with made(server_root_path="/api") as app, client(app) as http:
        assert (await http.get("/v1/notes")).status_code == 404
        page = (await http.get("/api/v1/notes")).json()
        assert page["links"]["first"].startswith("/api/v1/notes")
        assert "/api/v1/notes" in (await http.get("/api/openapi.json")).json()["paths"]
        assert 'src="/api/docs/start.js"' in (await http.get("/api/docs")).text
        assert (await http.get("/healthz")).status_code == 200


async def test_draining_finishes_running_requests_and_refuses_new_ones():
    app = made(server_drain_timeout=5)
    await app.start()
    admin = {"Authorization": f"Bearer {app.dev_keys[0].secret}"}
    async with client(app) as http:
        note = (await http.post("/v1/notes", json={"text": "x"}, headers=admin)).json()["data"]
        linger = asyncio.create_task(
            http.post(f"/v1/notes/{note['id']}/linger", json={"tenths": 4}, headers=admin)
        )
        await asyncio.sleep(0.1)
        stopping = asyncio.create_task(app.stop())
        await asyncio.sleep(0.1)
        refused = await http.get("/v1/notes")
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "UNAVAILABLE"
        assert refused.headers["retry-after"]
        assert refused.headers["connection"] == "close"
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/healthz")).status_code == 200
        assert (await linger).status_code == 200
        await stopping
    (draining,) = app.observe.of(observations.ServerDraining)
    assert draining.in_flight == 1
    (stopped,) = app.observe.of(observations.ServerStopped)
    assert stopped.abandoned == 0


async def test_a_drain_ends_in_time():
    app = made(server_drain_timeout=0.1)
    await app.start()
    admin = {"Authorization": f"Bearer {app.dev_keys[0].secret}"}
    async with client(app) as http:
        note = (await http.post("/v1/notes", json={"text": "x"}, headers=admin)).json()["data"]
        linger = asyncio.create_task(
            http.post(f"/v1/notes/{note['id']}/linger", json={"tenths": 5}, headers=admin)
        )
        await asyncio.sleep(0.1)
        assert await app.drain() == 1
        await linger
    await app.stop()


async def test_an_app_nobody_started_says_so():
    async with client(made()) as http:
        answer = await http.get("/v1/notes")
        assert answer.status_code == 503
        assert "lifespan" in answer.json()["error"]["message"]


async def test_lifespan_starts_and_stops_it():
    app = made()
    inbox, outbox = asyncio.Queue(), asyncio.Queue()
    task = asyncio.create_task(app({"type": "lifespan"}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    async with client(app) as http:
        assert (await http.get("/v1/notes")).status_code == 200
    await inbox.put({"type": "lifespan.shutdown"})
    assert (await outbox.get())["type"] == "lifespan.shutdown.complete"
    await task


async def test_a_failed_start_tells_the_server_why():
    app = made(mode="production", server_secret=SECRET)
    inbox, outbox = asyncio.Queue(), asyncio.Queue()
    task = asyncio.create_task(app({"type": "lifespan"}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    failed = await outbox.get()
    await task
    assert failed["type"] == "lifespan.startup.failed"
    assert "has no table notes" in failed["message"]


async def test_sockets_are_closed():
    sent = []

    async def send(message):
        sent.append(message)

    await made()({"type": "websocket"}, None, send)
    assert sent == [{"type": "websocket.close", "code": 1000}]


async def test_development_makes_the_tables_of_sqlite_and_production_does_not():
    with pytest.raises(problem.SettingsError, match="accord seed"):
        await made(mode="production", server_secret=SECRET).start()
    async with made():
        pass
    async with made(mode="production", server_secret=SECRET) as app, client(app) as http:
        assert (await http.get("/v1/notes")).status_code == 200


async def test_threads_give_the_interpreter_back_quickly(running):
    # With the default of 5 ms, reads wait for the threads of the database drivers.
    assert sys.getswitchinterval() == pytest.approx(0.0002)


async def test_keys_of_development_are_refused_in_production():
    async with made() as app:
        writer = {"Authorization": f"Bearer {app.dev_keys[1].secret}"}
        async with client(app) as http:
            created = await http.post("/v1/notes", json={"text": "x"}, headers=writer)
            # The API says whose rows the writer's key sees.
            assert created.json()["data"]["owner"] == "usr_writer"
    async with made(mode="production", server_secret=SECRET) as app, client(app) as http:
        refused = await http.get("/v1/notes", headers=writer)
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] == "INVALID_CREDENTIALS"
        assert refused.headers["www-authenticate"].startswith("Bearer ")


async def test_a_401_names_the_scheme(running):
    _, http = running
    answer = await http.post("/v1/notes", json={"text": "x"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_production_needs_a_secret():
    with pytest.raises(problem.SettingsError, match="ACCORD_SERVER_SECRET"):
        made(mode="production")


def test_production_refuses_variables_of_development(monkeypatch):
    monkeypatch.setenv("ACCORD_DEV_KEY_ADMIN", "dev_admin_0")
    with pytest.raises(problem.SettingsError, match="ACCORD_DEV_KEY_ADMIN"):
        made(mode="production", server_secret=SECRET)


def test_settings_and_options_do_not_mix():
    with pytest.raises(TypeError, match="not both"):
        accord.asgi(sample.api, settings.Settings(), mode="production")


def test_a_wrong_option_is_told():
    with pytest.raises(problem.SettingsError, match="there is no such setting"):
        made(databse_url="sqlite://")


def test_only_apis_are_served():
    with pytest.raises(TypeError, match="not str"):
        accord.asgi("app:api")


async def test_a_binding_is_served_as_well():
    bound = sample.api.compile()
    app = assembly.asgi(bound, settings.Settings(), observations.Recorder(), {})
    assert isinstance(app, serving.App)
    async with app, client(app) as http:
        assert (await http.get("/v1/notes")).status_code == 200
