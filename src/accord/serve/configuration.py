"""Room: serve. Reads the settings of one start from accord.toml, the environment and options."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Mapping

from accord.kernel import problem, settings

FILE = "accord.toml"


def load(
    overrides: Mapping[str, object] | None = None,
    *,
    directory: pathlib.Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> settings.Settings:
    """The settings of this process; `overrides` has keys like `server.port`.

    Raises:
        SettingsError: every fault of every layer, and keys of development in production.
    """
    environ = os.environ if environ is None else environ
    found = settings.load(_text(directory), environ, file_name=FILE, overrides=overrides)
    if found.mode == "production":
        _refuse_development(environ)
    return found


def keys_of(options: Mapping[str, object]) -> dict[str, object]:
    """Keyword arguments as keys of settings: `server_port=80` → `{"server.port": 80}`."""
    sections = {each.key.partition(".")[0] for each in settings.describe() if "." in each.key}
    return {_key(name, sections): value for name, value in options.items()}


def _key(name: str, sections: set[str]) -> str:
    section, _, rest = name.partition("_")
    return f"{section}.{rest}" if rest and section in sections else name


def _text(directory: pathlib.Path | None) -> str | None:
    path = (directory or pathlib.Path.cwd()) / FILE
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as fault:
        what = f"the file cannot be read: {fault.__class__.__name__}"
        raise problem.SettingsError(
            [problem.DeclarationError(FILE, what, "make it a readable file in UTF-8")]
        ) from fault


def _refuse_development(environ: Mapping[str, str]) -> None:
    given = [name for name, value in sorted(environ.items()) if value and _of_development(name)]
    if given:
        raise problem.SettingsError(
            [
                problem.DeclarationError(
                    f"variable {name}",
                    "it belongs to development, and mode is production",
                    "unset it; keys of production stand in keys, by their SHA-256",
                )
                for name in given
            ]
        )


def _of_development(name: str) -> bool:
    return name.startswith((settings.dev_key_variable(""), settings.dev_id_variable("")))
