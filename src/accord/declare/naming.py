"""Room: declare. The spellings of a name: kebab, snake, camel, Pascal, singular and plural."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*")

_IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "mouse": "mice",
    "foot": "feet",
    "datum": "data",
    "index": "indices",
    "criterion": "criteria",
    "analysis": "analyses",
    "crisis": "crises",
    "basis": "bases",
    "movie": "movies",
    "cookie": "cookies",
    "zombie": "zombies",
}
_SINGULAR = {plural: singular for singular, plural in _IRREGULAR.items()}
_SAME = frozenset({"news", "series", "species", "metadata", "data", "information", "equipment"})


def words(name: str) -> list[str]:
    """The words of any spelling, in lower case: `OrderItems` → `["order", "items"]`."""
    return [word.lower() for word in _WORD.findall(name)]


def kebab(name: str) -> str:
    """`OrderItems` → `order-items`."""
    return "-".join(words(name))


def pascal(name: str) -> str:
    """`order-items` → `OrderItems`."""
    return "".join(word.capitalize() for word in words(name))


def camel(name: str) -> str:
    """`order_items` → `orderItems`; a leading underscore stays."""
    parts = words(name)
    return name[: len(name) - len(name.lstrip("_"))] + "".join(
        [parts[0], *(word.capitalize() for word in parts[1:])] if parts else []
    )


def upper(name: str) -> str:
    """`in-progress` → `IN_PROGRESS`, a GraphQL enum value."""
    text = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper() or "EMPTY"
    return f"_{text}" if text[0].isdigit() else text


def plural(word: str) -> str:
    """The English plural of a lower-case word; a word that is plural already stays."""
    if word in _SAME or word in _SINGULAR or singular(word) != word:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word + "s"


def singular(word: str) -> str:
    """The English singular of a lower-case word; a word that is singular already stays."""
    if word in _SAME:
        return word
    if word in _SINGULAR:
        return _SINGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|sh|ch|x|z|(?<!o)us)es$", word):
        return word[:-2]
    if word.endswith("s") and not re.search(r"(ss|us|is)$", word):
        return word[:-1]
    return word


def pluralize(name: str) -> str:
    """A kebab-case name with its last word in the plural: `order-item` → `order-items`."""
    head, dash, last = name.rpartition("-")
    return f"{head}{dash}{plural(last)}"


def singularize(name: str) -> str:
    """A kebab-case name with its last word in the singular: `order-items` → `order-item`."""
    head, dash, last = name.rpartition("-")
    return f"{head}{dash}{singular(last)}"
