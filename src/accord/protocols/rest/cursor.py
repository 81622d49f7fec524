"""Room: protocols/rest. Cursors: `<binding>.<row key>`, opaque to clients and bound to one list.

The binding is a keyed BLAKE2b over what must not change between pages. The row key is the
direction and the JSON array of sort values, in base64url. The key is no secret to the client
that got it: it holds values the client may sort by. The binding makes a cursor from another
list, tenant or server useless.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any, Literal

import msgspec

from accord.kernel import problem

FORMAT = b"1"
FORWARD, BACKWARD = b"f", b"b"

_DECODE = msgspec.json.Decoder(list[Any]).decode


class Opened(msgspec.Struct, frozen=True):
    """A cursor taken apart, its binding not yet checked."""

    binding: str
    direction: Literal["f", "b"]
    values: tuple[Any, ...]

    @property
    def mask(self) -> str:
        """Which of the values are null, which is part of the statement: `10` for (a, null)."""
        return "".join("0" if value is None else "1" for value in self.values)


def bind(secret: bytes, scope: bytes, tenant: str | None, values: list[str]) -> str:
    """The binding of one list: `scope` tells resource, sort and filter, `values` its values."""
    content = msgspec.json.encode((scope, tenant, values))
    digest = hashlib.blake2b(content, key=secret, digest_size=16, person=FORMAT).digest()
    return base64.urlsafe_b64encode(digest)[:22].decode("ascii")


def seal(binding: str, direction: bytes, key: bytes) -> str:
    """A cursor from a binding and the JSON array of a row's sort values."""
    encoded = base64.urlsafe_b64encode(direction + key).rstrip(b"=")
    return f"{binding}.{encoded.decode('ascii')}"


def opened(text: str) -> Opened:
    """The parts of a cursor; Problem INVALID_CURSOR when it has not the form of one."""
    binding, dot, key = text.partition(".")
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
        values = _DECODE(raw[1:])
    except (binascii.Error, ValueError, RecursionError):
        raise invalid("it was cut or changed") from None
    if not dot or raw[:1] not in {FORWARD, BACKWARD} or len(binding) != 22 or not values:
        raise invalid("it was cut or changed")
    return Opened(binding, "f" if raw[:1] == FORWARD else "b", tuple(values))


def check(found: Opened, binding: str) -> None:
    """Problem INVALID_CURSOR unless the cursor was made for this list; in constant time."""
    if not hmac.compare_digest(found.binding.encode(), binding.encode()):
        raise invalid("it belongs to another list, sort, filter or server, or was changed")


def invalid(why: str) -> problem.Problem:
    """The refusal of a cursor."""
    return problem.Problem(
        "INVALID_CURSOR",
        f"The cursor cannot be used: {why}.",
        details=(
            problem.Detail(
                code="INVALID_FORMAT",
                message="start again from the first page and follow the links of the answers",
                parameter="page[cursor]",
            ),
        ),
    )
