"""Room: query. A read's Selection and Shape to one statement."""

from __future__ import annotations

from accord.binding import binding
from accord.query import (
    build,
    catalog,
    dialects,
    filters,
    joins,
    layout,
    plan,
    policy,
    rowset,
    selection,
    shape,
)

COUNT_CAP = 10_000
Column = tuple[str, str]


def compile_read(
    known: catalog.Catalog,
    chosen: selection.Selection,
    node: shape.Obj,
    variant: policy.Variant,
    *,
    permission: str = "list",
    reveal: bool = False,
) -> plan.Plan:
    """The statement that answers a read with JSON.

    `permission` is the operation whose rules hold at the root; `reveal` adds `exists`, of a
    parent `present`, so that hidden and absent can be told apart.
    """
    making = build.Build(known, variant)
    reading = _Read(making, known.resource(chosen.resource), chosen, permission)
    keys = None
    if chosen.page is None:
        sql, columns = reading.item(node, reveal)
    elif chosen.page.count == "none" and chosen.parent is None:
        keys = key_paths(making, reading.resource, chosen, node)
        sql, columns = reading.rows(node, keyed=keys is None)
    else:
        sql, columns = reading.page(node, reveal)
    finish = tuple(reading.layout.finish)
    replan = making.replan and chosen.page is not None
    return plan.Plan(sql, tuple(making.sources), columns, finish, keys, replan)


class _Read:
    """One read being compiled."""

    def __init__(
        self,
        making: build.Build,
        resource: binding.ResourceBinding,
        chosen: selection.Selection,
        permission: str,
    ):
        self.making = making
        self.resource = resource
        self.chosen = chosen
        self.permission = permission
        self.layout = layout.Layout(making, permission)

    def rows(self, node: shape.Obj, keyed: bool) -> tuple[str, tuple[str, ...]]:
        """A list of which nothing but its rows is asked: one JSON object a row.

        A quarter cheaper than numbering and aggregating them: the page is cut and its ends are
        read from the documents by whoever joins them.
        """
        making = self.making
        inner = making.alias()
        extra = 1 if self.chosen.page is not None and self.chosen.page.more else 0
        source = rowset.many(making, self.resource, self.chosen, inner, None, extra)
        pairs = self.layout.pairs(self.resource, self.chosen, node, "p", ("*",))
        data, origin = making.dialect.json_each(pairs, f"{source} p")
        columns: list[Column] = [("data", data)]
        if keyed:
            keys = rowset.keys(making, self.resource, self.chosen.order, "p")
            columns.append(("key", making.dialect.text(keys)))
        return _select(columns, origin)

    def page(self, node: shape.Obj, reveal: bool) -> tuple[str, tuple[str, ...]]:
        """A list with facts about it: always one row, with the items as one JSON list."""
        making, page = self.making, self.chosen.page
        if page is None:
            raise TypeError("a list needs a page")
        inner = making.alias()
        added = self._parent_ties(inner)
        needs_numbers = page.more or page.cursors or rowset.is_backward(self.chosen)
        if needs_numbers:
            rows = self._numbered(inner, added)
        else:
            rows = rowset.many(making, self.resource, self.chosen, inner, None, 0, added)
        pairs = self.layout.pairs(self.resource, self.chosen, node, "p", ("*",))
        kept = f"p.accord_n <= {page.limit}" if page.more else ""
        turned = "p.accord_n desc" if rowset.is_backward(self.chosen) else ""
        data, source = making.dialect.json_page(pairs, f"{rows} p", kept, turned)
        columns: list[Column] = [("data", data)]
        if page.more:
            columns.append(("count", "count(*)"))
        if page.cursors:
            columns += self._ends(page.limit)
        columns += self._total(page) + self._parent_exists(reveal)
        return _select(columns, source)

    def _numbered(self, alias: str, added: list[str]) -> str:
        making = self.making
        rows = rowset.many(making, self.resource, self.chosen, alias, None, 1, added)
        inner = making.alias()
        return f"(select {inner}.*, row_number() over () as accord_n from {rows} {inner})"

    def _ends(self, limit: int) -> list[Column]:
        """The sort values of the nearest row and, when more follow, of the last one kept."""
        keys = rowset.keys(self.making, self.resource, self.chosen.order, "p")
        text = self.making.dialect.text(keys)
        return [
            ("first", f"max(case when p.accord_n = 1 then {text} end)"),
            ("last", f"max(case when p.accord_n = {limit} then {text} end)"),
        ]

    def _total(self, page: selection.Page) -> list[Column]:
        if page.count == "none":
            return []
        alias = self.making.alias()
        wanted = [
            *self._parent_ties(alias),
            *rowset.conditions(self.making, self.resource, self.chosen, alias, self.permission),
        ]
        where = f" where {' and '.join(wanted)}" if wanted else ""
        table = f"{build.table_name(self.resource.table)} {alias}"
        if page.count == "exact":
            return [("total", f"(select count(*) from {table}{where})")]
        some = f"select 1 from {table}{where} limit {COUNT_CAP + 1}"
        return [("total", f"(select count(*) from ({some}) {self.making.alias()})")]

    def item(self, node: shape.Obj, reveal: bool) -> tuple[str, tuple[str, ...]]:
        """One row by key or through a to-one relation of a parent."""
        making, resource = self.making, self.resource
        wanted = rowset.conditions(making, resource, self.chosen, "p", self.permission)
        ties = self._parent_ties("p") + self._key_tie("p")
        pairs = self.layout.pairs(resource, self.chosen, node, "p", ())
        table = f"{build.table_name(resource.table)} p"
        source = f"{table} where {' and '.join([*ties, *wanted])}"
        columns = [
            ("data", making.dialect.json_here(pairs)),
            *facts(making, resource, "p", self.chosen.deleted),
        ]
        hides = making.catalog.rows(resource, self.permission, making.variant) is not True
        if not (reveal and hides) and self.chosen.parent is None:
            return _select(columns, source)
        gone = None if self.chosen.deleted else filters.hidden_rows(making, resource, "p")
        absent = " and ".join([*ties, *([] if gone is None else [gone])])
        exists = (
            self._parent_exists(reveal)
            if self.chosen.parent is not None
            else [("exists", f"exists (select 1 from {table} where {absent})")]
        )
        # A row always comes back: the outer join keeps it when the policy hides the other.
        inner = ", ".join(f"{sql} as {dialects.quote(name)}" for name, sql in columns)
        outer = [(name, f"d.{dialects.quote(name)}") for name, _ in columns]
        joined = f"(select 1 as one) o left join (select {inner} from {source}) d on true"
        return _select([*outer, *exists], joined)

    def _key_tie(self, alias: str) -> list[str]:
        if self.chosen.key is None:
            return []
        key = self.resource.fields[self.resource.spec.key]
        value = self.making.value(self.chosen.key, self.making.converter(key))
        return [f"{self.making.column(alias, self.resource.key)} = {value}"]

    def _parent_ties(self, alias: str) -> list[str]:
        parent = self.chosen.parent
        if parent is None:
            return []
        bound = self.making.catalog.resource(parent.resource)
        relation = bound.relations[parent.relation]
        return [joins.of_parent(self.making, bound, relation, parent.slot, alias)]

    def _parent_exists(self, reveal: bool) -> list[Column]:
        parent = self.chosen.parent
        if parent is None:
            return []
        making = self.making
        bound = making.catalog.resource(parent.resource)
        alias = making.alias()
        key = making.value(parent.slot, making.converter(bound.fields[bound.spec.key]))
        tie = f"{making.column(alias, bound.key)} = {key}"
        nothing = selection.Selection(parent.resource)
        wanted = [tie, *rowset.conditions(making, bound, nothing, alias, "get")]
        table = f"{build.table_name(bound.table)} {alias}"
        columns = [("exists", f"exists (select 1 from {table} where {' and '.join(wanted)})")]
        if reveal and making.catalog.rows(bound, "get", making.variant) is not True:
            gone = filters.hidden_rows(making, bound, alias)
            there = " and ".join([tie, *([] if gone is None else [gone])])
            columns.append(("present", f"exists (select 1 from {table} where {there})"))
        return columns


def key_paths(
    making: build.Build,
    resource: binding.ResourceBinding,
    chosen: selection.Selection,
    node: shape.Obj,
) -> tuple[tuple[str, ...], ...] | None:
    """Where the document itself shows each sort value exactly, None when it does not."""
    for order in chosen.order:
        shown = making.written(resource, order.field, "p")
        exact = making.keyed(resource, order.field, "p")
        masked = making.catalog.mask(resource, "list", order.field, making.variant)
        if shown.finish is not None or shown.sql != exact or masked is not True:
            return None
    found = [_path(node, order.field) for order in chosen.order]
    return None if any(path is None for path in found) else tuple(path for path in found if path)


def _path(node: shape.Obj, name: str) -> tuple[str, ...] | None:
    for key, entry in node.entries:
        if isinstance(entry, shape.Field) and entry.name == name:
            return (key,)
        if isinstance(entry, shape.Obj):
            inner = _path(entry, name)
            if inner is not None:
                return (key, *inner)
    return None


def facts(
    making: build.Build, resource: binding.ResourceBinding, alias: str, deleted: bool = False
) -> list[Column]:
    """What conditions and status depend on: version or state, modification, deletion."""
    columns: list[Column] = []
    if resource.version is not None:
        columns.append(("version", making.column(alias, resource.version)))
    else:
        columns.append(("state", state(making, resource, alias)))
    if resource.spec.modified is not None:
        written = making.written(resource, resource.spec.modified, alias)
        columns.append(("modified", written.sql))
    if resource.deleted is not None and deleted:
        columns.append(("deleted", f"{making.column(alias, resource.deleted)} is not null"))
    return columns


def state(making: build.Build, resource: binding.ResourceBinding, alias: str) -> str:
    """The stored fields the caller may read, as one JSON array: a version where no column is.

    What is hidden from the caller is left out: whoever knows all the rest of a row could find
    out the one value that is missing by trying which gives the hash in its ETag.
    """
    items = []
    for name, field in resource.fields.items():
        mask = making.catalog.mask(resource, "get", name, making.variant)
        if field.column is None or not field.spec.read or mask is False:
            continue
        written = making.written(resource, name, alias).sql
        shown = making.condition(mask, alias)
        items.append(written if shown is None else f"case when {shown} then {written} end")
    return making.dialect.json_array(items)


def _select(columns: list[Column], source: str) -> tuple[str, tuple[str, ...]]:
    listed = ", ".join(f"{sql} as {dialects.quote(name)}" for name, sql in columns)
    return f"select {listed} from {source}", tuple(name for name, _ in columns)
