"""The parser of filter trees reads what was written and says where it stops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.kernel import problem
from accord.protocols.rest import expression
from tests.rest import attempts

FIELDS = st.sampled_from(["title", "author.name", "a_b", "x1"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ONE = st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte", "like"])


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def literals(**size):
    return st.lists(TEXTS.map(lambda t: expression.Literal(t, quoted=True)), **size)


def comparison(operator, field, values):
    return expression.Comparison(operator, field, tuple(values), 0)


COMPARISONS = st.one_of(
    st.builds(comparison, ONE, FIELDS, literals(min_size=1, max_size=1)),
    st.builds(comparison, st.just("in"), FIELDS, literals(min_size=1, max_size=4)),
    st.builds(comparison, st.just("null"), FIELDS, st.just([])),
)


def grouped(inner):
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(expression.Group, st.sampled_from(["and", "or"]), several, st.just(0)),
        st.builds(expression.Group, st.just("not"), inner.map(lambda n: (n,)), st.just(0)),
    )


TREES = st.recursive(COMPARISONS, grouped, max_leaves=10)


def written(node):
    if isinstance(node, expression.Group):
        return f"{node.operator}({','.join(map(written, node.items))})"
    parts = [node.field, *(quoted(value.text) for value in node.values)]
    return f"{node.operator}({','.join(parts)})"


def plain(node):
    if isinstance(node, expression.Group):
        return (node.operator, [plain(item) for item in node.items])
    return (node.operator, node.field, [value.text for value in node.values])


@given(TREES)
def test_a_written_tree_is_read_back(tree):
    assert plain(expression.parse(written(tree))) == plain(tree)


@given(TREES)
def test_the_skeleton_has_no_bound_value_and_tells_trees_apart(tree):
    text = written(tree)
    literals_ = []
    skeleton = expression.skeleton(expression.parse(text), frozenset(), literals_)
    others = []
    other = expression.skeleton(expression.parse(text.replace("'a", "'b")), frozenset(), others)
    assert skeleton == other
    assert len(literals_) == len(others)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text):
    found = attempts.attempt(problem.Problem, expression.parse, text)
    if isinstance(found, problem.Problem):
        assert found.status == 400
        assert "character" in found.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at character 1, expected and, or, not or a comparison"),
        ("eq", "at character 3, expected '(', the filter ends"),
        ("eq(", "at character 4, expected the name of a field"),
        ("eq(a", "at character 5, expected ')'"),
        ("eq(a)", "eq(…) takes one value after the field, it has 0"),
        ("eq(a,1,2)", "eq(…) takes one value after the field, it has 2"),
        ("in(a)", "in(…) takes at least one value"),
        ("null(a,true,false)", "null(…) takes at most one value"),
        ("and()", "at character 5, expected and, or, not or a comparison"),
        ("not(eq(a,1),eq(b,2))", "not(…) takes one condition, it has 2"),
        ("eq(a,1))", "at character 8, expected the end, found ')'"),
        ("eqq(a,1)", "at character 1, expected an operator; did you mean 'eq'?"),
        ("eq(a,'b)", "at character 6, expected a value; texts stand in single quotes"),
        ("eq(a,b)x", "at character 8, expected the end"),
    ],
)
def test_a_mistake_is_told_with_its_place(text, message):
    with pytest.raises(problem.Problem) as caught:
        expression.parse(text)
    assert caught.value.code == "INVALID_PARAMETER"
    assert message in caught.value.message


@pytest.mark.parametrize(
    "text", ["not(" * 100 + "eq(a,1)" + ")" * 100, "and(" + "eq(a,1)," * 600 + "eq(a,1))"]
)
def test_what_is_too_deep_or_too_long_is_not_read_to_its_end(text):
    with pytest.raises(problem.Problem) as caught:
        expression.parse(text)
    assert caught.value.code == "FILTER_TOO_COMPLEX"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "text",
    ["not(" * 9 + "eq(title,a)" + ")" * 9, "or(" + ",".join(["eq(title,a)"] * 51) + ")"],
)
async def test_limits_of_trees_are_told(anybody, text):
    answer = await anybody.get("/v1/books", params={"filter": text})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "FILTER_TOO_COMPLEX"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("eq(titel,a)", "did you mean 'title'?"),
        ("gt(status,draft)", "status cannot be compared by 'gt'"),
        ("and(eq(title,a),eq(cover,a))", "At character 17"),
    ],
)
async def test_unknown_fields_and_operators_are_told(anybody, text, says):
    answer = await anybody.get("/v1/books", params={"filter": text})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "UNKNOWN_FILTER"
    assert says in answer.json()["error"]["message"]


@pytest.mark.anyio
async def test_null_compares_with_eq_and_ne_only(anybody):
    answer = await anybody.get("/v1/books", params={"filter": "gt(rating,null)"})
    assert answer.status_code == 400
