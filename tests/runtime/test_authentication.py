"""Static keys tell who is calling, and keep no secret."""

import timeit

import pytest

from accord.kernel import problem
from accord.runtime import authentication, call

SECRET = "sk_live_0123456789abcdef"
ADMIN = authentication.key_of("ops", SECRET, ("admin",), id="usr_1", tenant="acme")


@pytest.fixture
def keys():
    return authentication.Keys([ADMIN])


def test_a_key_stands_for_its_caller(keys):
    found = keys.authenticate(authentication.parse(f"Bearer {SECRET}"))
    assert found == call.Caller("usr_1", frozenset({"admin"}), "acme", method="key", name="ops")


def test_the_scheme_is_read_in_any_case(keys):
    assert keys.authenticate(authentication.parse(f"bEARER  {SECRET} ")).id == "usr_1"


def test_a_key_without_an_id_goes_by_its_name():
    keys = authentication.Keys([authentication.key_of("robot", SECRET)])
    assert keys.authenticate(authentication.parse(f"Bearer {SECRET}")).id == "robot"


@pytest.mark.parametrize("header", [None, ""])
def test_no_credentials_make_an_anonymous_caller(keys, header):
    assert keys.authenticate(authentication.parse(header)) is call.ANONYMOUS


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", f"Basic {SECRET}", SECRET, f"Bearer {SECRET}x", "Bearer \udc80"],
)
def test_other_credentials_are_refused_with_a_challenge(keys, header):
    with pytest.raises(problem.Problem) as refusal:
        keys.authenticate(authentication.parse(header))
    assert refusal.value.code == "INVALID_CREDENTIALS"
    assert refusal.value.status == 401
    assert refusal.value.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert SECRET not in str(refusal.value)


def test_a_development_key_is_refused_in_production_even_when_listed():
    listed = authentication.key_of("sneaky", "dev_admin_1", ("admin",))
    presented = authentication.parse("Bearer dev_admin_1")
    with pytest.raises(problem.Problem, match="not accepted in production"):
        authentication.Keys([listed]).authenticate(presented)
    assert authentication.Keys([listed], development=True).authenticate(presented).name == "sneaky"


def test_nothing_printed_shows_a_secret(keys):
    presented = authentication.parse(f"Bearer {SECRET}")
    assert SECRET not in repr(presented) + repr(ADMIN) + repr(vars(keys))


def test_a_known_key_costs_a_few_microseconds(keys):
    header = f"Bearer {SECRET}"
    runs = timeit.repeat(
        lambda: keys.authenticate(authentication.parse(header)), number=2000, repeat=5
    )
    # Two is the aim; a shared machine gets room to breathe.
    assert min(runs) / 2000 < 8e-6
