"""What a read means, in plain Python: no SQL, no cleverness, rows as dictionaries."""

import datetime
import functools
from decimal import Decimal

import msgspec

from accord.kernel import temporal
from accord.query import selection, shape
from tests.query import family


class Interpreter:
    """Answers Selections and Shapes over `data`: {resource: [row, …], "wearing": {(p, t)}}.

    A cursor is told by the id of its row.
    """

    def __init__(self, data, who, values):
        self.data = data
        self.who = who
        self.values = values

    # rows

    def readable(self, resource, row):
        return family.RULES[resource](row, self.who, self.data) is True

    def mask(self, resource, name, row):
        """Whether the field may be read in that row."""
        known = family.MASKS.get((resource, name))
        return True if known is None else known(row, self.who) is True

    def stored(self, resource, name, row):
        made = family.COMPUTED.get((resource, name))
        return row[name] if made is None else made(row)

    def rows(self, chosen, among):
        """The rows a Selection picks among some, in order, before its page."""
        picked = [
            row
            for row in among
            if self.readable(chosen.resource, row)
            and (chosen.filter is None or self.holds(chosen.resource, chosen.filter, row) is True)
        ]
        return self.sorted(chosen, picked)

    def sorted(self, chosen, rows):
        return sorted(rows, key=functools.cmp_to_key(functools.partial(self.compare, chosen)))

    def compare(self, chosen, a, b):
        for order in chosen.order:
            left = self.stored(chosen.resource, order.field, a)
            right = self.stored(chosen.resource, order.field, b)
            found = compared(left, right)
            if found:
                return -found if order.descending else found
        return 0

    def page(self, chosen, rows):
        """(the page's rows, whether more follow)."""
        page = chosen.page
        if page is None:
            return rows, False
        if page.offset is not None:
            rows = rows[self.values[page.offset] :]
        if page.keyset is not None:
            start = [None if slot is None else self.values[slot] for slot in page.keyset.slots]
            rows = [row for row in rows if self.beyond(chosen, row, start)]
            if page.keyset.backward:
                return rows[-page.limit :], len(rows) > page.limit
        return rows[: page.limit], len(rows) > page.limit

    def beyond(self, chosen, row, start):
        for order, value in zip(chosen.order, start, strict=True):
            found = compared(self.stored(chosen.resource, order.field, row), value)
            if found:
                after = (found > 0) is not order.descending
                return after is not chosen.page.keyset.backward
        return False

    # conditions: True, False or None as in SQL

    def holds(self, resource, node, row):
        match node:
            case selection.And():
                return family.all_of(*(self.holds(resource, each, row) for each in node.items))
            case selection.Or():
                return family.any_of(*(self.holds(resource, each, row) for each in node.items))
            case selection.Not():
                return self.holds(resource, node.item, row) is not True
            case selection.Through():
                target, _, related = family.RELATIONS[resource, node.relation]
                return any(
                    related(row, other, self.data)
                    and self.readable(target, other)
                    and self.holds(target, node.item, other) is True
                    for other in self.data[target]
                )
            case selection.Named():
                key = node.param if node.choice is None else (node.param, node.choice)
                given = None if node.slot is None else self.values[node.slot]
                return family.PARAMS[key](row, given, self.data)
            case selection.Search():
                return family.any_of(
                    *(
                        self.masked(
                            resource,
                            name,
                            row,
                            contains(row[name], self.values[node.slot]),
                        )
                        for name in family.SEARCH[resource]
                    )
                )
        value = self.stored(resource, node.field, row)
        match node:
            case selection.IsNull():
                found = (value is None) is not node.negate
            case selection.Literally():
                found = None if value is None else value in node.values
                if node.negate:
                    found = found is not True
            case selection.Compare():
                found = self.compares(node, value)
        return self.masked(resource, node.field, row, found)

    def masked(self, resource, name, row, found):
        return family.all_of(self.mask(resource, name, row), found)

    def compares(self, node, value):
        given = self.values[node.slot]
        if node.operator == "ne":
            return value != given
        if value is None:
            return False if node.operator == "in" and not given else None
        match node.operator:
            case "eq":
                return value == given
            case "in":
                return value in given
            case "like":
                return contains(value, given)
            case "gt":
                return value > given
            case "gte":
                return value >= given
            case "lt":
                return value < given
        return value <= given

    # documents

    def document(self, chosen, node, row):
        related = {each.alias: each for each in chosen.related}
        return {key: self.node(chosen, related, entry, row) for key, entry in node.entries}

    def node(self, chosen, related, node, row):
        match node:
            case shape.Field():
                if not self.mask(chosen.resource, node.name, row):
                    return None
                return wire(self.stored(chosen.resource, node.name, row))
            case shape.Const():
                return node.value
            case shape.Text():
                parts = [
                    part if isinstance(part, str) else self.node(chosen, related, part, row)
                    for part in node.parts
                ]
                return None if None in parts else "".join(str(part) for part in parts)
            case shape.Obj():
                return {k: self.node(chosen, related, each, row) for k, each in node.entries}
            case shape.Rel():
                return self.relation(chosen, related[node.alias], node.node, row)
            case shape.Count():
                return len(self.related_rows(chosen, related[node.alias], row))
        return self.connection(chosen, related[node.alias], node, row)

    def related_rows(self, chosen, use, row):
        target, _, tied = family.RELATIONS[chosen.resource, use.relation]
        among = [other for other in self.data[target] if tied(row, other, self.data)]
        return self.rows(use.selection, among)

    def relation(self, chosen, use, node, row):
        rows, _ = self.page(use.selection, self.related_rows(chosen, use, row))
        found = [self.document(use.selection, node, each) for each in rows]
        if family.RELATIONS[chosen.resource, use.relation][1] == "to_one":
            return found[0] if found else None
        return found

    def edge(self, chosen, node, row):
        cursor = {"cursor": row["id"]} if node.cursor else {}
        return {**cursor, "node": self.document(chosen, node.node, row)}

    def connection(self, chosen, use, node, row):
        rows = self.related_rows(chosen, use, row)
        kept, more = self.page(use.selection, rows)
        found = {}
        if node.edges is not None:
            found[node.edges] = [self.edge(use.selection, node, each) for each in kept]
        if node.nodes is not None:
            found[node.nodes] = [self.document(use.selection, node.node, each) for each in kept]
        if node.page_info:
            page = use.selection.page
            backward = page.keyset is not None and page.keyset.backward
            came = page.keyset is not None or page.offset is not None
            found["pageInfo"] = {
                "hasNextPage": came if backward else more,
                "hasPreviousPage": more if backward else came,
                "startCursor": kept[0]["id"] if kept else None,
                "endCursor": kept[-1]["id"] if kept else None,
            }
        if node.total:
            found["totalCount"] = len(rows)
        return found


def compared(a, b):
    """-1, 0 or 1; null is the largest value and equals itself."""
    if a is None or b is None:
        return (a is None) - (b is None)
    return (a > b) - (a < b)


def contains(text, part):
    return None if text is None else lower(part) in lower(text)


def lower(text):
    """Letter by letter, as databases do it: no final sigma, no letter that becomes two."""
    return "".join(each.lower()[0] for each in text)


def wire(value):
    match value:
        case datetime.datetime():
            return temporal.format_timestamp(value)
        case Decimal():
            return str(value.quantize(Decimal("0.01")))
    return msgspec.to_builtins(value)
