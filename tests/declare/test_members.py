"""Hooks see and change the values of a write; checks judge them."""

from __future__ import annotations

import asyncio
import inspect
from datetime import date, datetime

import pytest

from accord import Resource, before, check
from tests.declare.models import Book, Loan, Watched
from tests.declare.support import compiled


class Loans(Resource[Loan]):
    @before("create")
    def trim(self, values: dict[str, object]) -> None:
        values["reader"] = str(values["reader"]).strip()

    @before("create", "update", fields=[Loan.reader, Loan.book])
    async def stamp(self, values: dict[str, object]) -> None:
        values["starts_on"] = self.now.date()

    @check(Loan.starts_on, Loan.ends_on)
    def ends_after_it_starts(self, starts_on: date, ends_on: date) -> None:
        if ends_on < starts_on:
            raise ValueError("A loan ends after it starts.")

    @check("reader")
    def someone(self, row: dict[str, object]) -> None:
        if not row["reader"]:
            raise ValueError("Somebody reads.")


class Context:
    session = caller = None
    now = datetime(2024, 1, 15)  # noqa: DTZ001 - handed through

    def emit(self, event: str, payload: object = None) -> None:
        raise NotImplementedError


class Books(Resource[Book]):
    pass


@pytest.fixture
def loans():
    return compiled(Loans, Books).resources["loans"]


def test_hooks_are_told_by_operation(loans):
    assert [(each.name, set(each.operations), set(each.fields)) for each in loans.hooks] == [
        ("trim", {"create"}, set()),
        ("stamp", {"create", "update"}, {"reader", "book"}),
    ]


def test_hooks_change_the_values(loans):
    values = {"reader": " Ann "}
    trim, stamp = loans.hooks
    trim.run(values, Context())
    assert inspect.iscoroutinefunction(stamp.run)
    asyncio.run(stamp.run(values, Context()))
    assert values == {"reader": "Ann", "starts_on": date(2024, 1, 15)}


def test_checks_take_fields_or_the_row(loans):
    dates, someone = loans.checks
    assert dates.fields == ("starts_on", "ends_on")
    dates.run({"starts_on": date(2024, 1, 1), "ends_on": date(2024, 1, 2)})
    with pytest.raises(ValueError, match="ends after"):
        dates.run({"starts_on": date(2024, 1, 2), "ends_on": date(2024, 1, 1)})
    with pytest.raises(ValueError, match="Somebody"):
        someone.run({"reader": ""})


def test_models_with_validators_are_written_through_a_session():
    class Watcheds(Resource[Watched]):
        name = "watched"

    assert compiled(Watcheds).resources["watched"].session_writes == "@validates('name')"
    assert compiled(Loans, Books).resources["loans"].session_writes == ""
