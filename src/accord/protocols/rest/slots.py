"""Room: protocols/rest. The places of bound values: how each is made of a request's texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from accord.binding import codec
from accord.kernel import problem
from accord.runtime import input as inputs

Read = Callable[[Any], Any]
Make = Callable[[Sequence[Any]], Any]

MOST_VALUES = 1000


class Slots:
    """Collects makers in the canonical order of a Selection's slots."""

    def __init__(self) -> None:
        self.makers: list[Make] = []
        self.parameters: list[str] = []

    def one(self, index: int, read: Read, parameter: str) -> int:
        """A slot for one value, read from one text."""
        return self._add(lambda texts: read(texts[index]), parameter)

    def several(self, indices: Sequence[int], read: Read, parameter: str, *, split: bool) -> int:
        """A slot for a list: one value per text or, with `split`, values joined by commas."""

        def make(texts: Sequence[Any]) -> list[Any]:
            words = [texts[index] for index in indices]
            if split:
                words = [word for text in words for word in text.split(",")]
            if len(words) > MOST_VALUES:
                raise codec.Invalid("TOO_LONG", f"must have at most {MOST_VALUES} values")
            return [read(word) for word in words]

        return self._add(make, parameter)

    def constant(self, value: Any, parameter: str) -> int:
        """A slot whose value is part of the template."""
        return self._add(lambda _: value, parameter)

    def _add(self, make: Make, parameter: str) -> int:
        self.makers.append(make)
        self.parameters.append(parameter)
        return len(self.makers) - 1

    def explain(self, texts: Sequence[Any]) -> problem.Problem:
        """Why `texts` could not be read: every faulty parameter at once."""
        return refused(list(self._details(texts)))

    def _details(self, texts: Sequence[Any]) -> Iterator[problem.Detail]:
        for make, parameter in zip(self.makers, self.parameters, strict=True):
            try:
                make(texts)
            except codec.Invalid as fault:
                yield detail(parameter, fault)


def detail(parameter: str, fault: codec.Invalid, value: Any = problem.UNSET) -> problem.Detail:
    """A refused value of a parameter."""
    return problem.Detail(
        code=fault.code,
        message=f"{parameter} {fault.message}",
        parameter=parameter,
        value=value if value is problem.UNSET else inputs.echo(value),
    )


def refused(details: Sequence[problem.Detail]) -> problem.Problem:
    """Values of parameters that cannot be read."""
    message = "; ".join(each.message for each in details)
    return problem.Problem(
        "INVALID_PARAMETER", f"{message[:1].upper()}{message[1:]}.", details=details
    )


def read(value: str, how: Read, parameter: str) -> Any:
    """A structural value; Problem INVALID_PARAMETER when it cannot be read."""
    try:
        return how(value)
    except codec.Invalid as fault:
        raise refused([detail(parameter, fault, value)]) from None
