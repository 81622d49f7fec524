"""Room: kernel. Reads layers of settings, one key at a time, and collects every fault.

Each layer (a TOML text, environment variables, overrides) is held against the same list of
settings; later layers win, but faults of earlier ones are told all the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec import inspect

from accord.kernel import problem


class Setting(msgspec.Struct, frozen=True):
    """One thing to set. `key` is `section.name`, `env` its variable, `annotation` its Python type.

    `type` and `allowed` say in words what may be given; `meaning` is a phrase for the docs.
    """

    key: str
    type: str
    default: Any
    meaning: str
    env: str
    allowed: str
    choices: tuple[str, ...]
    annotation: Any


def setting(key: str, annotation: Any, default: Any, env: str) -> Setting:
    """Describes a setting from its annotation, `Annotated[int, Meta(ge=1, description=…)]`."""
    metas = [meta for meta in getattr(annotation, "__metadata__", ()) if meta.description]
    kind = inspect.type_info(annotation)
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    name, allowed, choices = _in_words(kind)
    return Setting(
        key=key,
        type=name,
        default=default,
        meaning=metas[0].description if metas else "",
        env=env,
        allowed=allowed,
        choices=choices,
        annotation=annotation,
    )


class Reader:
    """The values and faults gathered from the layers read so far, the strongest read last."""

    def __init__(self, settings: Iterable[Setting], mask: Callable[[Setting, object], str]) -> None:
        self._settings = {each.key: each for each in settings}
        self._sections = {key.partition(".")[0] for key in self._settings if "." in key}
        self._mask = mask
        self._where: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        self.faults: list[problem.DeclarationError] = []

    def where(self, key: str) -> str:
        """Where the value of a key came from, in words."""
        return self._where.get(key, f"default of {key}")

    def read_toml(self, text: str, file_name: str) -> None:
        """Reads a file's text; sections are tables of it."""
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            self._fault(file_name, f"this is not TOML: {fault}", "see https://toml.io")
            return
        for name, content in document.items():
            if name not in self._sections:
                self._take(name, content, f"{file_name}, key {name}")
            elif isinstance(content, dict):
                for inner, value in content.items():
                    self._take(f"{name}.{inner}", value, f"{file_name}, key {name}.{inner}")
            else:
                self._fault(f"{file_name}, key {name}", "it is a section", f"write [{name}]")

    def read_environ(self, environ: Mapping[str, str], start: str, foreign: Iterable[str]) -> None:
        """Reads the variables that begin with `start`, except those with a `foreign` beginning."""
        by_variable = {each.env: each for each in self._settings.values()}
        others = tuple(foreign)
        for name, value in sorted(environ.items()):
            if not name.startswith(start) or name.startswith(others) or not value:
                continue
            known = by_variable.get(name)
            if known is None:
                allowed = problem.suggest(name, by_variable)
                self._fault(f"variable {name}", "there is no such setting", allowed)
            else:
                self._take(known.key, value, f"variable {name} ({known.key})", from_text=True)

    def read_overrides(self, overrides: Mapping[str, object]) -> None:
        """Reads values by their keys, texts or typed; None is passed over."""
        for key, value in overrides.items():
            if value is not None:
                self._take(key, value, f"option {key}", from_text=isinstance(value, str))

    def _take(self, key: str, given: object, where: str, *, from_text: bool = False) -> None:
        known = self._settings.get(key)
        if known is None:
            self._fault(where, "there is no such setting", self._suggestion(key))
            return
        try:
            value = _parsed(known, given) if from_text and isinstance(given, str) else given
            self.values[key] = msgspec.convert(value, known.annotation, strict=not from_text)
        except msgspec.MsgspecError as fault:
            shown = self._mask(known, given)
            inside = f" ({fault})" if known.type == "list" else ""
            fix = f"allowed: {known.allowed}"
            if known.type in ("text", "list"):
                fix += f"; {known.meaning}"
            if isinstance(given, str) and known.choices:
                near = problem.suggest(given, known.choices)
                fix += f"; {near}" if near.startswith("did") else ""
            self._fault(where, f"{shown} is not allowed{inside}", fix)
        else:
            self._where[key] = where

    def _suggestion(self, key: str) -> str:
        # `port` at the top of a file most likely lost its section.
        ending = "." + key.rpartition(".")[2]
        elsewhere = [other for other in self._settings if f".{other}".endswith(ending)]
        if elsewhere:
            return problem.suggest(elsewhere[0], elsewhere)
        section = key.partition(".")[0]
        siblings = [other for other in self._settings if other.startswith(f"{section}.")]
        if "." in key and siblings:
            return problem.suggest(key, siblings)
        top = [other for other in self._settings if "." not in other]
        return problem.suggest(key, [*top, *self._sections])

    def _fault(self, where: str, what: str, fix: str) -> None:
        self.faults.append(problem.DeclarationError(where, what, fix))


def _parsed(known: Setting, text: str) -> object:
    """A text as the type's raw material: lists are JSON or separated by commas."""
    if known.type != "list":
        return text
    if text.lstrip().startswith("["):
        return msgspec.json.decode(text)
    return [part.strip() for part in text.split(",") if part.strip()]


def _in_words(kind: inspect.Type) -> tuple[str, str, tuple[str, ...]]:
    """The name of a type, what it allows, and its choices when it is a choice."""
    if isinstance(kind, inspect.BoolType):
        return "boolean", "true, false", ("true", "false")
    if isinstance(kind, inspect.LiteralType):
        choices = tuple(str(value) for value in kind.values)
        return "choice", ", ".join(choices), choices
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        name = "integer" if isinstance(kind, inspect.IntType) else "number"
        bounds = [
            f"{words} {bound:g}" if bound < 10_000 else f"{words} {bound}"
            for words, bound in (
                ("at least", kind.ge),
                ("more than", kind.gt),
                ("at most", kind.le),
                ("less than", kind.lt),
            )
            if bound is not None
        ]
        return name, ", ".join(["an integer" if name == "integer" else "a number", *bounds]), ()
    if isinstance(kind, inspect.StrType):
        if kind.pattern:
            return "text", f"a text matching {kind.pattern}", ()
        return "text", "a text" if not kind.min_length else "a text that is not empty", ()
    return "list", "a list; in a variable separated by commas, or as JSON", ()
