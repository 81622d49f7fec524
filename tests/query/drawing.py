"""Hypothesis draws data of the family and reads of it: Selections, Shapes, values, callers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from accord.query import selection, shape
from tests.query import family, world

TEXTS = ["", "a", "A", "ab", "%", "_", "a_b", "a%b", "\\", "it's", '"q"', "ä", "Ä", "Σ", "σς", "nobody",
         "ß", "İ", "x:y", "日本", "$1", "?1"]  # fmt: skip
NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
POOLS: dict[str, list[Any]] = {
    "text": TEXTS,
    "age": [0, 1, 17, 18, 40, 41, -1],
    "rank": [0, 1, 2],
    "score": [Decimal(x) for x in ("0.00", "0.01", "33.33", "9.99", "-1.50", "99999.99")],
    "weight": [0.0, 0.1 + 0.2, 0.3, -1.5, 1e300, 5e-324, 1 / 3],
    "born": [
        NOON,
        NOON + timedelta(microseconds=1),
        # The very first and last moments are infinity to the driver of PostgreSQL.
        datetime(1, 1, 1, microsecond=1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999998, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC),
    ],
    "mood": [each.value for each in family.Mood],
    "bool": [True, False],
    "stars": [-1, 0, 5],
    "id": [1, 2, 3, 4, 5, 6],
}

# The fields of each resource: their pools, and whether they may be null.
FIELDS = {
    "groups": {"id": ("id", False), "name": ("text", False), "rank": ("rank", True)},
    "tags": {"id": ("id", False), "label": ("text", False)},
    "notes": {
        "id": ("id", False),
        "body": ("text", False),
        "stars": ("stars", True),
        "public": ("bool", False),
    },
    "people": {
        "id": ("id", False),
        "name": ("text", False),
        "nick": ("text", True),
        "age": ("age", True),
        "score": ("score", False),
        "weight": ("weight", True),
        "active": ("bool", True),
        "mood": ("mood", False),
        "born": ("born", True),
        "salary": ("age", True),
    },
}
SORTS = {
    "groups": ["name", "rank"],
    "tags": ["label"],
    "notes": ["body", "stars"],
    "people": ["name", "age", "score", "weight", "active", "mood", "born", "doubled"],
}
COMPARED = {name: [field for field in fields if field != "id"] for name, fields in FIELDS.items()}
POOL_OF = {
    **{(r, f): pool for r, fields in FIELDS.items() for f, (pool, _) in fields.items()},
    ("people", "doubled"): "score",
}
NULLABLE = {(r, f) for r, fields in FIELDS.items() for f, (_, null) in fields.items() if null}
CALLERS = [
    world.caller("all", id="3"),
    world.caller("some", id="2"),
    world.caller("own", id="1"),
    world.caller("some", "own", id="3"),
    world.caller("all", "some", "own", id="2"),
    world.caller("own", id="none of them"),
    world.caller("some", id=None),
    world.caller("other", id="1"),
]


def maybe(strategy, *, null):
    return st.one_of(st.none(), strategy) if null else strategy


@st.composite
def rows(draw, resource, most, **references):
    # Few rows hide mistakes, and shrinking finds the small examples by itself.
    ids = range(1, draw(st.sampled_from([0, 1, most // 2, most - 1, most, most])) + 1)
    found = []
    for number in ids:
        row = {
            name: draw(maybe(st.sampled_from(POOLS[pool]), null=null))
            for name, (pool, null) in FIELDS[resource].items()
            if name != "id"
        }
        for name, (among, null) in references.items():
            known = [each["id"] for each in (found if among is None else among)]
            known += [number] if among is None else []
            row[name] = draw(maybe(st.sampled_from(known), null=null)) if known else None
        found.append({"id": number, **row})
    return found


@st.composite
def datasets(draw):
    """Rows of all tables; references lead to rows that exist."""
    groups = draw(rows("groups", 4, parent_id=(None, True)))
    people = draw(rows("people", 6, group_id=(groups, True), boss_id=(None, True)))
    tags = draw(rows("tags", 3))
    notes = draw(rows("notes", 6, person_id=(people, False))) if people else []
    pairs = [(p["id"], t["id"]) for p in people for t in tags]
    wearing = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    return {
        "groups": groups,
        "people": people,
        "tags": tags,
        "notes": notes,
        "wearing": wearing,
    }


def as_stored(data):
    """The data as inserts take it."""
    people = [{**row, "mood": family.Mood(row["mood"])} for row in data["people"]]
    wearing = [{"person_id": p, "tag_id": t} for p, t in sorted(data["wearing"])]
    return {
        family.Group: data["groups"],
        family.Person: people,
        family.Tag: data["tags"],
        family.Note: data["notes"],
        family.wearing: wearing,
    }


class Read(NamedTuple):
    """A read of the service: what, laid out how, with which values, for whom."""

    selection: selection.Selection
    shape: shape.Obj
    values: tuple
    caller: Any


class Drawer:
    """Draws the parts of one read; values go to their slots."""

    def __init__(self, draw):
        self.draw = draw
        self.values = []

    def one(self, options):
        return self.draw(st.sampled_from(options))

    def slot(self, value):
        self.values.append(value)
        return len(self.values) - 1

    def filter(self, resource, depth):
        kinds = ["compare", "compare", "null"]
        if depth > 0:
            kinds += ["and", "or", "not", "through"]
        if resource in family.SEARCH:
            kinds.append("search")
        if resource == "people":
            kinds += ["literal", "param"]
        match self.one(kinds):
            case "and":
                return selection.And(self.filters(resource, depth))
            case "or":
                return selection.Or(self.filters(resource, depth))
            case "not":
                return selection.Not(self.filter(resource, depth - 1))
            case "through":
                relation = self.one(relations_of(resource))
                target = family.RELATIONS[resource, relation][0]
                return selection.Through(relation, self.filter(target, depth - 1))
            case "null":
                return selection.IsNull(
                    self.one(COMPARED[resource]), negate=self.one([True, False])
                )
            case "search":
                return selection.Search(self.slot(self.one(TEXTS)))
            case "literal":
                return self.literal()
            case "param":
                return self.param()
        return self.compare(resource)

    def filters(self, resource, depth):
        number = self.draw(st.integers(0, 3))
        return tuple(self.filter(resource, depth - 1) for _ in range(number))

    def literal(self):
        name, pool = self.one([("mood", POOLS["mood"]), ("active", [True, False])])
        values = self.draw(st.lists(st.sampled_from(pool), min_size=1, max_size=2, unique=True))
        return selection.Literally(name, tuple(values), negate=self.one([True, False]))

    def param(self):
        name = self.one(["at_least", "in_group", "on", "unknown"])
        if name in {"on", "unknown"}:
            return selection.Named("state", choice=name)
        return selection.Named(
            name, self.slot(self.one(POOLS["age" if name == "at_least" else "text"]))
        )

    def compare(self, resource):
        name = self.one(COMPARED[resource])
        pool = POOL_OF[resource, name]
        operators = ["eq", "ne"]
        if pool != "bool":
            operators.append("in")
        if pool not in {"bool", "mood"}:
            operators += ["gt", "gte", "lt", "lte"]
        if pool == "text":
            operators.append("like")
        operator = self.one(operators)
        if operator == "in":
            value = self.draw(st.lists(st.sampled_from(POOLS[pool]), max_size=3))
        else:
            value = self.one(POOLS[pool])
        return selection.Compare(name, operator, self.slot(value))

    def order(self, resource):
        names = self.draw(st.lists(st.sampled_from(SORTS[resource]), max_size=3, unique=True))
        return tuple(selection.Order(name, self.one([True, False])) for name in [*names, "id"])

    def page(self, resource, order, *, root):
        limit = self.draw(st.integers(1, 4))
        kind = self.one(["first", "offset", "keyset", "keyset"])
        options = {"count": self.one(["none", "exact", "capped"])} if root else {}
        if kind == "offset":
            options["offset"] = self.slot(self.draw(st.integers(0, 5)))
        if kind == "keyset":
            slots = tuple(self.start(resource, each) for each in order)
            options["keyset"] = selection.Keyset(slots, self.one([True, False]))
        return selection.Page(limit, **options)

    def start(self, resource, order):
        pool = POOLS[POOL_OF[resource, order.field]]
        null = (resource, order.field) in NULLABLE
        value = self.draw(maybe(st.sampled_from(pool), null=null))
        return None if value is None else self.slot(value)

    def related(self, resource, depth):
        uses, nodes = [], []
        if depth <= 0:
            return uses, nodes
        for number in range(self.draw(st.integers(0, 2))):
            relation = self.one(relations_of(resource))
            target, kind, _ = family.RELATIONS[resource, relation]
            alias = f"{relation}{number}"
            chosen, node = self.selection(target, depth - 1, to_one=kind == "to_one")
            uses.append(selection.Related(alias, relation, chosen))
            nodes.append((alias, self.node(alias, node, chosen)))
        return uses, nodes

    def node(self, alias, node, chosen):
        if chosen.page is None:
            many = bool(chosen.order)
            return self.one([shape.Rel(alias, node), shape.Count(alias)][: 2 if many else 1])
        if self.one([True, False]):
            return shape.Rel(alias, node)
        return shape.Connection(
            alias,
            node,
            edges=self.one(["edges", "e"]),
            nodes=self.one(["nodes", None]),
            cursor=self.one([True, False]),
            page_info=self.one([True, False]),
            total=self.one([True, False]),
        )

    def selection(self, resource, depth, *, to_one=False, **options):
        names = self.draw(
            st.lists(st.sampled_from(sorted(FIELDS[resource])), max_size=4, unique=True)
        )
        if self.one([True, False, False]):
            options["filter"] = self.filter(resource, 2)
        if not to_one:
            options["order"] = self.order(resource)
            if "page" in options or self.one([True, True, False]):
                root = options.pop("page", False)
                options["page"] = self.page(resource, options["order"], root=root)
        uses, nodes = self.related(resource, depth)
        entries = [(name, shape.Field(name)) for name in names]
        if self.one([True, False, False]):
            parts = ("/x/", shape.Field("id"), "?'", shape.Field("id"))
            entries.append(("links", shape.Obj((("self", shape.Text(parts)),))))
        chosen = selection.Selection(resource, fields=tuple(names), related=tuple(uses), **options)
        return chosen, shape.Obj((*entries, *nodes))


def relations_of(resource):
    return [name for owner, name in family.RELATIONS if owner == resource]


@st.composite
def lists(draw):
    """A list read, at the root or under a parent."""
    drawer = Drawer(draw)
    options = {"page": True}
    resource = drawer.one(sorted(FIELDS))
    if drawer.one([True, False, False]):
        owner, relation = drawer.one(
            [key for key, (_, kind, _) in family.RELATIONS.items() if kind != "to_one"]
        )
        resource = family.RELATIONS[owner, relation][0]
        options["parent"] = selection.Parent(owner, relation, drawer.slot(drawer.one([1, 2, 9])))
    chosen, node = drawer.selection(resource, 2, **options)
    return Read(chosen, node, tuple(drawer.values), drawer.one(CALLERS))


@st.composite
def items(draw):
    """A read of one row, by its key or through a to-one relation of a parent."""
    drawer = Drawer(draw)
    if drawer.one([True, False]):
        resource = drawer.one(sorted(FIELDS))
        options = {"key": drawer.slot(drawer.one(POOLS["id"]))}
    else:
        owner, relation = drawer.one(
            [key for key, (_, kind, _) in family.RELATIONS.items() if kind == "to_one"]
        )
        resource = family.RELATIONS[owner, relation][0]
        options = {"parent": selection.Parent(owner, relation, drawer.slot(drawer.one([1, 2, 9])))}
    chosen, node = drawer.selection(resource, 2, to_one=True, **options)
    return Read(chosen, node, tuple(drawer.values), drawer.one(CALLERS))
