"""Equal values have equal canonical bytes, and those can be read by any JSON parser."""

import enum
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.kernel import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(VALUES)
def test_any_parser_reads_it_back(value):
    """Canonical JSON is JSON."""
    assert json.loads(canonical.encode(value)) == value


@given(st.dictionaries(TEXT, VALUES))
def test_the_order_of_keys_does_not_matter(value):
    """Two dicts that are equal have the same bytes."""
    assert canonical.encode(dict(reversed(value.items()))) == canonical.encode(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1, None], "a": True}, '{"a":true,"b":[1,null]}'),
        ((), "[]"),
        (2**70, "1180591620717411303424"),
        ('\b\t\n\f\r"\\/\x0f\x7f\u2028é', '"\\b\\t\\n\\f\\r\\"\\\\/\\u000f\x7f\u2028é"'),
        # RFC 8785 section 3.2.3: in UTF-16 the surrogates of U+1F600 come before U+FB33.
        ({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3}, '{"\u20ac":3,"\U0001f600":2,"\ufb33":1}'),
    ],
)
def test_the_form_is_that_of_rfc_8785(value, text):
    """No spaces, sorted keys, the shortest escapes, UTF-8."""
    assert canonical.encode(value) == text.encode()


def test_members_of_enums_are_written_as_what_they_hold():
    """Subclasses of text and integers do not change the bytes."""

    class Color(enum.StrEnum):
        RED = "red"

    class Size(enum.IntEnum):
        BIG = 2

    assert canonical.encode({Color.RED: [Color.RED, Size.BIG]}) == b'{"red":["red",2]}'


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"a": [0, 1.5]}, r"\$\.a\[1\]: canonical JSON has no place for float"),
        ({"a": b""}, r"\$\.a: .* bytes"),
        ({1: 2}, "key 1 is not a string"),
    ],
)
def test_other_values_are_refused(value, fault):
    """The message tells the place and the type."""
    with pytest.raises(TypeError, match=fault):
        canonical.encode(value)


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}])
def test_half_a_character_is_refused(value):
    """Lone surrogates have no UTF-8."""
    with pytest.raises(ValueError, match="surrogate"):
        canonical.encode(value)


def test_a_digest_names_its_algorithm():
    """So that a later algorithm can stand beside it."""
    assert canonical.digest(b"") == (
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
