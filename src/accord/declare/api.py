"""Room: declare. API, what a whole declaration hangs on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, TypeVar, Unpack

from accord.binding import binding
from accord.contract import contract
from accord.declare import compiling
from accord.declare import resource as resources
from accord.kernel import problem

R = TypeVar("R", bound=type[resources.Resource[Any]])


class StyleOptions(TypedDict, total=False):
    """How REST answers look, each with a default.

    `base_path` "/{version}"; `representation` of answers when the client has no wish;
    `envelope` of plain JSON; `reveal_forbidden` answers 403 instead of 404 for rows that exist but
    may not be read; `codes` map error codes of ours to the API's own catalogue.
    """

    base_path: str
    representation: contract.Representation
    envelope: contract.Envelope
    reveal_forbidden: bool
    codes: Mapping[str, str]


class API:
    """An API and its resources: `api = API("shop", version="v1", title="Shop")`."""

    def __init__(
        self,
        name: str,
        *,
        version: str,
        title: str = "",
        description: str = "",
        errors: Sequence[type[problem.Problem]] = (),
        **style: Unpack[StyleOptions],
    ) -> None:
        """Describe the API; its resources come by `@api.resource`.

        Args:
            name: lower-case, what packages and files are called by.
            version: the path's first segment by default, such as "v1".
            title: for documents; made of the name by default.
            description: for documents, Markdown.
            errors: Problem classes that any operation may raise.
            style: see StyleOptions.

        Raises:
            DeclarationError: an option is unknown or has a value that is not allowed.
        """
        where = f"API {name!r}"
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
            raise problem.DeclarationError(
                where, "the name is not lower-case letters, digits, - and _", 'write API("shop", …)'
            )
        self.name = name
        self.dev_callers: dict[str, str] = {}
        """The ids that ready-made keys of development stand for, by role; not in the contract."""
        self._errors = tuple(errors)
        self._declared: list[type[resources.Resource[Any]]] = []
        self._binding: binding.Binding | None = None
        self._head = contract.Contract(
            contract.FORMAT,
            name,
            version,
            title or name.replace("-", " ").capitalize(),
            _style(where, version, style),
            (),
            (),
            description=description,
        )

    def resource(self, declared: R) -> R:
        """Add a resource class: `@api.resource`.

        Raises:
            DeclarationError: the class is no subclass of Resource, or comes after compilation.
        """
        given: Any = declared
        where = f"class {getattr(given, '__name__', given)}"
        if not (isinstance(given, type) and issubclass(given, resources.Resource)):
            raise problem.DeclarationError(
                where,
                "@api.resource takes subclasses of Resource",
                "write class Orders(Resource[Order])",
            )
        if self._binding is not None:
            raise problem.DeclarationError(
                where,
                f"API {self.name!r} is compiled already",
                "import the module of this resource before the API is served",
            )
        self._declared.append(declared)
        return declared

    def compile(self) -> binding.Binding:
        """The contract tied to tables and callables; made once, then the same object.

        Raises:
            DeclarationErrors: every mistake of the declaration at once.
        """
        if self._binding is None:
            self._binding = compiling.compile_api(self._head, self._declared, self._errors)
        return self._binding

    def binding(self) -> binding.Binding:
        """The same as `compile`."""
        return self.compile()

    @property
    def contract(self) -> contract.Contract:
        """The contract: the frozen description every document is made of."""
        return self.compile().contract


_CHOICES = {
    "envelope": ("full", "status", "none"),
    "representation": ("application/json", "application/vnd.api+json"),
}


def _style(where: str, version: str, given: StyleOptions) -> contract.Style:
    for name in given:
        if name not in StyleOptions.__annotations__:
            raise problem.DeclarationError(
                where,
                f"API takes no argument {name!r}",
                problem.suggest(name, StyleOptions.__annotations__),
            )
    for name, allowed in _CHOICES.items():
        chosen = given.get(name, allowed[0])
        if chosen not in allowed:
            raise problem.DeclarationError(
                f"{where}, argument {name}",
                f"{chosen!r} is not allowed",
                problem.suggest(str(chosen), allowed),
            )
    path = given.get("base_path", f"/{version}").rstrip("/")
    if path and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path):
        raise problem.DeclarationError(
            f"{where}, argument base_path", f"{path!r} is no path", 'write base_path="/api/v1"'
        )
    return contract.Style(
        path,
        given.get("representation", "application/json"),
        given.get("envelope", "full"),
        given.get("reveal_forbidden", False),
        tuple(sorted(given.get("codes", {}).items())),
    )
