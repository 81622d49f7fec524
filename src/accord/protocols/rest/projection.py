"""Room: protocols/rest. Reads `fields` and `include` into a tree of what is to be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from accord.contract import contract, resource
from accord.kernel import problem
from accord.protocols.rest import names, querystring, sorting
from accord.query import selection

Readable = Callable[[str], frozenset[str]]


class Node(msgspec.Struct, frozen=True):
    """One resource to be shown: which fields, None for all readable; which relations below.

    `links` are relations of JSON:API to be named although they are not included.
    """

    resource: str
    fields: tuple[str, ...] | None = None
    related: tuple[tuple[str, Node], ...] = ()
    links: tuple[str, ...] | None = None


class Projections:
    """Reads projections of the resources of one contract; made at start-up.

    An included to-many relation shows the first rows in its resource's own order, as many as
    a page of that resource has by default (`sizes`).
    """

    def __init__(self, source: contract.Contract, depth: int, sizes: Mapping[str, int]) -> None:
        self.contract = source
        self._depth = depth
        self._sizes = sizes
        self._fields = {
            each.name: {field.name: field for field in each.fields if field.read}
            for each in source.resources
        }
        self._relations = {
            each.name: {relation.name: relation for relation in each.relations}
            for each in source.resources
        }

    def reachable(self, name: str) -> frozenset[str]:
        """Resources that a document of the named one may hold."""
        seen = {name}
        edge = [name]
        for _ in range(self._depth):
            edge = [r.target for each in edge for r in self._relations.get(each, {}).values()]
            edge = [each for each in dict.fromkeys(edge) if each in self._fields]
            seen.update(edge)
        return frozenset(seen)

    def build(
        self, name: str, groups: Mapping[str, Sequence[querystring.Entry]], include: str = ""
    ) -> Node:
        """The tree the parameters ask for; `include` is what is shown when they say nothing."""
        chosen = self._chosen(name, groups)
        given = groups.get("include")
        spelling = "include"
        if given is not None:
            entry = querystring.once(list(given))
            spelling, include = entry.spelling, entry.text
        tree: dict[str, dict[str, object]] = {}
        for path in (part.strip() for part in include.split(",")):
            if path:
                self._walk(name, path, tree, spelling)
        return self._node(name, tree, chosen, root=True)

    def _chosen(
        self, name: str, groups: Mapping[str, Sequence[querystring.Entry]]
    ) -> dict[str, tuple[str, ...]]:
        """The chosen fields by resource; those of the root under ''."""
        chosen: dict[str, tuple[str, ...]] = {}
        for group in groups.values():
            if group[0].name.meaning != "fields":
                continue
            entry = querystring.once(list(group))
            target = entry.name.field or name
            words = [word.strip() for word in entry.text.split(",") if word.strip()]
            for word in words:
                self._known(target, word, entry.spelling)
            chosen[entry.name.field] = tuple(dict.fromkeys(words))
        if "" in chosen and name in chosen:
            raise querystring.conflict("fields", f"fields[{name}]", "say the same")
        return chosen

    def _known(self, target: str, word: str, spelling: str) -> None:
        if word not in self._fields[target] and word not in self._relations[target]:
            raise names.refuse(
                "UNKNOWN_FIELD",
                f"{target} has no field {word!r}",
                spelling,
                word,
                (*self._fields[target], *self._relations[target]),
            )

    def _walk(
        self, name: str, path: str, tree: dict[str, dict[str, object]], spelling: str
    ) -> None:
        steps = path.split(".")
        if len(steps) > self._depth:
            raise problem.Problem(
                "INCLUDE_TOO_DEEP",
                f"{path!r} has {len(steps)} steps; at most {self._depth} are followed.",
            )
        at = name
        inner: dict[str, object] = tree  # type: ignore[assignment]
        for step in steps:
            relation = self._relations[at].get(step)
            if relation is None or relation.target not in self._fields:
                raise names.refuse(
                    "UNKNOWN_INCLUDE",
                    f"{at} has no relation {step!r}",
                    spelling,
                    step,
                    self._relations[at],
                )
            inner = inner.setdefault(step, {})  # type: ignore[assignment]
            at = relation.target

    def _node(
        self,
        name: str,
        tree: Mapping[str, object],
        chosen: Mapping[str, tuple[str, ...]],
        *,
        root: bool = False,
    ) -> Node:
        words = chosen.get("") if root and "" in chosen else chosen.get(name)
        relations = self._relations[name]
        # In the order of the declaration, so that equal wishes are equal trees.
        related = tuple(
            (step, self._node(relation.target, tree[step], chosen))  # type: ignore[arg-type]
            for step, relation in relations.items()
            if step in tree
        )
        if words is None:
            return Node(name, None, related)
        return Node(
            name,
            tuple(word for word in words if word in self._fields[name]),
            related,
            tuple(word for word in words if word in relations),
        )

    def selected(self, node: Node, readable: Readable) -> selection.Selection:
        """The Selection of a node, for a caller who may read those fields."""
        spec = self.contract.by_name[node.resource]
        return selection.Selection(
            node.resource,
            fields=self.fields(node, readable),
            related=tuple(self._related(node, readable)),
            order=sorting.closed(
                [selection.Order(each.field, each.descending) for each in spec.order], spec.key
            ),
        )

    def fields(self, node: Node, readable: Readable) -> tuple[str, ...]:
        """The fields shown of a node, in the order they were asked for or declared."""
        if node.fields is not None:
            return node.fields
        allowed = readable(node.resource)
        return tuple(name for name in self._fields[node.resource] if name in allowed)

    def relation(self, name: str, relation: str) -> resource.Relation:
        """A relation of a resource."""
        return self._relations[name][relation]

    def field(self, name: str, field: str) -> resource.Field:
        """A readable field of a resource."""
        return self._fields[name][field]

    def _related(self, node: Node, readable: Readable) -> Iterator[selection.Related]:
        for step, inner in node.related:
            chosen = self.selected(inner, readable)
            if self._relations[node.resource][step].kind == "to_one":
                chosen = msgspec.structs.replace(chosen, order=())
            else:
                page = selection.Page(self._sizes[inner.resource], more=False, cursors=False)
                chosen = msgspec.structs.replace(chosen, page=page)
            yield selection.Related(step, step, chosen)
