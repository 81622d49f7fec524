"""Budgets only shrink: no figure of the house is above its budget, and none is high for no reason."""

import pytest

from tools import budgets


@pytest.mark.parametrize("name", budgets.MEASURES)
def test_no_figure_is_above_its_budget(name):
    figure, where = budgets.MEASURES[name]()
    most = budgets.budgets()[name]["most"]
    assert figure <= most, f"{name} is {figure}, allowed are {most}: {where} (budgets.toml)"


@pytest.mark.parametrize("name", budgets.MEASURES)
def test_a_budget_above_its_goal_says_why(name):
    budget = budgets.budgets()[name]
    assert budget["most"] <= budget["goal"] or budget.get("why", "").strip()


def test_every_budget_is_measured():
    assert set(budgets.budgets()) == set(budgets.MEASURES)
