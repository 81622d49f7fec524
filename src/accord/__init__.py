"""Room: accord. The public names of Accord."""

import importlib

from accord.contract.resource import Limits
from accord.declare.access import (
    allow,
    authenticated,
    caller,
    choices,
    deny,
    everyone,
    role,
    value,
)
from accord.declare.api import API
from accord.declare.markers import (
    Doc,
    Format,
    Ge,
    Gt,
    Le,
    Load,
    Lt,
    MaxLen,
    MinLen,
    Pattern,
)
from accord.declare.paths import only, relation, via
from accord.declare.resource import Resource
from accord.declare.types import UtcDateTime
from accord.kernel.ids import generator as id_generator
from accord.kernel.problem import DeclarationError, Detail, Problem
from accord.serve.entry import asgi

# A room is called query as well. Loading it later would put the module in the decorator's place.
importlib.import_module("accord.query")

from accord.declare.members import action, before, check, computed, query  # noqa: E402

__all__ = [
    "API",
    "DeclarationError",
    "Detail",
    "Doc",
    "Format",
    "Ge",
    "Gt",
    "Le",
    "Limits",
    "Load",
    "Lt",
    "MaxLen",
    "MinLen",
    "Pattern",
    "Problem",
    "Resource",
    "UtcDateTime",
    "action",
    "allow",
    "asgi",
    "authenticated",
    "before",
    "caller",
    "check",
    "choices",
    "computed",
    "deny",
    "everyone",
    "id_generator",
    "only",
    "query",
    "relation",
    "role",
    "value",
    "via",
]
