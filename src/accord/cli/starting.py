"""Room: cli. `accord new`: a project that runs and passes its own tests."""

from __future__ import annotations

import pathlib
import re
from typing import Annotated

import cyclopts

from accord.kernel import problem

_TEMPLATE = pathlib.Path(__file__).parent / "template"
_SUFFIX = ".txt"


def new(
    name: Annotated[str, cyclopts.Parameter(help="The project's name and directory.")],
    /,
) -> None:
    """Start a project: one model, one resource, tests that pass.

    Then `cd library` and `accord serve`.

        accord new library
    """
    folder = pathlib.Path(name)
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", folder.name):
        raise problem.DeclarationError(
            f"name {name!r}",
            "a project's name is lower-case letters, digits, - and _",
            "choose one like library",
        )
    if folder.exists():
        raise problem.DeclarationError(
            f"directory {name}", "it is there already", "choose another name"
        )
    words = {"{{name}}": folder.name, "{{title}}": re.sub(r"[-_]+", " ", folder.name).capitalize()}
    folder.mkdir(parents=True)
    for source in sorted(_TEMPLATE.glob(f"*{_SUFFIX}")):
        text = source.read_text("utf-8")
        for mark, word in words.items():
            text = text.replace(mark, word)
        file = source.name.removesuffix(_SUFFIX).replace("dot-", ".")
        (folder / file).write_text(text, "utf-8")
    print(f"{name} is ready:\n\n  cd {name}\n  accord serve --reload\n  python -m pytest")
