"""A Problem says what went wrong, in terms that every protocol can render."""

import pickle

import msgspec
import pytest

from accord.kernel import errors, problem


@pytest.mark.parametrize("code", errors.ERRORS)
def test_every_row_of_the_table_can_be_raised(code):
    """Code, title, statuses and hint come from the row; the message defaults to the title."""
    row = errors.ERRORS[code]
    with pytest.raises(problem.Problem) as caught:
        raise problem.Problem(code)
    raised = caught.value
    assert (raised.code, raised.title, raised.message) == (code, row.title, row.title)
    assert (raised.status, raised.grpc, raised.retryable) == (row.status, row.grpc, row.retryable)
    assert (raised.hint, raised.row) == (row.hint, row)
    assert (raised.details, raised.headers) == ((), {})


def test_the_one_who_raises_may_say_more():
    """Message, hint, details, headers and cause are kept as given."""
    detail = problem.Detail("TOO_LONG", "At most 5 characters.", field="name", pointer="/name")
    cause = KeyError("x")
    raised = problem.Problem(
        "VALIDATION_ERROR",
        "One field is wrong.",
        details=[detail],
        hint="Shorten it.",
        headers={"Retry-After": "1"},
        cause=cause,
    )
    assert raised.message == "One field is wrong."
    assert raised.hint == "Shorten it."
    assert raised.details == (detail,)
    assert raised.headers == {"Retry-After": "1"}
    assert raised.__cause__ is cause
    assert str(raised) == "VALIDATION_ERROR: One field is wrong."


def test_the_message_may_be_named():
    """`message=` is the same as the second argument, and None the same as nothing."""
    assert problem.Problem("NOT_FOUND", message="No order 7.").message == "No order 7."
    assert problem.Problem("NOT_FOUND", None).message == "Not found"


def test_an_unknown_code_cannot_be_raised():
    """A code that nobody declared is the author's mistake, told with the nearest code."""
    with pytest.raises(ValueError, match="did you mean 'NOT_FOUND'"):
        problem.Problem("NOTFOUND")


@pytest.mark.parametrize("arguments", [(), (404,), ("NOT_FOUND", "a", "b")])
def test_a_problem_takes_a_code_and_a_message(arguments):
    """Anything else is a TypeError, as with any signature."""
    with pytest.raises(TypeError):
        problem.Problem(*arguments)


def test_a_problem_survives_pickling():
    """Problems cross process borders whole."""
    raised = problem.Problem("CONFLICT", "Busy.", headers={"Retry-After": "1"})
    again = pickle.loads(pickle.dumps(raised))
    assert (again.code, again.message, again.headers) == ("CONFLICT", "Busy.", raised.headers)


def test_a_detail_is_written_without_its_empty_parts():
    """Absent places are left out, and so is a value that must not be echoed."""
    detail = problem.Detail("REQUIRED", "It is required.", field="email")
    assert msgspec.to_builtins(detail) == {
        "code": "REQUIRED",
        "message": "It is required.",
        "field": "email",
    }


def test_a_null_that_was_sent_is_echoed():
    """UNSET means "not told"; None is a value like others."""
    detail = problem.Detail("NULL_NOT_ALLOWED", "It must not be null.", value=None)
    assert msgspec.to_builtins(detail)["value"] is None
