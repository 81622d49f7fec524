"""Room: query. Creates, updates and deletes as statements that judge, change and show at once.

Every write has the same parts: `c` the current row, locked; `n` the new row as it would be;
`f` the new row with flags that tell why it may not be; the change itself, done only where all
flags hold; and the document. PostgreSQL takes them as one statement, else they run one after
another in a transaction. Flags come back in both cases, so that 404, 403, 412 and 422 differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import sqlalchemy as sa

from accord.query import (
    build,
    catalog,
    dialects,
    fragments,
    layout,
    plan,
    policy,
    read,
    rowset,
    selection,
    shape,
    values,
)


class Write(msgspec.Struct, frozen=True):
    """The shape of one write; its values come in slots, see `slots`.

    `permission` is the operation that rules speak of; `columns` are set by the statement;
    `touched` the fields the caller set, which access rules judge; `references` the to-one
    relations among them; `match` whether versions are compared; `alone` whether nothing else
    must be written with it; `after` asks for nothing but the judgement of a stored row.
    """

    kind: Literal["create", "update", "delete"]
    resource: str
    permission: str
    columns: tuple[str, ...] = ()
    touched: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()
    match: bool = False
    alone: bool = True
    after: bool = False
    view: tuple[selection.Selection, shape.Obj] | None = None
    view_values: int = 0
    companions: tuple[Companion, ...] = ()


class Companion(msgspec.Struct, frozen=True):
    """A row that must be written with a change: a table and where its columns come from.

    `columns` are (column, source): a value's slot beyond the write's own, or a field of the
    row, in its wire format. `document` names a column that takes all fields as JSON.
    """

    table: str
    columns: tuple[tuple[str, int | str], ...]
    document: str | None = None


class WritePlan(msgspec.Struct, frozen=True):
    """`single` does it all; else `check`, `change`, `companions` and `document` in turn.

    For a delete companions come before the change. `verify` is a check after the change, for
    rules that read what only the database knows. `flags` name the columns that judge.
    """

    flags: tuple[str, ...]
    single: plan.Plan | None = None
    check: plan.Plan | None = None
    change: plan.Plan | None = None
    verify: plan.Plan | None = None
    companions: tuple[plan.Plan, ...] = ()
    document: plan.Plan | None = None


def key_slot(write: Write) -> int:
    """Where the row's key stands in the values; the versions to match follow it."""
    return write.view_values


def first_slot(write: Write) -> int:
    """Where the columns' values start, in the order of `columns`."""
    return write.view_values + 2


def compile_write(
    known: catalog.Catalog,
    write: Write,
    variant: policy.Variant,
    *,
    reveal: bool = False,
    tables: dict[str, sa.Table] | None = None,
) -> WritePlan:
    """The statements of a write, one where the database and the write allow it."""
    made = _Writing(known, write, variant, reveal, tables or {})
    if known.dialect.name == "postgresql" and write.alone and not made.needs_verify:
        return WritePlan(made.flag_names(), single=made.single())
    return made.steps()


class _Writing:
    """One write being compiled; each statement has a Build of its own."""

    def __init__(
        self,
        known: catalog.Catalog,
        write: Write,
        variant: policy.Variant,
        reveal: bool,
        tables: dict[str, sa.Table],
    ):
        self.catalog = known
        self.write = write
        self.variant = variant
        self.reveal = reveal
        self.tables = tables
        self.resource = known.resource(write.resource)
        self.table = build.table_name(self.resource.table)
        self.rules = (
            known.rows(self.resource, write.permission, variant)
            if write.kind == "delete"
            else known.writes(self.resource, write.permission, write.touched, variant)
        )
        self.guarded = [name for name in write.references if self._guards(name)]
        self.needs_verify = write.kind == "create" and (write.after or self._reads_unknown())

    # What judges

    def flag_names(self) -> tuple[str, ...]:
        """The columns that tell whether the write may be, in the order they are judged."""
        names = []
        if self.write.kind != "create":
            names += ["accord_found", "accord_deleted", "accord_old"]
        if self.write.match:
            names.append("accord_match")
        if self.write.kind != "delete" and not self.needs_verify:
            names.append("accord_new")
        names += [f"accord_ref_{name}" for name in self.guarded]
        if self.reveal and self.write.kind != "create":
            names.append("exists")
        return tuple(names)

    def _guards(self, relation: str) -> bool:
        """Whether a reference needs more than the foreign key: a target that may be hidden.

        SQLite's foreign keys name nothing when they fail, so there each reference is looked up.
        """
        if self.catalog.dialect.name == "sqlite":
            return True
        target = self.catalog.resource(self.resource.relations[relation].target)
        return (
            self.catalog.rows(target, "get", self.variant) is not True or target.deleted is not None
        )

    def _reads_unknown(self) -> bool:
        """Whether the rules read a column that only the database fills in."""
        folded = policy.fields(
            self.resource, self.write.permission, self.write.touched, self.variant
        )
        if isinstance(folded, bool):
            return False
        read_columns = {
            each.name
            for each in sa.sql.visitors.iterate(folded)
            if isinstance(each, sa.Column) and each.table is self.resource.table
        }
        missing = read_columns - set(self.write.columns)
        return any(values.made_by_database(self.resource.table.c[name]) for name in missing)

    # The parts

    def _new_build(self) -> build.Build:
        return build.Build(self.catalog, self.variant)

    def _given(self, making: build.Build, name: str) -> str:
        """A column's value, cast so that the database knows its type without a table."""
        column = self._column(name)
        index = self.write.columns.index(name)
        convert = values.storer(self.catalog, self.resource, column)
        placeholder = making.value(first_slot(self.write) + index, convert)
        return values.cast(placeholder, column.type, making.dialect)

    def _column(self, name: str) -> sa.Column[object]:
        return next(each for each in self.resource.table.c if each.name == name)

    def _current(self, making: build.Build, lock: bool) -> str:
        """`c`: the row as it is, if the caller may read it."""
        key_field = self.resource.fields[self.resource.spec.key]
        key = making.value(key_slot(self.write), making.converter(key_field))
        wanted = [f"{making.column('t', self.resource.key)} = {key}"]
        decided = self.catalog.rows(self.resource, "get", self.variant)
        visible = making.condition(decided, "t")
        if visible is not None:
            wanted.append(visible)
        locked = " for update" if lock and making.dialect.name == "postgresql" else ""
        hint = "materialized " if making.dialect.name == "postgresql" else ""
        where = " and ".join(wanted)
        return f"c as {hint}(select t.* from {self.table} t where {where}{locked})"

    def _next(self, making: build.Build) -> str:
        """`n`: the row as it would be."""
        listed = []
        for column in self.resource.table.c:
            name = dialects.quote(column.name)
            if self.write.kind == "create":
                made = self._created(making, column)
            elif column is self.resource.version:
                made = f"c.{name} + 1"
            elif column.name in self.write.columns:
                made = self._given(making, column.name)
            else:
                made = f"c.{name}"
            listed.append(f"{made} as {name}")
        origin = "" if self.write.kind == "create" else " from c"
        return f"n as (select {', '.join(listed)}{origin})"

    def _created(self, making: build.Build, column: sa.Column[object]) -> str:
        if column.name in self.write.columns:
            return self._given(making, column.name)
        expression = values.sql_default(column, making.dialect)
        return expression or values.cast("null", column.type, making.dialect)

    def _flagged(self, making: build.Build) -> str:
        """`f`: the row as it would be, with its flags."""
        listed = ["c.*" if self.write.kind == "delete" else "n.*"]
        for name in self.flag_names():
            made = self._flag(making, name)
            if made is not None:
                listed.append(f"{made} as {dialects.quote(name)}")
        origin = {"create": "n", "update": "n, c", "delete": "c"}[self.write.kind]
        return f"f as (select {', '.join(listed)} from {origin})"

    def _flag(self, making: build.Build, name: str) -> str | None:
        if name == "exists":
            return None
        if name == "accord_found":
            return "true"
        if name == "accord_deleted":
            if self.resource.deleted is None:
                return "false"
            return f"{making.column('c', self.resource.deleted)} is not null"
        if name == "accord_match":
            return self._matches(making)
        if name in ("accord_old", "accord_new"):
            alias = "c" if name == "accord_old" else "n"
            return f"coalesce({making.condition(self.rules, alias) or 'true'}, false)"
        return self._reference(making, name.removeprefix("accord_ref_"))

    def _matches(self, making: build.Build) -> str:
        if self.resource.version is None:
            return "true"  # compared with the state by the flow
        version = making.dialect.as_text(making.column("c", self.resource.version))
        given = making.value(key_slot(self.write) + 1, values.texts(making.dialect))
        return str(making.dialect.in_list(version, given))

    def _reference(self, making: build.Build, name: str) -> str:
        relation = self.resource.relations[name]
        target = self.catalog.resource(relation.target)
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

    # The change itself

    def _holds(self) -> str:
        """The condition under which the change is made: all flags in its favour."""
        wanted = []
        for name in self.flag_names():
            if name not in ("exists", "accord_found"):
                quoted = f"f.{dialects.quote(name)}"
                wanted.append(f"not {quoted}" if name == "accord_deleted" else quoted)
        return " and ".join(wanted) or "true"

    def _stored(self) -> list[str]:
        """Columns an insert names: those given and those whose default is SQL."""
        expressions = [
            column.name
            for column in self.resource.table.c
            if column.name not in self.write.columns
            and values.sql_default(column, self.catalog.dialect) is not None
        ]
        return [*self.write.columns, *expressions]

    def _insert(self, source: str) -> str:
        names = self._stored()
        listed = ", ".join(dialects.quote(name) for name in names)
        picked = ", ".join(f"f.{dialects.quote(name)}" for name in names)
        return f"insert into {self.table} ({listed}) select {picked} from {source}"

    def _assignments(self, origin: str) -> str:
        names = list(self.write.columns)
        if self.resource.version is not None and self.resource.version.name not in names:
            names.append(self.resource.version.name)
        return ", ".join(
            f"{dialects.quote(name)} = {origin}.{dialects.quote(name)}" for name in names
        )

    def _mark(self, making: build.Build) -> str:
        """The SET of a soft delete: the marker comes as the one column."""
        return ", ".join(
            f"{dialects.quote(name)} = {self._given(making, name)}" for name in self.write.columns
        )

    def single(self) -> plan.Plan:
        """Everything as one statement."""
        making = self._new_build()
        write = self.write
        parts = [self._next(making)] if write.kind == "create" else [self._current(making, True)]
        if write.kind == "update":
            parts.append(self._next(making))
        parts.append(self._flagged(making))
        key = dialects.quote(self.resource.key.name)
        tie = f"t.{key} = f.{key} and {self._holds()}"
        if write.kind == "create":
            change = f"{self._insert('f')} where {self._holds()} returning *"
        elif write.kind == "update":
            change = (
                f"update {self.table} t set {self._assignments('f') or f'{key} = t.{key}'} "
                f"from f where {tie} returning t.*"
            )
        elif write.columns:
            change = (
                f"update {self.table} t set {self._mark(making)} from f where {tie} returning t.*"
            )
        else:
            parts += self._unlinks(making)
            change = f"delete from {self.table} t using f where {tie} returning t.*"
        parts.append(f"w as ({change})")
        parts += [
            f"a{index} as ({self._companion(making, each, 'w p')})"
            for index, each in enumerate(write.companions)
        ]
        return self._answer(making, f"with {', '.join(parts)}")

    def _answer(self, making: build.Build, head: str) -> plan.Plan:
        """The final SELECT of the one statement: flags, key and document."""
        columns = self._flag_columns(making)
        columns.append(("key", f"(select {making.column('p', self.resource.key)} from w p)"))
        source = "(select 1) o left join f on true"
        finish: tuple[plan.Finish, ...] = ()
        if self.write.view is not None:
            shown, finish = self._shown(making, "w p")
            inner = ", ".join(f"{sql} as {dialects.quote(name)}" for name, sql in shown)
            conditions = self._visible(making)
            source += f" left join (select {inner} from w p{conditions}) d on true"
            columns += [(name, f"d.{dialects.quote(name)}") for name, _ in shown]
        sql, names = _listed(columns, source)
        return plan.Plan(f"{head} {sql}", tuple(making.sources), names, finish)

    def _flag_columns(self, making: build.Build) -> list[tuple[str, str]]:
        columns = []
        for name in self.flag_names():
            if name == "exists":
                columns.append((name, self._exists(making)))
            else:
                columns.append((name, f"f.{dialects.quote(name)}"))
        return columns

    def _exists(self, making: build.Build) -> str:
        key_field = self.resource.fields[self.resource.spec.key]
        key = making.value(key_slot(self.write), making.converter(key_field))
        alias = making.alias()
        column = making.column(alias, self.resource.key)
        return f"exists (select 1 from {self.table} {alias} where {column} = {key})"

    def _visible(self, making: build.Build) -> str:
        decided = self.catalog.rows(self.resource, "get", self.variant)
        visible = making.condition(decided, "p")
        return "" if visible is None else f" where {visible}"

    def _shown(
        self, making: build.Build, source: str
    ) -> tuple[list[tuple[str, str]], tuple[plan.Finish, ...]]:
        """The document's columns, made from the row `p` of `source`."""
        if self.write.view is None:
            raise TypeError("nothing is to be shown")
        chosen, node = self.write.view
        laid = layout.Layout(making)
        pairs = laid.pairs(self.resource, chosen, node, "p", ())
        facts = read.facts(making, self.resource, "p")
        return [("data", making.dialect.json_here(pairs)), *facts], tuple(laid.finish)

    # The same in steps

    def steps(self) -> WritePlan:
        """The parts one after another, for SQLite and for writes that take more rows along."""
        return WritePlan(
            self.flag_names(),
            check=self._check(),
            change=self._change(),
            verify=self._verify() if self.needs_verify else None,
            companions=tuple(self._companion_step(each) for each in self.write.companions),
            document=self._document() if self.write.view is not None else None,
        )

    def _check(self) -> plan.Plan | None:
        if self.write.kind == "create" and not self._must_check():
            return None
        making = self._new_build()
        parts = [] if self.write.kind == "create" else [self._current(making, True)]
        if self.write.kind != "delete":
            parts.append(self._next(making))
        parts.append(self._flagged(making))
        columns = self._flag_columns(making)
        if self.write.match and self.resource.version is None:
            columns.append(("state", f"(select {read.state(making, self.resource, 'c')} from c)"))
        sql, names = _listed(columns, "(select 1 as one) o left join f on true")
        return plan.Plan(f"with {', '.join(parts)} {sql}", tuple(making.sources), names)

    def _must_check(self) -> bool:
        return bool(self.guarded) or (self.rules is not True and not self.needs_verify)

    def _change(self) -> plan.Plan:
        making = self._new_build()
        if self.write.kind == "create":
            sql = self._plain_insert(making)
        else:
            key_field = self.resource.fields[self.resource.spec.key]
            key = making.value(key_slot(self.write), making.converter(key_field))
            where = f"{dialects.quote(self.resource.key.name)} = {key}"
            sql = self._plain_change(making, where)
        return plan.Plan(sql, tuple(making.sources), ("key",))

    def _plain_insert(self, making: build.Build) -> str:
        names = self._stored()
        returning = f"returning {dialects.quote(self.resource.key.name)} as key"
        if not names:
            return f"insert into {self.table} default values {returning}"
        listed = ", ".join(dialects.quote(name) for name in names)
        made = ", ".join(self._created(making, self._column(name)) for name in names)
        return f"insert into {self.table} ({listed}) values ({made}) {returning}"

    def _plain_change(self, making: build.Build, where: str) -> str:
        if self.write.kind == "delete" and not self.write.columns:
            return f"delete from {self.table} where {where}"
        sets = [
            f"{dialects.quote(name)} = {self._given(making, name)}" for name in self.write.columns
        ]
        version = self.resource.version
        if version is not None and version.name not in self.write.columns:
            name = dialects.quote(version.name)
            sets.append(f"{name} = {name} + 1")
        return f"update {self.table} set {', '.join(sets) or self._nothing()} where {where}"

    def _nothing(self) -> str:
        key = dialects.quote(self.resource.key.name)
        return f"{key} = {key}"

    def _verify(self) -> plan.Plan:
        making = self._new_build()
        condition = making.condition(self.rules, "p") or "true"
        key_field = self.resource.fields[self.resource.spec.key]
        key = making.value(key_slot(self.write), making.converter(key_field))
        sql = (
            f"select coalesce({condition}, false) as accord_new from {self.table} p "
            f"where {making.column('p', self.resource.key)} = {key}"
        )
        return plan.Plan(sql, tuple(making.sources), ("accord_new",))

    def _document(self) -> plan.Plan:
        making = self._new_build()
        key_field = self.resource.fields[self.resource.spec.key]
        key = making.value(key_slot(self.write), making.converter(key_field))
        shown, finish = self._shown(making, f"{self.table} p")
        visible = self._visible(making)
        tie = f"{making.column('p', self.resource.key)} = {key}"
        where = f"{visible} and {tie}" if visible else f" where {tie}"
        sql, names = _listed(shown, f"{self.table} p{where}")
        return plan.Plan(sql, tuple(making.sources), names, finish)

    # Rows that go along

    def _unlinks(self, making: build.Build) -> list[str]:
        """Link rows of a deleted row: they carry nothing but the tie."""
        parts = []
        for name, relation in self.resource.relations.items():
            if relation.secondary is None:
                continue
            ties = " and ".join(
                f"{making.column('l', own)} = {making.column('f', local)}"
                for local, own in relation.pairs
            )
            link = build.table_name(relation.secondary)
            alias = dialects.quote(f"u_{name}")
            parts.append(
                f"{alias} as (delete from {link} l using f where {ties} and {self._holds()})"
            )
        return parts

    def _companion(self, making: build.Build, companion: Companion, source: str) -> str:
        table = self.tables[companion.table]
        names, made = [], []
        for name, origin in companion.columns:
            column = table.c[name]
            names.append(dialects.quote(name))
            if isinstance(origin, int):
                convert = fragments.converter(column.type, making.dialect)
                made.append(values.cast(making.value(origin, convert), column.type, making.dialect))
            else:
                made.append(making.written(self.resource, origin, "p").sql)
        if companion.document is not None:
            pairs = [
                (name, making.written(self.resource, name, "p").sql)
                for name, field in self.resource.fields.items()
                if field.column is not None and not field.spec.sensitive
            ]
            names.append(dialects.quote(companion.document))
            made.append(making.dialect.json_object(pairs))
        listed, picked = ", ".join(names), ", ".join(made)
        return f"insert into {build.table_name(table)} ({listed}) select {picked} from {source}"

    def _companion_step(self, companion: Companion) -> plan.Plan:
        making = self._new_build()
        key_field = self.resource.fields[self.resource.spec.key]
        key = making.value(key_slot(self.write), making.converter(key_field))
        tie = f"{making.column('p', self.resource.key)} = {key}"
        sql = self._companion(making, companion, f"{self.table} p where {tie}")
        return plan.Plan(sql, tuple(making.sources), ())


def _listed(columns: Sequence[tuple[str, str]], source: str) -> tuple[str, tuple[str, ...]]:
    listed = ", ".join(f"{sql} as {dialects.quote(name)}" for name, sql in columns)
    return f"select {listed} from {source}", tuple(name for name, _ in columns)
