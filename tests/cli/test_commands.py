"""Commands tell what an API is, and fail in words with the right exit code."""

import hashlib
import json
import subprocess
import sys
import time

import openapi_spec_validator
import pytest

from accord.contract import contract
from tests.serve import sample

TARGET = "tests.serve.sample:api"
DATABASE = ("--database", "sqlite:///notes.sqlite")


def test_help_lists_every_command_with_its_line(accord):
    shown = accord("--help")
    assert shown.code == 0
    for command in (
        "new", "serve", "seed", "routes", "explain", "contract", "openapi", "settings",
    ):  # fmt: skip
        assert command in shown.out


@pytest.mark.parametrize(
    "command", ["new", "serve", "seed", "routes", "explain", "contract", "openapi", "settings"]
)
def test_every_command_explains_itself(accord, command):
    shown = accord(command, "--help")
    assert shown.code == 0
    assert f"accord {command}" in shown.out
    assert len(shown.out.splitlines()) > 5


def test_the_version_is_the_packages(accord):
    assert accord("--version").out.strip() == "0.1.0"


def test_the_module_runs_like_the_command():
    shown = subprocess.run(
        [sys.executable, "-m", "accord.cli", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == "0.1.0"


def test_help_comes_soon():
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "accord.cli", "--help"], capture_output=True, check=True)
    # A third of a second is the aim; a shared machine gets room to breathe.
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "arguments",
    [["nope"], ["serve", "--nope"], ["serve", "--port", "x"], ["explain"], ["new"]],
)
def test_a_wrong_command_line_is_exit_code_2(accord, arguments):
    assert accord(*arguments).code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["routes", "nowhere:api"], "there is no module nowhere"),
        (["contract", "tests.serve.sample:apy"], "use tests.serve.sample:api"),
        (["explain", "GET /v1/notes", TARGET, "--as", "amin"], "did you mean 'admin'?"),
        (["explain", "GET /v1/notes?ownr=1", TARGET, *DATABASE], "did you mean 'owner'?"),
        (["explain", "GET /v1/nots", TARGET, *DATABASE], "notes"),
        (["explain", "POST /v1/notes", TARGET, *DATABASE], "Only reads are explained"),
        (["seed", TARGET, "--database", "mysql://x"], "database.url"),
    ],
)
def test_a_failure_is_told_in_words(accord, arguments, told):
    failed = accord(*arguments)
    assert failed.code == 1
    assert told in failed.err
    assert "Traceback" not in failed.err
    assert failed.out == ""


def test_the_target_may_stand_in_the_settings(accord, workplace):
    (workplace / "accord.toml").write_text(f'[app]\ntarget = "{TARGET}"\n')
    assert accord("contract", "--digest").out.startswith("sha256:")


def test_a_fault_of_the_settings_is_told(accord, workplace):
    (workplace / "accord.toml").write_text("[servr]\nport = 1\n")
    failed = accord("openapi", TARGET)
    assert failed.code == 1
    assert "accord.toml, key servr" in failed.err


def test_the_contract_is_printed_with_its_digest(accord):
    bytes_ = accord("contract", TARGET, "--canonical").out.encode()
    digest = accord("contract", TARGET, "--digest").out.strip()
    assert digest == "sha256:" + hashlib.sha256(bytes_).hexdigest()
    assert contract.decode(bytes_) == sample.api.contract
    assert json.loads(accord("contract", TARGET).out) == json.loads(bytes_)


def test_openapi_goes_to_a_file(accord, workplace):
    assert accord("openapi", TARGET, "--output", "openapi.json").code == 0
    document = json.loads((workplace / "openapi.json").read_text())
    openapi_spec_validator.validate(document)
    assert json.loads(accord("openapi", TARGET).out) == document


def test_routes_tell_who_may_use_them(accord):
    rows = {row["operation"]: row for row in json.loads(accord("routes", TARGET, "--json").out)}
    assert rows["notes.list"]["path"] == "/v1/notes"
    assert "allow everyone" in rows["notes.list"]["access"]
    assert rows["notes.linger"]["session"] == "hand-written"
    table = accord("routes", TARGET).out
    assert "/v1/notes/{id}/linger" in table
    assert "session: hand-written" in table
    assert not any(line.endswith(" ") for line in table.splitlines())


def test_settings_are_listed(accord):
    found = {each["key"]: each for each in json.loads(accord("settings", "--json").out)}
    assert found["server.port"]["env"] == "ACCORD_SERVER_PORT"
    assert "ACCORD_SERVER_PORT" in accord("settings").out


def test_explain_shows_selection_statement_and_plan(accord):
    request = "GET /v1/notes?owner=usr_1&sort=-text"
    shown = accord("explain", request, TARGET, "--as", "writer", *DATABASE)
    assert shown.code == 0
    for part in ("-- selection", "-- shape", "-- sql", "-- parameters", "-- plan", "notes.list"):
        assert part in shown.out
    assert "1: 'usr_1'" in shown.out
    told = json.loads(accord("explain", request, TARGET, "--json", *DATABASE).out)
    assert told["params"][0] == "usr_1"
    assert told["selection"]["order"][0] == {"field": "text", "descending": True}


def test_explain_asks_postgresql_alike(accord, postgres_url):
    accord("seed", TARGET, "--database", postgres_url)
    request = "GET /v1/notes?owner=usr_1"
    shown = accord("explain", request, TARGET, "--as", "writer", "--database", postgres_url)
    assert shown.code == 0, shown.err
    assert "Scan" in shown.out.partition("-- plan")[2]


def test_seeds_fill_and_reset(accord):
    first = accord("seed", TARGET, *DATABASE, "--scale", "5")
    assert first.code == 0
    assert "5/5" in first.err
    again = accord("seed", TARGET, *DATABASE)
    assert again.code == 1
    assert "--reset" in again.err
    assert accord("seed", TARGET, *DATABASE, "--reset").code == 0


def test_a_password_is_never_printed(accord):
    url = "postgresql://shop:hunter2@127.0.0.1:1/shop"
    failed = accord("seed", TARGET, "--database", url)
    assert failed.code == 1
    assert "hunter2" not in failed.err + failed.out


def test_a_database_that_is_away_is_told_by_its_address(accord):
    url = "postgresql://shop:hunter2@127.0.0.1:1/shop"
    failed = accord("serve", TARGET, "--database", url, "--port", "0")
    assert failed.code == 1
    assert "database.url" in failed.err
    assert "127.0.0.1:1/shop" in failed.err
    assert "hunter2" not in failed.err
