"""A developer's mistake is told in three lines: where, what, and how to fix it."""

import pytest

from accord.kernel import problem


def test_three_lines():
    """The text is what a terminal shows."""
    error = problem.DeclarationError(
        "class Orders, attribute fliters",
        "Resource has no such attribute",
        problem.suggest("fliters", ["filters", "fields"]),
    )
    assert str(error).splitlines() == [
        "class Orders, attribute fliters",
        "  wrong: Resource has no such attribute",
        "  fix:   did you mean 'filters'?",
    ]


@pytest.mark.parametrize(
    ("name", "allowed", "text"),
    [
        ("fliters", ["filters", "sorts"], "did you mean 'filters'?"),
        ("Filters", ["filters"], "did you mean 'filters'?"),
        ("prod", ["production", "development"], "did you mean 'production'?"),
        ("xyz", ["b", "a", "b"], "allowed: a, b"),
        ("xyz", [], "nothing is allowed here"),
    ],
)
def test_the_nearest_name_is_suggested(name, allowed, text):
    """Without a near one all are listed."""
    assert problem.suggest(name, allowed) == text


def test_faults_of_settings_are_told_together():
    """A SettingsError is a DeclarationError that holds several."""
    faults = [problem.DeclarationError(f"key {n}", "bad", "") for n in "ab"]
    error = problem.SettingsError(faults)
    assert str(error) == "key a\n  wrong: bad\nkey b\n  wrong: bad"
    assert (error.where, error.faults) == ("key a", tuple(faults))
    assert isinstance(error, problem.DeclarationError)
    assert isinstance(error, problem.AccordError)
