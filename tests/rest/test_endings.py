"""A request that takes too long, or whose client leaves, ends; writes go on without a client."""

import asyncio

import pytest

from accord.kernel import observations
from tests.rest import conftest

pytestmark = pytest.mark.anyio


def slow(rest, path, method, ended):
    """Puts an operation in place that ends only when it is cancelled."""
    endpoint, _ = rest.routes.match(path)

    async def answer(request):
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            ended.append(True)
            raise

    endpoint.handlers[method].answer = answer


def scope(method, path):
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "client": ("127.0.0.1", 1),
    }


async def test_past_its_deadline_a_request_is_504(served):
    rest, ended = served.app(configured=conftest.replaced(server={"request_timeout": 0.1})), []
    slow(rest, "/v1/tags", "GET", ended)
    answer = await served.client(rest=rest).get("/v1/tags")
    assert answer.status_code == 504
    assert answer.json()["error"]["code"] == "DEADLINE_EXCEEDED"
    assert answer.headers["retry-after"]
    assert ended == [True]


@pytest.mark.parametrize(("method", "stops"), [("GET", True), ("POST", False)])
async def test_a_read_ends_with_its_client_and_a_write_does_not(served, method, stops):
    rest, ended, sent = served.app(), [], []
    slow(rest, "/v1/tags", method, ended)
    events = iter(
        [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]
    )

    async def receive():
        await asyncio.sleep(0.01)
        return next(events)

    async def send(event):
        sent.append(event)

    served.recorder.clear()
    task = asyncio.create_task(rest(scope(method, "/v1/tags"), receive, send))
    await asyncio.wait([task], timeout=0.5)
    assert bool(ended) is stops
    if stops:
        assert sent == []
        told = served.recorder.of(observations.RequestFinished)[0]
        assert (told.status, told.code) == (499, "CANCELLED")
    else:
        assert not task.done()
        task.cancel()
        await asyncio.wait([task])


async def test_a_client_that_leaves_while_sending_changes_nothing(served):
    rest, sent = served.app(), []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(event):
        sent.append(event)

    asked = scope("POST", "/v1/tags")
    asked["headers"] = [
        (b"authorization", b"Bearer admin-key"),
        (b"content-type", b"application/json"),
    ]
    served.recorder.clear()
    await rest(asked, receive, send)
    assert served.recorder.of(observations.RequestFinished)[0].status == 499
    assert sent == []


async def test_cancelling_from_outside_is_not_swallowed(served):
    rest, ended = served.app(), []
    slow(rest, "/v1/tags", "GET", ended)

    async def receive():
        await asyncio.sleep(5)

    async def send(event):
        pass

    task = asyncio.create_task(rest(scope("GET", "/v1/tags"), receive, send))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]
