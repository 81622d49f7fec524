"""Short ways to a compiled API."""

from __future__ import annotations

from accord import API


def compiled(*declared, **options):
    """The binding of an API named library with these resource classes."""
    api = API("library", version="v1", **options)
    for each in declared:
        api.resource(each)
    return api.compile()
