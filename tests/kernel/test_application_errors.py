"""An application declares errors of its own as subclasses of Problem."""

import pytest

from accord.kernel import problem


class OrderShipped(problem.Problem):
    """An order that is on its way cannot be changed."""

    code = "KERNEL_ORDER_SHIPPED"
    status = 409
    title = "The order has shipped"
    message = "Order {0} has shipped."


class OutOfStock(problem.Problem):
    code = "OUT_OF_STOCK"
    status = 503


class SoldOut(OutOfStock):
    code = "SOLD_OUT"
    hint = "Come back next year."
    grpc = "UNAVAILABLE"
    retryable = False


class StillOutOfStock(OutOfStock):
    """No code of its own, so it is the same error."""


def test_a_class_is_a_row():
    """Attributes fill the row, the docstring is its explanation, gRPC follows HTTP."""
    row = OrderShipped.row
    assert (row.code, row.title, row.status) == (
        "KERNEL_ORDER_SHIPPED",
        "The order has shipped",
        409,
    )
    assert row.explanation == "An order that is on its way cannot be changed."
    assert (row.grpc, row.retryable) == ("FAILED_PRECONDITION", False)


def test_what_is_not_said_is_derived():
    """The title comes from the class's name, and 503 may be tried again."""
    assert OutOfStock.row.title == "Out of stock"
    assert OutOfStock.row.retryable
    assert OutOfStock().message == "Out of stock"


def test_a_template_is_filled_with_the_arguments():
    """`raise OrderShipped(order.id)` reads as a sentence."""
    assert OrderShipped(7).message == "Order 7 has shipped."


def test_without_a_template_the_argument_is_the_message():
    """A ready sentence can be given instead."""
    assert OutOfStock("No more mugs.").message == "No more mugs."
    assert OrderShipped(message="Gone.").message == "Gone."


def test_a_template_that_cannot_be_filled_hides_nothing():
    """A raise with too few arguments still raises the error it names."""
    assert OrderShipped().message == "The order has shipped"


def test_it_takes_what_a_problem_takes():
    """Details, hint and headers are those of Problem."""
    raised = OutOfStock("No more mugs.", headers={"Retry-After": "60"}, hint="Wait.")
    assert (raised.headers, raised.hint, raised.status) == ({"Retry-After": "60"}, "Wait.", 503)


def test_a_child_inherits_what_it_does_not_say():
    """A subclass with a code is another error, one without is the same."""
    assert (SoldOut().status, SoldOut().hint) == (503, "Come back next year.")
    assert not SoldOut().retryable
    assert StillOutOfStock().code == "OUT_OF_STOCK"


def test_it_can_be_raised_by_its_code():
    """Whoever holds the code alone, such as a stored outcome, can make the Problem again."""
    assert problem.Problem("KERNEL_ORDER_SHIPPED").status == 409
    assert problem.row_of("KERNEL_ORDER_SHIPPED") is OrderShipped.row


def declare(**attributes):
    return type("Broken", (problem.Problem,), {"__module__": "elsewhere", **attributes})


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ({"code": "shipped", "status": 409}, "not an error code"),
        ({"code": 7, "status": 409}, "not an error code"),
        ({"code": "NOT_FOUND", "status": 404}, "Accord itself has an error NOT_FOUND"),
        ({"code": "KERNEL_ORDER_SHIPPED", "status": 409}, "already belongs to .*OrderShipped"),
        ({"code": "BROKEN"}, "needs an HTTP status"),
        ({"code": "BROKEN", "status": 200}, "not in 400..599"),
        ({"code": "BROKEN", "status": 409, "grpc": "OOPS"}, "gRPC has no status"),
        ({"code": "BROKEN", "status": 409, "message": "{order}"}, "cannot be filled: 'order'"),
        ({"code": "BROKEN", "status": 409, "message": "{"}, "cannot be filled"),
    ],
)
def test_a_mistake_is_found_when_the_class_is_made(attributes, fault):
    """The message names the class, the attribute and the fix."""
    with pytest.raises(problem.DeclarationError, match=fault) as caught:
        declare(**attributes)
    assert "class Broken" in caught.value.where
    assert caught.value.fix


def test_a_module_may_be_loaded_again():
    """The same class of the same module replaces its former self."""
    for title in ("First", "Second"):
        declare(code="RELOADED", status=409, title=title)
    assert problem.Problem("RELOADED").title == "Second"
