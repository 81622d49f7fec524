"""Room: declare. Collects every mistake of a declaration, so that one start tells them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accord.kernel import problem


class DeclarationErrors(problem.DeclarationError):
    """Every mistake of one declaration at once; each is a DeclarationError in `faults`."""

    def __init__(self, faults: Sequence[problem.DeclarationError]) -> None:
        first = faults[0]
        super().__init__(first.where, first.what, first.fix)
        self.args = (faults,)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class Mistakes:
    """What was found so far, in the order of finding; equal mistakes are told once."""

    def __init__(self) -> None:
        self.found: list[problem.DeclarationError] = []

    def add(self, where: str, what: str, fix: str) -> None:
        """Note one mistake: where it stands, what is wrong, how to put it right."""
        mistake = problem.DeclarationError(where, what, fix)
        if all(mistake.args != other.args for other in self.found):
            self.found.append(mistake)

    def extend(self, found: Iterable[problem.DeclarationError]) -> None:
        """Take over mistakes found elsewhere."""
        for each in found:
            self.add(each.where, each.what, each.fix)

    def moved(self, start: int, where: str) -> None:
        """Tell what was found since `start` at another place: where the reference was written."""
        for index in range(start, len(self.found)):
            old = self.found[index]
            self.found[index] = problem.DeclarationError(where, old.what, old.fix)

    def settle(self) -> None:
        """Raise DeclarationErrors when there is any mistake."""
        if self.found:
            raise DeclarationErrors(self.found)
