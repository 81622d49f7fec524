"""Room: serve. Fills an API's database by the `seed` function beside it.

    async def seed(database: str, scale: int = 20, progress=None, *, reset: bool = False) -> None

in `<package>.seed`. `progress(n)` is called when n more things are written. A function
`dev_callers(scale)` may tell by role whose ids the keys of development stand for.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from accord.kernel import problem, settings
from accord.serve import app, load, tables


class Seeder(msgspec.Struct, frozen=True):
    """The seed of one target; `scale` is its own default."""

    module: types.ModuleType
    scale: int

    async def run(
        self,
        configured: settings.Settings,
        scale: int | None,
        progress: Callable[[int], None],
        *,
        reset: bool,
    ) -> None:
        """Write the rows.

        Raises:
            DeclarationError: the seed itself refuses, with its own words.
        """
        chosen = self.scale if scale is None else scale
        try:
            await self.module.seed(configured.database.url, chosen, progress, reset=reset)
        except RuntimeError as refusal:
            raise problem.DeclarationError(
                f"module {self.module.__name__}", str(refusal), "correct the seed or its database"
            ) from refusal

    def callers(self, scale: int | None) -> Mapping[str, str]:
        """Ids that keys of development stand for, by role."""
        tell: Any = getattr(self.module, "dev_callers", None)
        return dict(tell(self.scale if scale is None else scale)) if callable(tell) else {}


def find(target: str) -> Seeder:
    """The seed of a target. Raises DeclarationError when there is none."""
    name = target.partition(":")[0]
    module = load.seeder(name)
    if module is None:
        raise problem.DeclarationError(
            f"target {target!r}",
            "there is no seed beside it",
            f"write async def seed(database, scale, progress, *, reset) in {name}.seed or seed.py",
        )
    parameters = list(inspect.signature(module.seed).parameters.values())
    default = parameters[1].default if len(parameters) > 1 else 0
    return Seeder(module, default if isinstance(default, int) else 0)


async def is_filled(made: app.App) -> bool:
    """Whether the database holds rows of the API already."""
    await made.database.start()
    try:
        return await tables.has_rows(made.database, made.binding)
    finally:
        await made.database.stop()
