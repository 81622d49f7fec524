"""One table lists every error, and a malformed table cannot be imported."""

import pytest

from accord.kernel import errors

ROW = """
A_CODE 409 ABORTED retryable private
= A title
> A hint.
First line
and second.
"""


def test_a_block_of_text_is_one_row():
    """Title, hint and explanation are taken apart, flags are read, lines are joined."""
    assert list(errors.parse_rows(ROW)) == [
        errors.ErrorRow(
            code="A_CODE",
            title="A title",
            status=409,
            grpc="ABORTED",
            retryable=True,
            hint="A hint.",
            explanation="First line and second.",
            public=False,
        )
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("A_CODE", "a_code", "SCREAMING_SNAKE_CASE"),
        ("A_CODE", "A__CODE", "SCREAMING_SNAKE_CASE"),
        ("409", "200", "not in 400..599"),
        ("409", "many", "malformed row"),
        ("ABORTED", "BROKEN", "gRPC has no status 'BROKEN'"),
        ("retryable", "retriable", "malformed row"),
        ("= A title", "A title", "malformed row"),
        ("> A hint.", "A hint.", "malformed row"),
        ("First line\nand second.", "", "malformed row"),
    ],
)
def test_a_malformed_row_is_refused(old, new, fault):
    """The message names what is wrong with the block."""
    with pytest.raises(ValueError, match=fault):
        list(errors.parse_rows(ROW.replace(old, new)))


def test_a_code_cannot_stand_there_twice():
    """Codes are promises, so a second row of one code stops the import."""
    with pytest.raises(ValueError, match="A_CODE stands in the table twice"):
        errors.table_of(errors.parse_rows(ROW + ROW))


def test_a_detail_code_cannot_stand_there_twice():
    """The second table keeps the same rule."""
    with pytest.raises(ValueError, match="twice"):
        errors.details_of("A_CODE  Title\nA_CODE  Title")


def test_a_detail_without_a_title_is_refused():
    """A detail row needs both of its words."""
    with pytest.raises(ValueError, match="needs"):
        errors.DetailRow("A_CODE", " ")


@pytest.mark.parametrize("row", errors.ERRORS.values(), ids=lambda row: row.code)
def test_every_row_can_be_shown_to_a_caller(row):
    """Titles are phrases, hints and explanations are sentences, and all of them are plain text."""
    assert not row.title.endswith(".")
    assert row.hint.endswith(".")
    assert row.explanation.endswith(".")
    assert len(row.title) < 60


@pytest.mark.parametrize("row", errors.ERRORS.values(), ids=lambda row: row.code)
def test_only_passing_failures_are_retryable(row):
    """Repeating an unchanged request helps against load and time, never against a mistake."""
    assert row.retryable == (row.status in {429, 499, 503, 504})


def test_the_tables_cannot_be_changed():
    """Nobody adds a row while the server runs."""
    for table in (errors.ERRORS, errors.DETAILS):
        with pytest.raises(TypeError):
            table["X"] = None


@pytest.mark.parametrize(
    ("status", "grpc"),
    [(400, "INVALID_ARGUMENT"), (403, "PERMISSION_DENIED"), (418, "INVALID_ARGUMENT"),
     (500, "INTERNAL"), (502, "INTERNAL"), (503, "UNAVAILABLE")],
)  # fmt: skip
def test_every_http_status_has_a_grpc_status(status, grpc):
    """Applications name an HTTP status alone and are still served over gRPC."""
    assert errors.grpc_of(status) == grpc


def test_a_row_says_something():
    """Title, hint and explanation are never empty."""
    with pytest.raises(ValueError, match="its hint is empty"):
        errors.ErrorRow("A_CODE", "A title", 409, "ABORTED", False, " ", "An explanation.")
