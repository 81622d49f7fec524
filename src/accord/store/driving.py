"""Room: store. Driving a flow: statements out of the generator, rows and failures into it."""

from __future__ import annotations

from typing import Any, TypeVar

from accord.store import errors, port

T = TypeVar("T")


class Drive:
    """One run of a flow, without I/O: the same for a thread and an event loop.

    `statement` is what to execute next, None when the flow has ended with `result`.

        drive = Drive(flow())
        while drive.statement is not None:
            drive.send(execute(drive.statement))
    """

    __slots__ = ("_flow", "_single", "result", "statement")

    def __init__(self, flow: port.Flow[Any], *, single: bool = False) -> None:
        self._flow = flow
        self._single = single
        self.result: Any = None
        self.statement: port.Statement | None = None
        self._advance(None)

    def send(self, rows: Any) -> None:
        """Give the flow the rows of its statement."""
        self._advance(rows)
        if self._single and self.statement is not None:
            self._flow.close()
            raise RuntimeError(
                "a flow run with transaction=False yielded a second statement: "
                + self.statement.sql
            )

    def fail(self, error: errors.Translated) -> BaseException:
        """Tell the flow that its statement failed; what to raise: that error, or the flow's own."""
        try:
            self._flow.throw(error)
        except StopIteration:
            return error
        except BaseException as raised:  # noqa: BLE001 - it is handed on, not handled
            return raised
        self._flow.close()
        return error

    def close(self) -> None:
        """Abandon the flow."""
        self._flow.close()

    def _advance(self, rows: Any) -> None:
        try:
            self.statement = self._flow.send(rows)
        except StopIteration as end:
            self.statement, self.result = None, end.value
