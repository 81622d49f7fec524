"""PATCH merges into structured fields (RFC 7396), on what is stored when it runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.runtime import merging

# RFC 7396, appendix A: original, patch, result.
EXAMPLES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@pytest.mark.parametrize(("target", "patch", "result"), EXAMPLES)
def test_the_examples_of_the_rfc_hold(target: object, patch: object, result: object) -> None:
    assert merging.merge_patch(target, patch) == result


@given(JSON, JSON)
def test_a_patch_applied_twice_changes_nothing_more(target: object, patch: object) -> None:
    once = merging.merge_patch(target, patch)
    assert merging.merge_patch(once, patch) == once


@given(JSON, JSON)
def test_the_target_is_left_alone(target: object, patch: object) -> None:
    before = repr(target)
    merging.merge_patch(target, patch)
    assert repr(target) == before
