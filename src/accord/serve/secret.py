"""Room: serve. The secret that signs cursors: given in production, made and kept in development."""

from __future__ import annotations

import hashlib
import os
import pathlib
import secrets

from accord.kernel import problem, settings

FILE = pathlib.Path(".accord") / "secret"


def of(configured: settings.Settings, *, directory: pathlib.Path | None = None) -> bytes:
    """32 bytes for cursors. Raises SettingsError in production when `server.secret` is not set."""
    text = configured.server.secret
    if not text:
        if configured.mode == "production":
            raise problem.SettingsError(
                [
                    problem.DeclarationError(
                        "server.secret",
                        "it is not set, and mode is production",
                        "set ACCORD_SERVER_SECRET to what `openssl rand -hex 32` prints, the same "
                        "for every process",
                    )
                ]
            )
        text = _kept(directory or pathlib.Path.cwd())
    return hashlib.blake2b(text.encode(), digest_size=32, person=b"accord-cursors").digest()


def _kept(directory: pathlib.Path) -> str:
    path = directory / FILE
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = path.with_name(f"secret.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        try:
            # A link is made whole or not at all: of several workers one wins.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return path.read_text("ascii").strip()
    except OSError:
        # A directory nobody can write to: cursors then end with this process.
        return secrets.token_hex(32)
