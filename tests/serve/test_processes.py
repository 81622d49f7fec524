"""A served API answers, logs, reloads, and finishes what it began before it ends."""

import hashlib
import json
import os
import re
import signal
import stat
import threading
import time

import httpx
import pytest

pytestmark = pytest.mark.slow


def key(server_directory, role):
    text = (server_directory / ".accord" / "dev-keys").read_text()
    return re.search(rf"^{role} (\S+)", text, re.MULTILINE)[1]


def bearer(directory, role):
    return {"Authorization": f"Bearer {key(directory, role)}"}


def test_a_bare_directory_is_enough_to_serve(server, workplace):
    served = server("--seed")
    admin = bearer(workplace, "admin")
    with httpx.Client(base_url=served.url) as client:
        assert len(client.get("/v1/notes").json()["data"]) == 3
        created = client.post("/v1/notes", json={"text": "Hello"}, headers=admin)
        assert created.status_code == 201
        # The seed says whose rows the admin's key sees.
        assert created.json()["data"]["owner"] == "usr_boss"
        assert client.get("/docs").status_code == 200
    assert served.stop() == 0
    assert key(workplace, "admin") in served.output
    assert "Notes & <more> v1 · development" in served.output
    for name in ("dev-keys", "secret"):
        mode = stat.S_IMODE((workplace / ".accord" / name).stat().st_mode)
        assert mode == 0o600


def test_postgresql_is_served_alike(server, start_only, workplace, postgres_url):
    bare = start_only("--database", postgres_url)
    assert bare.stop_by_itself() == 1
    assert "has no table notes" in bare.output
    served = server("--seed", "--database", postgres_url, "--workers", "2")
    assert len(httpx.get(f"{served.url}/v1/notes").json()["data"]) == 3
    assert served.stop() == 0


def test_keys_cursors_and_rows_outlive_a_restart(server, workplace):
    first = server("--seed")
    page = httpx.get(f"{first.url}/v1/notes?page[limit]=1").json()
    before = key(workplace, "admin")
    first.stop()
    second = server("--seed", "--scale", "9")
    assert key(workplace, "admin") == before
    follow = httpx.get(second.url + page["links"]["next"])
    assert follow.status_code == 200
    assert follow.json()["data"] != page["data"]
    assert len(httpx.get(f"{second.url}/v1/notes").json()["data"]) == 3


def test_a_stopping_server_finishes_what_it_began(server, workplace):
    served = server("--seed")
    answers = []

    def linger():
        answer = httpx.post(
            f"{served.url}/v1/notes/note_1/linger",
            json={"tenths": 15},
            headers=bearer(workplace, "admin"),
            timeout=20,
        )
        answers.append(answer)

    waiting = threading.Thread(target=linger)
    waiting.start()
    time.sleep(0.5)
    started = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    time.sleep(0.4)
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{served.url}/v1/notes")
    waiting.join()
    assert answers[0].status_code == 200
    assert served.stop() == 0
    assert 0.5 < time.monotonic() - started < 10


def test_several_workers_share_keys_and_secret(server, workplace):
    served = server("--seed", "--workers", "2")
    for _ in range(20):
        page = httpx.get(f"{served.url}/v1/notes?page[limit]=1").json()
        follow = httpx.get(served.url + page["links"]["next"])
        assert follow.status_code == 200
        denied = httpx.get(f"{served.url}/v1/notes", headers=bearer(workplace, "writer"))
        assert denied.status_code == 200
    served.stop()
    assert len(re.findall(r"\bstarted\b", served.output)) == 2


def test_production_serves_with_keys_known_by_their_hash(server, workplace, monkeypatch):
    server("--seed").stop()
    digest = hashlib.sha256(b"sk_live_42").hexdigest()
    (workplace / "accord.toml").write_text(
        f"""
mode = "production"
keys = [{{ name = "ops", key_sha256 = "{digest}", roles = ["admin"], id = "usr_ops" }}]

[server]
host = "0.0.0.0"
secret = "0123456789abcdef0123456789abcdef"
"""
    )
    served = server()
    admin = {"Authorization": "Bearer sk_live_42"}
    created = httpx.post(f"{served.url}/v1/notes", json={"text": "x"}, headers=admin)
    assert created.json()["data"]["owner"] == "usr_ops"
    assert "server-timing" not in created.headers
    development = bearer(workplace, "admin")
    assert httpx.get(f"{served.url}/v1/notes", headers=development).status_code == 401
    served.stop()
    assert "dev_" not in served.output
    assert "sk_live_42" not in served.output
    assert '"event":"request"' in served.output


def test_port_0_takes_a_free_one(start_only):
    served = start_only("--port", "0")
    line = ""
    while "API" not in line:
        line = served.process.stdout.readline()
    url = re.search(r"http://127\.0\.0\.1:\d+", line)[0]
    assert not url.endswith(":0")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            assert httpx.get(f"{url}/healthz").status_code == 200
            break
        except httpx.TransportError:
            time.sleep(0.05)
    assert served.stop() == 0


def test_logs_are_json_when_asked_for(server, workplace, monkeypatch):
    monkeypatch.setenv("ACCORD_LOG_FORMAT", "json")
    served = server()
    httpx.get(f"{served.url}/v1/notes?page[limit]=1", headers={"X-Request-ID": "r-1"})
    httpx.get(f"{served.url}/v1/nowhere")
    served.stop()
    lines = [json.loads(line) for line in served.output.splitlines() if line.startswith("{")]
    told = {line["event"]: line for line in lines}
    assert {"started", "request", "draining", "stopped"} <= told.keys()
    asked = next(line for line in lines if line.get("request_id") == "r-1")
    assert asked["operation"] == "notes.list"
    assert asked["status"] == 200
    assert told["request"]["code"] == "ROUTE_NOT_FOUND"


def test_a_changed_file_is_served_anew(server, workplace, monkeypatch):
    source = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from accord import API, Resource, allow, everyone
class Base(DeclarativeBase): pass
class Cup(Base):
    __tablename__ = "cups"
    id: Mapped[int] = mapped_column(primary_key=True)
api = API("cups", version="v1", title="TITLE")
@api.resource
class Cups(Resource[Cup]):
    access = [allow("R", everyone)]
"""
    path = workplace / "cups.py"
    path.write_text(source.replace("TITLE", "Before"))
    served = server("--reload", target="cups:api")

    def title():
        try:
            return httpx.get(f"{served.url}/openapi.json").json()["info"]["title"]
        except httpx.TransportError:
            return None

    assert title() == "Before"
    path.write_text(source.replace("TITLE", "After, with more"))
    os.utime(path)
    end = time.monotonic() + 20
    while title() != "After, with more" and time.monotonic() < end:
        time.sleep(0.1)
    last = title()
    served.stop()
    assert last == "After, with more", served.output


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--host", "0.0.0.0"], "not of this machine"),
        (["--database", "mysql://x"], "database.url"),
        (["--workers", "0"], "server.workers"),
    ],
)
def test_what_cannot_be_served_is_told_at_once(start_only, flags, told):
    refused = start_only(*flags)
    assert refused.stop_by_itself() == 1
    assert told in refused.output
    assert "Traceback" not in refused.output


def test_a_taken_port_is_told_at_once(server, start_only):
    served = server()
    refused = start_only("--port", str(served.port))
    assert refused.stop_by_itself() == 1
    assert "choose another port" in refused.output
