"""The test suite's plugins, loaded from the root so that tests anywhere in the tree have them."""

pytest_plugins = ["tests.support.databases", "tests.support.golden", "tests.support.running"]
