"""Room: bench. Whether all services give the same content: a race between unequals is no race."""

from __future__ import annotations

from typing import Any

from bench.load import Request
from bench.servers import Running

# What a create makes up by itself.
MADE = {"id", "created_at", "updated_at"}


class DisagreementError(RuntimeError):
    """Two services answered one request with different content."""


def check(servers: list[Running], requests: list[Request], *, made: bool = False) -> None:
    """Send the requests to every service and compare `data`; the first service is the reference."""
    reference = servers[0]
    for request in requests:
        expected = content(reference, request, made=made)
        for server in servers[1:]:
            given = content(server, request, made=made)
            if given != expected:
                raise DisagreementError(
                    f"{server.service.name} and {reference.service.name} differ on "
                    f"{request.method} {request.path} {request.body}\n"
                    + "\n".join(differences(expected, given))[:2000]
                )


def content(server: Running, request: Request, *, made: bool) -> Any:
    """Return the parsed `data`, its nested lists in order of id."""
    client = server.client()
    status, body, _ = client.send(request)
    client.close()
    if status not in {200, 201} or not isinstance(body, dict) or "data" not in body:
        raise DisagreementError(
            f"{server.service.name} answered {request.path} with {status}: {str(body)[:500]}"
        )
    data = body["data"]
    if made:
        return {name: value for name, value in data.items() if name not in MADE}
    return [settled(row) for row in data] if isinstance(data, list) else settled(data)


def settled(row: dict[str, Any]) -> dict[str, Any]:
    """Order nested lists by id: none was asked for, so any is right."""
    return {
        name: sorted(value, key=lambda item: item["id"]) if isinstance(value, list) else value
        for name, value in row.items()
    }


def differences(expected: Any, given: Any, path: str = "data") -> list[str]:
    """Name the places where two values differ."""
    if type(expected) is type(given) is dict:
        names = sorted(expected.keys() | given.keys())
        missing = object()
        pairs = [(f"{path}.{n}", expected.get(n, missing), given.get(n, missing)) for n in names]
    elif type(expected) is type(given) is list and len(expected) == len(given):
        pairs = [
            (f"{path}[{n}]", a, b) for n, (a, b) in enumerate(zip(expected, given, strict=True))
        ]
    else:
        return [f"  {path}: expected {str(expected)[:200]}, got {str(given)[:200]}"]
    return [line for name, a, b in pairs if a != b for line in differences(a, b, name)]
