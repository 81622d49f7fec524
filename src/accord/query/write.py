"""Room: query. Creates, updates and deletes as statements that judge, change and show at once.

Every write has the same parts: `c` the current row, locked; `n` the new row as it would be;
`f` the new row with flags that tell why it may not be; the change itself, done only where all
flags hold; and the document. PostgreSQL takes them as one statement, else they run one after
another in a transaction. Flags come back in both cases, so that 404, 403, 412 and 422 differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlalchemy as sa

from accord.query import (
    build,
    catalog,
    change,
    companions,
    dialects,
    flags,
    formats,
    layout,
    plan,
    policy,
    read,
    values,
)

_LITERAL = re.compile(r"'(?:[^']|'')*'")


def compile_write(
    known: catalog.Catalog,
    write: change.Write,
    variant: policy.Variant,
    *,
    reveal: bool = False,
    tables: dict[str, sa.Table] | None = None,
) -> change.WritePlan:
    """The statements of a write, one where the database and the write allow it."""
    made = _Writing(known, write, variant, reveal, tables or {})
    if write.after:
        return change.WritePlan((flags.NEW,), verify=made.verify())
    if known.dialect.name == "postgresql" and write.alone and not made.flags.after:
        single = made.single()
        if single is not None:
            return change.WritePlan(made.flags.names, single=single)
    return made.steps()


class _Writing:
    """One write being compiled; each statement has a Build of its own."""

    def __init__(
        self,
        known: catalog.Catalog,
        write: change.Write,
        variant: policy.Variant,
        reveal: bool,
        tables: dict[str, sa.Table],
    ):
        self.catalog = known
        self.write = write
        self.variant = variant
        self.tables = tables
        self.resource = known.resource(write.resource)
        self.table = build.table_name(self.resource.table)
        self.flags = flags.Flags(known, write, variant, reveal=reveal)
        self.storers: dict[str, plan.Convert | None] = {}

    # Values

    def _build(self) -> build.Build:
        return build.Build(self.catalog, self.variant)

    def _given(self, making: build.Build, name: str, row: int = 0) -> str:
        """A column's value, cast so that the database knows its type without a table."""
        column = values.named(self.resource.table, name)
        if name not in self.storers:
            self.storers[name] = values.storer(self.catalog, self.resource, column)
        at = row * len(self.write.columns) + self.write.columns.index(name)
        placeholder = making.value(change.first_slot(self.write) + at, self.storers[name])
        return values.cast(placeholder, column.type, making.dialect)

    def _key(self, making: build.Build) -> str:
        field = self.resource.fields[self.resource.spec.key]
        return making.value(change.key_slot(self.write), making.converter(field))

    def _tie(self, making: build.Build, alias: str) -> str:
        return f"{making.column(alias, self.resource.key)} = {self._key(making)}"

    # The parts

    def _current(self, making: build.Build) -> str:
        """`c`: the row as it is, if the caller may read it."""
        wanted = [self._tie(making, "t")]
        decided = self.catalog.rows(self.resource, "get", self.variant)
        visible = making.condition(decided, "t")
        if visible is not None:
            wanted.append(visible)
        postgresql = making.dialect.name == "postgresql"
        locked = " for update" if self.write.lock and postgresql else ""
        # Locked before it is compared: else a change made meanwhile would be told as no row.
        hint = "materialized " if postgresql else ""
        where = " and ".join(wanted)
        return f"c as {hint}(select t.* from {self.table} t where {where}{locked})"

    def _next(self, making: build.Build) -> str:
        """`n`: the row, or rows, as they would be."""
        if self.write.kind == "update":
            return f"n as (select {self._changed(making)} from c)"
        rows = [self._created(making, row) for row in range(self.write.rows)]
        return f"n as ({' union all '.join(rows)})"

    def _changed(self, making: build.Build) -> str:
        listed = []
        for column in self.resource.table.c:
            name = dialects.quote(column.name)
            if column.name in self.write.columns:
                made = self._given(making, column.name)
            elif column is self.resource.version:
                made = f"c.{name} + 1"
            else:
                made = values.sql_onupdate(column, making.dialect) or f"c.{name}"
            listed.append(f"{made} as {name}")
        return ", ".join(listed)

    def _created(self, making: build.Build, row: int) -> str:
        listed = [
            f"{self._initial(making, column, row)} as {dialects.quote(column.name)}"
            for column in self.resource.table.c
        ]
        if self.write.rows > 1:
            listed.append(f"{row} as accord_row")
        return f"select {', '.join(listed)}"

    def _initial(self, making: build.Build, column: sa.Column[object], row: int = 0) -> str:
        if column.name in self.write.columns:
            return self._given(making, column.name, row)
        expression = values.sql_default(column, making.dialect)
        return expression or values.cast("null", column.type, making.dialect)

    def _flagged(self, making: build.Build) -> str:
        """`f`: the row as it would be, with its flags."""
        listed = ["c.*" if self.write.kind == "delete" else "n.*"]
        listed += [
            f"{self.flags.column(making, name)} as {dialects.quote(name)}"
            for name in self.flags.names
            if name != flags.EXISTS
        ]
        origin = {"create": "n", "update": "n, c", "delete": "c"}[self.write.kind]
        return f"f as (select {', '.join(listed)} from {origin})"

    def _judged(self, making: build.Build) -> list[str]:
        """The parts up to `f`; none for a create that nothing judges."""
        if self.write.kind == "create" and not self.flags.names:
            return []
        parts = [] if self.write.kind == "create" else [self._current(making)]
        if self.write.kind != "delete":
            parts.append(self._next(making))
        return [*parts, self._flagged(making)]

    def _flag_columns(self, making: build.Build) -> list[tuple[str, str]]:
        return [
            (name, self._exists(making) if name == flags.EXISTS else f"f.{dialects.quote(name)}")
            for name in self.flags.names
        ]

    def _exists(self, making: build.Build) -> str:
        alias = making.alias()
        return f"exists (select 1 from {self.table} {alias} where {self._tie(making, alias)})"

    # The change itself

    def _stored(self) -> list[str]:
        """Columns an insert names: those given and those whose default is SQL."""
        expressions = [
            column.name
            for column in self.resource.table.c
            if column.name not in self.write.columns
            and values.sql_default(column, self.catalog.dialect) is not None
        ]
        return [*self.write.columns, *expressions]

    def _updated(self) -> list[str]:
        """Columns an update sets beyond those given: the version, and what SQL sets anew."""
        return [
            column.name
            for column in self.resource.table.c
            if column.name not in self.write.columns
            and (
                column is self.resource.version
                or values.sql_onupdate(column, self.catalog.dialect) is not None
            )
        ]

    def single(self) -> plan.Plan | None:
        """Everything as one statement; None when the document reads the changed table again.

        A statement sees that table as it was before, so what it shows would be out of date.
        """
        making = self._build()
        judged = self._judged(making)
        parts = [*judged, *self._changes(making)]
        parts += [
            f"a{index} as ({self._companion(making, each, 'w p')})"
            for index, each in enumerate(self.write.companions)
        ]
        columns = self._flag_columns(making)
        columns.append(("key", f"(select {making.column('p', self.resource.key)} from w p)"))
        source = "(select 1) o left join f on true" if judged else "(select 1) o"
        finish: tuple[plan.Finish, ...] = ()
        if self.write.view is not None:
            shown, finish = self._shown(making)
            inner = ", ".join(f"{sql} as {dialects.quote(name)}" for name, sql in shown)
            document = f"select {inner} from w p{self._visible(making)}"
            if self._rereads(document):
                return None
            source += f" left join ({document}) d on true"
            columns += [(name, f"d.{dialects.quote(name)}") for name, _ in shown]
        sql, names = _listed(columns, source)
        return plan.Plan(f"with {', '.join(parts)} {sql}", tuple(making.sources), names, finish)

    def _changes(self, making: build.Build) -> list[str]:
        """`w`: the row as it came to be, and what goes with it."""
        key = dialects.quote(self.resource.key.name)
        holds = self.flags.holds()
        tie = f"t.{key} = f.{key} and {holds}"
        if self.write.kind == "create" and not self.flags.names:
            return [f"w as ({self._insert(making)} returning *)"]
        if self.write.kind == "create":
            return [f"w as ({self._insert_flagged()} where {holds} returning *)"]
        if self.write.kind == "delete" and not self.write.columns:
            removed = f"delete from {self.table} t using f where {tie} returning t.*"
            return [*companions.unlinks(making, self.resource, holds), f"w as ({removed})"]
        if self.write.kind == "delete":
            sets = self._sets(making)
        else:
            names = [*self.write.columns, *self._updated()]
            listed = [f"{dialects.quote(name)} = f.{dialects.quote(name)}" for name in names]
            sets = ", ".join(listed) or f"{key} = f.{key}"
        return [f"w as (update {self.table} t set {sets} from f where {tie} returning t.*)"]

    def _insert_flagged(self) -> str:
        names = self._stored()
        if not names:
            # There is no `default values … where`; a select of nothing stands for it.
            return f"insert into {self.table} select from f"
        listed = ", ".join(dialects.quote(name) for name in names)
        picked = ", ".join(f"f.{dialects.quote(name)}" for name in names)
        return f"insert into {self.table} ({listed}) select {picked} from f"

    def _sets(self, making: build.Build) -> str:
        """The SET of a plain update."""
        sets = [
            f"{dialects.quote(name)} = {self._given(making, name)}" for name in self.write.columns
        ]
        for name in self._updated():
            quoted = dialects.quote(name)
            column = values.named(self.resource.table, name)
            expression = values.sql_onupdate(column, making.dialect)
            sets.append(f"{quoted} = {expression or f'{quoted} + 1'}")
        key = dialects.quote(self.resource.key.name)
        return ", ".join(sets) or f"{key} = {key}"

    def _rereads(self, text: str) -> bool:
        """Whether SQL reads the changed table itself, in whatever spelling."""
        name = re.escape(self.resource.table.name)
        found = rf'(?:\bfrom|\bjoin|,)\s+(?:"?\w+"?\.)?"?{name}"?(?=[\s,)]|$)'
        return re.search(found, _LITERAL.sub("''", text), re.IGNORECASE) is not None

    # The document

    def _visible(self, making: build.Build) -> str:
        decided = self.catalog.rows(self.resource, "get", self.variant)
        visible = making.condition(decided, "p")
        return "" if visible is None else f" where {visible}"

    def _shown(self, making: build.Build) -> tuple[list[tuple[str, str]], tuple[plan.Finish, ...]]:
        """The document's columns, made from the row `p`."""
        if self.write.view is None:
            raise TypeError("nothing is to be shown")
        chosen, node = self.write.view
        laid = layout.Layout(making)
        pairs = laid.pairs(self.resource, chosen, node, "p", ())
        facts = read.facts(making, self.resource, "p")
        return [("data", making.dialect.json_here(pairs)), *facts], tuple(laid.finish)

    # The same in steps

    def steps(self) -> change.WritePlan:
        """The parts one after another, for SQLite and for writes that take more rows along."""
        return change.WritePlan(
            self.flags.names,
            check=self._check(),
            change=self._change(),
            verify=self.verify() if self.flags.after else None,
            companions=tuple(self._companion_step(each) for each in self.write.companions),
            document=self._document() if self.write.view is not None else None,
        )

    def _check(self) -> plan.Plan | None:
        if self.write.kind == "create" and not self.flags.names:
            return None
        making = self._build()
        parts = self._judged(making)
        columns = self._flag_columns(making)
        if self.write.match and self.resource.version is None:
            columns.append(("state", f"(select {read.state(making, self.resource, 'c')} from c)"))
        finish: tuple[plan.Finish, ...] = ()
        if self.write.stored:
            text, finish = self._row(making)
            columns.append(("stored", f"(select {text} from c)"))
        sql, names = _listed(columns, "(select 1 as one) o left join f on true")
        order = " order by f.accord_row" if self.write.rows > 1 else ""
        return plan.Plan(
            f"with {', '.join(parts)} {sql}{order}", tuple(making.sources), names, finish
        )

    def _row(self, making: build.Build) -> tuple[str, tuple[plan.Finish, ...]]:
        """The row as it is, as an object of wire values, for the checks across fields."""
        pairs, finish = [], []
        checked = {name for each in self.resource.checks for name in each.fields}
        hidden = {name: self.resource.hidden[name] for name in checked & set(self.resource.hidden)}
        for name, field in {**self.resource.fields, **hidden}.items():
            if field.column is None:
                continue
            output = formats.output(
                field.spec.type,
                field.sql_type,
                making.column("c", field.column),
                making.dialect,
                self.catalog.enum_names(field),
            )
            pairs.append((name, output.sql))
            if output.finish is not None:
                finish.append(plan.Finish((name,), output.finish))
        return making.dialect.json_object(pairs), tuple(finish)

    def _change(self) -> plan.Plan:
        making = self._build()
        key = dialects.quote(self.resource.key.name)
        if self.write.kind == "create":
            sql = self._insert(making)
            if self.write.rows == 1:
                sql += f" returning {key} as key"
        elif self.write.kind == "delete" and not self.write.columns:
            sql = f"delete from {self.table} where {key} = {self._key(making)}"
        else:
            sets = self._sets(making)
            sql = f"update {self.table} set {sets} where {key} = {self._key(making)}"
        return plan.Plan(sql, tuple(making.sources), ("key",))

    def _insert(self, making: build.Build) -> str:
        names = self._stored()
        if not names:
            return f"insert into {self.table} default values"
        listed = ", ".join(dialects.quote(name) for name in names)
        columns = [values.named(self.resource.table, name) for name in names]
        rows = [
            f"({', '.join(self._initial(making, column, row) for column in columns)})"
            for row in range(self.write.rows)
        ]
        return f"insert into {self.table} ({listed}) values {', '.join(rows)}"

    def verify(self) -> plan.Plan:
        """The judgement of the row as it is stored."""
        making = self._build()
        sql = (
            f"select {self.flags.allowed(making, 'p')} as {flags.NEW} from {self.table} p "
            f"where {self._tie(making, 'p')}"
        )
        return plan.Plan(sql, tuple(making.sources), (flags.NEW,))

    def _document(self) -> plan.Plan:
        making = self._build()
        shown, finish = self._shown(making)
        visible = self._visible(making)
        where = f"{visible} and " if visible else " where "
        sql, names = _listed(shown, f"{self.table} p{where}{self._tie(making, 'p')}")
        return plan.Plan(sql, tuple(making.sources), names, finish)

    def _companion(self, making: build.Build, each: change.Companion, source: str) -> str:
        return companions.insert(making, self.resource, self.tables[each.table], each, source)

    def _companion_step(self, each: change.Companion) -> plan.Plan:
        making = self._build()
        source = f"{self.table} p where {self._tie(making, 'p')}" if each.of_row else ""
        sql = self._companion(making, each, source)
        return plan.Plan(sql, tuple(making.sources), ())


def _listed(columns: Sequence[tuple[str, str]], source: str) -> tuple[str, tuple[str, ...]]:
    listed = ", ".join(f"{sql} as {dialects.quote(name)}" for name, sql in columns)
    return f"select {listed} from {source}", tuple(name for name, _ in columns)
