"""Room: runtime. Who is calling: the port for proofs of identity, and static keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from accord.kernel import problem, settings
from accord.runtime import call

DEV_PREFIX = "dev_"
"""What the text of every key of development begins with; production accepts none of them."""

_REALM = "accord"
CHALLENGE: Mapping[str, str] = {"WWW-Authenticate": f'Bearer realm="{_REALM}"'}
"""The header of a 401 for want of credentials (RFC 6750, section 3)."""
_REFUSAL = {"WWW-Authenticate": f'Bearer realm="{_REALM}", error="invalid_token"'}


class Credentials(msgspec.Struct, frozen=True):
    """What a caller presents: an authentication scheme in lower case and its secret text.

    `address` is the network address the request came from, None when it is not known.
    """

    scheme: str
    secret: str
    address: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(scheme={self.scheme!r}, secret=***)"


def parse(authorization: str | None, address: str | None = None) -> Credentials | None:
    """The credentials in an Authorization header, None when there is none.

    `parse("Bearer abc")` → `Credentials("bearer", "abc")`. Schemes are told apart without regard
    to case (RFC 9110, section 11.1).
    """
    if not authorization:
        return None
    scheme, _, secret = authorization.partition(" ")
    return Credentials(scheme.lower(), secret.strip(), address)


class Authenticator(Protocol):
    """Tells who is calling from what they present; it must be quick and must not block."""

    def authenticate(self, credentials: Credentials | None) -> call.Caller:
        """The caller, anonymous without credentials. Raises Problem INVALID_CREDENTIALS."""
        ...


class Keys:
    """Static keys, known by the SHA-256 of their text.

    The look-up goes by the hash, so that its time tells nothing about a key's text, and the
    table of hashes is all that is kept: the keys themselves are forgotten.
    """

    def __init__(self, keys: Iterable[settings.Key], *, development: bool = False) -> None:
        self._callers = {bytes.fromhex(key.key_sha256): caller_of(key) for key in keys}
        self._development = development

    def authenticate(self, credentials: Credentials | None) -> call.Caller:
        if credentials is None:
            return call.ANONYMOUS
        if credentials.scheme != "bearer":
            raise refused("This server understands one scheme only: Authorization: Bearer <key>.")
        secret = credentials.secret
        if not self._development and secret.startswith(DEV_PREFIX):
            raise refused("Keys of development are not accepted in production.")
        try:
            found = self._callers.get(hashlib.sha256(secret.encode()).digest())
        except UnicodeEncodeError:
            found = None
        if found is None:
            raise refused("The key is not known to this server.")
        return found


def caller_of(key: settings.Key) -> call.Caller:
    """The caller a key stands for; one without an id goes by the key's name."""
    return call.Caller(
        id=key.name if key.id is None else key.id,
        roles=frozenset(key.roles),
        tenant=key.tenant,
        method="key",
        name=key.name,
    )


def key_of(
    name: str,
    secret: str,
    roles: tuple[str, ...] = (),
    *,
    id: str | None = None,  # noqa: A002 - the name it has in settings
    tenant: str | None = None,
) -> settings.Key:
    """The entry of a key in settings: its text is hashed here and kept nowhere."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return settings.Key(name=name, key_sha256=digest, roles=roles, id=id, tenant=tenant)


def refused(message: str) -> problem.Problem:
    """INVALID_CREDENTIALS with its challenge."""
    return problem.Problem("INVALID_CREDENTIALS", message, headers=_REFUSAL)
