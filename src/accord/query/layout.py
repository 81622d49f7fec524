"""Room: query. Shapes to JSON-building SQL: objects, related rows, connections, counts."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from accord.binding import binding
from accord.query import build, dialects, joins, plan, rowset, selection, shape

Path = tuple[str, ...]


class Layout:
    """Writes the Shape of one resource's row, whose alias is given per call.

    `finish` collects what Python does afterwards, by path into the whole document.
    """

    def __init__(self, making: build.Build, permission: str = "get"):
        self.making = making
        self.permission = permission
        self.finish: list[plan.Finish] = []

    def pairs(
        self,
        resource: binding.ResourceBinding,
        chosen: selection.Selection,
        node: shape.Obj,
        alias: str,
        path: Path,
    ) -> list[tuple[str, str]]:
        """(key, SQL) of an object's entries."""
        related = {each.alias: each for each in chosen.related}
        return [
            (key, self.value(resource, related, chosen, entry, alias, (*path, key)))
            for key, entry in node.entries
        ]

    def value(
        self,
        resource: binding.ResourceBinding,
        related: Mapping[str, selection.Related],
        chosen: selection.Selection,
        node: shape.Node,
        alias: str,
        path: Path,
    ) -> str:
        """The SQL of one node."""
        match node:
            case shape.Field():
                return self.field(resource, node.name, alias, path)
            case shape.Const():
                return dialects.literal(node.value)
            case shape.Text():
                return self._text(resource, node, alias)
            case shape.Obj():
                pairs = self.pairs(resource, chosen, node, alias, path)
                return self.making.dialect.json_object(pairs)
            case shape.RowKey():
                keys = rowset.keys(self.making, resource, chosen.order, alias)
                return rowset.cursor(self.making, keys)
            case shape.Rel():
                return self._related(resource, related[node.alias], node.node, alias, path)
            case shape.Count():
                return self._count(resource, related[node.alias], alias)
            case shape.Connection():
                return self._connection(resource, related[node.alias], node, alias, path)

    def field(self, resource: binding.ResourceBinding, name: str, alias: str, path: Path) -> str:
        """A field's wire value, null in rows where it may not be read."""
        field = resource.fields[name]
        if field.compute is not None:
            made = self._computed(resource, field, alias, path)
        else:
            output = self.making.written(resource, name, alias)
            made = output.sql
            if output.finish is not None:
                self.finish.append(plan.Finish(path, output.finish))
        return self._masked(resource, name, alias, made)

    def _masked(self, resource: binding.ResourceBinding, name: str, alias: str, made: str) -> str:
        """The root's rows are judged by its own operation, related ones as rows of a list."""
        permission = self.permission if alias == "p" else "list"
        decided = self.making.catalog.mask(resource, permission, name, self.making.variant)
        mask = self.making.condition(decided, alias)
        return made if mask is None else f"case when {mask} then {made} end"

    def _computed(
        self,
        resource: binding.ResourceBinding,
        field: binding.FieldBinding,
        alias: str,
        path: Path,
    ) -> str:
        """A Python field travels as an object of what it depends on."""
        pairs = []
        for name in field.depends:
            output = self.making.written(resource, name, alias)
            if output.finish is not None:
                self.finish.append(plan.Finish((*path, name), output.finish))
            pairs.append((name, output.sql))
        if field.compute is not None:
            self.finish.append(plan.Finish(path, field.compute))
        return self.making.dialect.json_object(pairs)

    def _text(self, resource: binding.ResourceBinding, node: shape.Text, alias: str) -> str:
        return " || ".join(
            dialects.literal(part)
            if isinstance(part, str)
            else f"({self._part(resource, part.name, alias)})"
            for part in node.parts
        )

    def _part(self, resource: binding.ResourceBinding, name: str, alias: str) -> str:
        written = self.making.written(resource, name, alias).sql
        # A link names its own row by a key that is always shown.
        return (
            written if name == resource.spec.key else self._masked(resource, name, alias, written)
        )

    def _related(
        self,
        resource: binding.ResourceBinding,
        use: selection.Related,
        node: shape.Node,
        alias: str,
        path: Path,
    ) -> str:
        relation = resource.relations[use.relation]
        target = self.making.catalog.resource(relation.target)
        chosen = use.selection
        if not isinstance(node, shape.Obj):
            raise TypeError("a related row is laid out as an object")
        inner = self.making.alias()
        tie = functools.partial(joins.related, self.making, resource, relation, target, alias)
        if relation.spec.kind == "to_one":
            source = rowset.one(self.making, target, chosen, inner, tie)
            pairs = self.pairs(target, chosen, node, inner, path)
            return self.making.dialect.json_row(pairs, source)
        page = self.making.alias()
        source = rowset.many(self.making, target, chosen, inner, tie, extra=0)
        pairs = self.pairs(target, chosen, node, page, (*path, "*"))
        backward = rowset.is_backward(chosen)
        ordering = rowset.ordering(self.making, target, chosen.order, page) if backward else ""
        return self.making.dialect.json_rows(pairs, f"{source} {page}", order=ordering)

    def _count(self, resource: binding.ResourceBinding, use: selection.Related, alias: str) -> str:
        relation = resource.relations[use.relation]
        target = self.making.catalog.resource(relation.target)
        inner = self.making.alias()
        source, tie = joins.related(self.making, resource, relation, target, alias, inner)
        wanted = rowset.conditions(self.making, target, use.selection, inner)
        return f"(select count(*) from {source} where {' and '.join([tie, *wanted])})"

    def _connection(
        self,
        resource: binding.ResourceBinding,
        use: selection.Related,
        node: shape.Connection,
        alias: str,
        path: Path,
    ) -> str:
        relation = resource.relations[use.relation]
        target = self.making.catalog.resource(relation.target)
        chosen = use.selection
        if chosen.page is None or not isinstance(node.node, shape.Obj):
            raise TypeError("a connection needs a page and an object for its nodes")
        tie = functools.partial(joins.related, self.making, resource, relation, target, alias)
        inner, page = self.making.alias(), self.making.alias()
        numbered = rowset.numbered(self.making, target, chosen, inner, tie)
        if rowset.is_backward(chosen):
            numbered = self.making.dialect.turned(numbered)
        limit = chosen.page.limit
        entries = self._edges(target, chosen, node, page, path, limit)
        if node.page_info:
            entries.append(("pageInfo", self._page_info(target, chosen, page, limit)))
        if node.total:
            entries.append(("totalCount", self._count(resource, use, alias)))
        body = self.making.dialect.json_object(entries)
        return f"(select {body} from {numbered} {page})"

    def _edges(
        self,
        target: binding.ResourceBinding,
        chosen: selection.Selection,
        node: shape.Connection,
        page: str,
        path: Path,
        limit: int,
    ) -> list[tuple[str, str]]:
        dialect = self.making.dialect
        keys = rowset.keys(self.making, target, chosen.order, page)
        kept = f"{page}.accord_n <= {limit}"
        backward = rowset.is_backward(chosen)
        order = f"{page}.accord_n desc" if backward else ""
        entries = []
        for name, edge in ((node.edges, True), (node.nodes, False)):
            if name is None:
                continue
            at = (*path, name, "*", "node") if edge else (*path, name, "*")
            if not isinstance(node.node, shape.Obj):
                continue
            row = dialect.json_object(self.pairs(target, chosen, node.node, page, at))
            if edge:
                cursor = [("cursor", rowset.cursor(self.making, keys))] if node.cursor else []
                row = dialect.json_object([*cursor, ("node", row)])
            entries.append((name, dialect.json_list(row, kept, order)))
        return entries

    def _page_info(
        self,
        target: binding.ResourceBinding,
        chosen: selection.Selection,
        page: str,
        limit: int,
    ) -> str:
        """Relay's PageInfo; has-previous of a forward page is told by its having a cursor."""
        dialect = self.making.dialect
        cursor = rowset.cursor(self.making, rowset.keys(self.making, target, chosen.order, page))
        more = dialect.boolean(f"count(*) > {limit}")
        asked = chosen.page
        moved = asked is not None and (asked.keyset is not None or asked.offset is not None)
        came = dialect.boolean("true" if moved else "false")
        near = f"max(case when {page}.accord_n = 1 then {cursor} end)"
        last = dialect.least(f"{page}.accord_of", str(limit))
        far = f"max(case when {page}.accord_n = {last} then {cursor} end)"
        backward = rowset.is_backward(chosen)
        return str(
            dialect.json_object(
                [
                    ("hasNextPage", came if backward else more),
                    ("hasPreviousPage", more if backward else came),
                    ("startCursor", far if backward else near),
                    ("endCursor", near if backward else far),
                ]
            )
        )
