"""The log: one line per request, cheap, and fit for its reader."""

import asyncio
import io
import json
import timeit

import pytest

from accord.kernel import observations, settings
from accord.serve import access_log

REQUEST = observations.RequestFinished(
    method="GET",
    path="/v1/notes",
    status=200,
    duration_ms=1.2345678,
    bytes=42,
    request_id="req_1",
    operation="notes.list",
    caller="usr_1",
)


def lines(format_, *told, level="info"):
    stream = io.StringIO()
    log = access_log.AccessLog(format_, level, stream)
    for each in told:
        log(each)
    log.flush()
    return stream.getvalue().splitlines()


def test_a_request_is_one_line_of_json():
    (line,) = lines("json", REQUEST)
    found = json.loads(line)
    assert found.pop("timestamp").endswith("Z")
    assert found == {
        "level": "info", "event": "request", "method": "GET", "path": "/v1/notes",
        "status": 200, "duration_ms": 1.235, "bytes": 42, "request_id": "req_1",
        "operation": "notes.list", "caller": "usr_1", "code": None,
    }  # fmt: skip


def test_other_observations_are_json_too():
    started = observations.ServerStarted(url="http://x", mode="production", dialect="sqlite")
    (line,) = lines("json", started)
    found = json.loads(line)
    assert found["event"] == "started"
    assert found["level"] == "info"
    assert found["url"] == "http://x"


def test_people_get_short_lines():
    (line,) = lines("console", REQUEST)
    assert line.endswith("200 GET    /v1/notes 1.2 ms usr_1")


def test_a_terminal_is_not_given_what_a_client_wrote():
    import msgspec

    (line,) = lines("console", msgspec.structs.replace(REQUEST, path="/v1/\x1b[31m"))
    assert "\x1b" not in line


def test_the_level_leaves_out_what_is_less_severe():
    warning = observations.ConfigurationWarning(key="k", message="m")
    assert len(lines("json", REQUEST, warning, level="warning")) == 1


def test_lines_keep_their_order():
    warning = observations.ConfigurationWarning(key="k", message="m")
    events = [json.loads(line)["event"] for line in lines("json", REQUEST, warning, REQUEST)]
    assert events == ["request", "ConfigurationWarning", "request"]


async def test_lines_are_written_together_a_moment_later():
    stream = io.StringIO()
    log = access_log.AccessLog("json", "info", stream)
    log(REQUEST)
    log(REQUEST)
    assert stream.getvalue() == ""
    await asyncio.sleep(0.2)
    assert len(stream.getvalue().splitlines()) == 2


@pytest.mark.parametrize(
    ("mode", "asked", "first"),
    [("development", "auto", "0"), ("production", "auto", "{"), ("development", "json", "{")],
)
def test_the_format_goes_by_the_mode_unless_told(mode, asked, first):
    stream = io.StringIO()
    configured = settings.Settings(mode=mode, log=settings.Log(format=asked))
    log = access_log.of(configured, stream)
    log(REQUEST)
    log.flush()
    assert (stream.getvalue()[0] == "{") == (first == "{")


def test_a_line_costs_some_microseconds():
    log = access_log.AccessLog("json", "info", io.StringIO())
    log._schedule = lambda: None
    runs = timeit.repeat(lambda: log(REQUEST), number=2000, repeat=5)
    # Five is the aim; a shared machine gets room to breathe.
    assert min(runs) / 2000 < 30e-6
