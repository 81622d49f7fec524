"""Room: serve. Ready-made keys for development, one per role, kept in .accord/dev-keys."""

from __future__ import annotations

import fcntl
import os
import pathlib
import re
import secrets
from collections.abc import Iterable, Mapping
from urllib import parse

import msgspec

from accord.kernel import problem, settings
from accord.runtime import authentication

FILE = pathlib.Path(".accord") / "dev-keys"
_HEAD = (
    "# Keys of development: role, key and, after a seed, whose rows the key sees.",
    "# Production refuses them.",
)
_TEXT = re.compile(r"[!-~]+")


class DevKey(msgspec.Struct, frozen=True):
    """One role's key and the id of the caller it stands for."""

    role: str
    secret: str
    id: str

    def __repr__(self) -> str:
        return f"DevKey(role={self.role!r}, secret=***, id={self.id!r})"

    @property
    def key(self) -> settings.Key:
        """The entry that an authenticator knows it by."""
        return authentication.key_of(f"dev-{self.role}", self.secret, (self.role,), id=self.id)


def prepare(
    roles: Iterable[str],
    callers: Mapping[str, str],
    *,
    directory: pathlib.Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[DevKey, ...]:
    """A key for every role; made and kept when it is new.

    `ACCORD_DEV_KEY_<ROLE>` goes before the file. Whose key it is says `ACCORD_DEV_ID_<ROLE>`, else
    the file, else `callers` by role, else the role itself: `dev-admin`.

    Raises:
        SettingsError: a variable holds no key, or the file cannot be kept.
    """
    environ = os.environ if environ is None else environ
    wanted = tuple(roles)
    given = {role: _given(role, environ) for role in wanted}
    kept = _keep((role for role in wanted if given[role] is None), directory) if wanted else {}
    out = []
    for role in wanted:
        secret, known = kept.get(role, ("", None))
        default = known or callers.get(role) or f"dev-{role}"
        caller = environ.get(settings.dev_id_variable(role)) or default
        out.append(DevKey(role, given[role] or secret, caller))
    return tuple(out)


def bind(callers: Mapping[str, str], *, directory: pathlib.Path | None = None) -> None:
    """Ties roles' keys to the ids of callers, whose rows they then see."""
    _keep((), directory, callers)


def _given(role: str, environ: Mapping[str, str]) -> str | None:
    variable = settings.dev_key_variable(role)
    secret = environ.get(variable)
    if secret and not _TEXT.fullmatch(secret):
        what = "the value (not shown) is no key"
        fix = "use letters, digits and punctuation, without spaces"
        raise problem.SettingsError([problem.DeclarationError(f"variable {variable}", what, fix)])
    return secret or None


def _keep(
    roles: Iterable[str],
    directory: pathlib.Path | None,
    callers: Mapping[str, str] | None = None,
) -> dict[str, tuple[str, str | None]]:
    """What the file says after keys for new roles were added to it; workers take turns."""
    path = (directory or pathlib.Path.cwd()) / FILE
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # The file may have come here by other ways; a key is nobody else's to read.
            os.fchmod(descriptor, 0o600)
            text = file.read()
            known = _read(text)
            for role in roles:
                if role not in known:
                    known[role] = (_new(role), None)
            for role, caller in (callers or {}).items():
                known[role] = (known[role][0] if role in known else _new(role), caller)
            written = _written(known)
            if written != text:
                file.seek(0)
                file.truncate()
                file.write(written)
            return known
    except OSError as fault:
        raise problem.SettingsError(
            [
                problem.DeclarationError(
                    str(FILE),
                    f"the keys of development cannot be kept: {fault.strerror}",
                    "make the directory writable, or give ACCORD_DEV_KEY_<ROLE> for every role",
                )
            ]
        ) from fault


def _new(role: str) -> str:
    word = re.sub(r"[^A-Za-z0-9]", "-", role)
    return f"{authentication.DEV_PREFIX}{word}_{secrets.token_urlsafe(18)}"


def _read(text: str) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) in (2, 3) and not line.startswith("#"):
            role, *caller = (parse.unquote(word) for word in (words[0], *words[2:]))
            found[role] = (words[1], caller[0] if caller else None)
    return found


def _written(known: Mapping[str, tuple[str, str | None]]) -> str:
    lines = [
        # Roles and ids may have spaces; words of a line may not.
        " ".join([_word(role), secret, *([_word(caller)] if caller else [])])
        for role, (secret, caller) in sorted(known.items())
    ]
    return "\n".join((*_HEAD, *lines)) + "\n"


def _word(text: str) -> str:
    return parse.quote(text, safe="@:+")
