"""Room: query. The flags of a write: conditions on its rows that tell why it may not be.

They are written over two rows: `c`, the row as it is, and `n`, the row as it would be.
"""

from __future__ import annotations

import sqlalchemy as sa

from accord.binding import binding
from accord.query import (
    build,
    catalog,
    change,
    dialects,
    fragments,
    policy,
    rowset,
    selection,
    values,
)

FOUND, DELETED, OLD = "accord_found", "accord_deleted", "accord_old"
MATCH, NEW, EXISTS = "accord_match", "accord_new", "exists"
REFERENCE, PROBE = "accord_ref_", "accord_key_"


class Flags:
    """What judges one write of one kind of caller, and how each flag is written."""

    def __init__(
        self,
        known: catalog.Catalog,
        write: change.Write,
        variant: policy.Variant,
        *,
        reveal: bool,
    ):
        self._catalog = known
        self._write = write
        self._variant = variant
        self._resource = known.resource(write.resource)
        self.rules = self._rules()
        self.after = write.after or self._reads_unknown()
        self.names = self._names(reveal)

    def _rules(self) -> fragments.Fragment | bool:
        write = self._write
        if write.kind == "delete":
            return self._catalog.rows(self._resource, write.permission, self._variant)
        return self._catalog.writes(self._resource, write.permission, write.touched, self._variant)

    def _names(self, reveal: bool) -> tuple[str, ...]:
        write, names = self._write, []
        ruled = self.rules is not True
        if write.kind != "create":
            names.append(FOUND)
            names += [DELETED] if self._resource.deleted is not None else []
            names += [OLD] if ruled else []
        if write.match:
            names.append(MATCH)
        names += [REFERENCE + name for name in write.references if self._guards(name)]
        names += [PROBE + name for name in write.probes]
        if write.kind != "delete" and ruled and not self.after:
            names.append(NEW)
        if reveal and write.kind != "create":
            names.append(EXISTS)
        return tuple(names)

    def _guards(self, relation: str) -> bool:
        """Whether a reference needs more than the foreign key: a target that may be hidden.

        SQLite's foreign keys name nothing when they fail, so there each reference is looked up.
        """
        if self._catalog.dialect.name == "sqlite":
            return True
        target = self._catalog.resource(self._resource.relations[relation].target)
        readable = self._catalog.rows(target, "get", self._variant)
        return readable is not True or target.deleted is not None

    def _reads_unknown(self) -> bool:
        """Whether the rules read a column that only the database fills in."""
        write = self._write
        if write.kind == "delete" or isinstance(self.rules, bool):
            return False
        table = self._resource.table
        folded = policy.fields(self._resource, write.permission, write.touched, self._variant)
        if isinstance(folded, bool):
            return False
        unknown = values.made_by_database if write.kind == "create" else values.remade_by_database
        read = policy.reads(folded, table) - set(write.columns)
        return any(unknown(column) for column in table.c if column.name in read)

    # One flag as text

    def column(self, making: build.Build, name: str) -> str:
        """A flag over `c` and `n`; not for `exists`, which asks the table."""
        match name:
            case "accord_found":
                return "true"
            case "accord_deleted":
                return f"{self._deleted(making)} is not null"
            case "accord_match":
                return self._matches(making)
            case "accord_old":
                return self.allowed(making, "c")
            case "accord_new":
                return self.allowed(making, "n")
        if name.startswith(PROBE):
            return self._probe(making, name.removeprefix(PROBE))
        return self._reference(making, name.removeprefix(REFERENCE))

    def _deleted(self, making: build.Build) -> str:
        if self._resource.deleted is None:
            raise TypeError(f"{self._resource.spec.name} is not deleted softly")
        return making.column("c", self._resource.deleted)

    def allowed(self, making: build.Build, alias: str) -> str:
        """The rules on the row of an alias, never null."""
        return f"coalesce({making.condition(self.rules, alias) or 'true'}, false)"

    def holds(self) -> str:
        """The condition on `f`, which has all flags, under which the change is made."""
        wanted = []
        for name in self.names:
            if name not in (EXISTS, FOUND):
                quoted = f"f.{dialects.quote(name)}"
                wanted.append(f"not {quoted}" if name == DELETED else quoted)
        return " and ".join(wanted) or "true"

    def _matches(self, making: build.Build) -> str:
        if self._resource.version is None:
            return "true"  # compared with the state by the flow
        version = making.dialect.as_text(making.column("c", self._resource.version))
        slot = change.key_slot(self._write) + 1
        given = making.value(slot, values.texts(making.dialect))
        return making.dialect.in_list(version, given)

    def _reference(self, making: build.Build, name: str) -> str:
        """The row referred to is there and the caller may read it."""
        relation = self._resource.relations[name]
        target = self._catalog.resource(relation.target)
        alias = making.alias()
        wanted = [
            f"{making.column(alias, remote)} = {making.column('n', local)}"
            for local, remote in relation.pairs
        ]
        nothing = selection.Selection(relation.target)
        wanted += rowset.conditions(making, target, nothing, alias, "get")
        empty = " or ".join(f"{making.column('n', local)} is null" for local, _ in relation.pairs)
        found = f"select 1 from {build.table_name(target.table)} {alias}"
        return f"({empty} or exists ({found} where {' and '.join(wanted)}))"

    def _probe(self, making: build.Build, name: str) -> str:
        """The row referred to is there, readable or not: nobody asked for it by name."""
        key = foreign_key(self._resource, name)
        local = f"n.{dialects.quote(name)}"
        if key is None:
            return "true"
        alias = making.alias()
        found = f"select 1 from {build.table_name(key.column.table)} {alias}"
        tie = f"{making.column(alias, key.column)} = {local}"
        return f"({local} is null or exists ({found} where {tie}))"


def foreign_key(resource: binding.ResourceBinding, name: str) -> sa.ForeignKey | None:
    """The foreign key of a column that stands alone in its constraint."""
    column = values.named(resource.table, name)
    for key in column.foreign_keys:
        if key.constraint is not None and len(key.constraint.elements) == 1:
            return key
    return None
