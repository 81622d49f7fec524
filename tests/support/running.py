"""How async tests and drawn examples run."""

import os

import hypothesis
import pytest

# Machines differ and are noisy: how long an example takes is a benchmark's business, not a test's.
hypothesis.settings.register_profile("accord", deadline=None, print_blob=True)
hypothesis.settings.register_profile(
    "thorough", hypothesis.settings.get_profile("accord"), max_examples=1000
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "accord"))


@pytest.fixture(scope="session")
def anyio_backend():
    """The event loop of async tests and fixtures; ACCORD_TEST_LOOP=asyncio takes the plain one."""
    return "asyncio", {"use_uvloop": os.environ.get("ACCORD_TEST_LOOP", "uvloop") == "uvloop"}
