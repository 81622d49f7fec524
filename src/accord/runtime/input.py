"""Room: runtime. Turns a parsed document into a Change, telling all its failures at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

from accord.binding import binding, codec
from accord.contract import operation, resource
from accord.kernel import problem
from accord.runtime import arguments as argument_types
from accord.runtime import call

Mode = Literal["create", "replace", "update"]
_ECHO = 200


class Setter(msgspec.Struct, frozen=True):
    """What one name of a document sets, and how its value is read.

    `refusal` is the detail code and message for a name that may not be set in this mode;
    `given` are fields of nested rows that the parent sets. An object given for what `merges`
    is a merge patch of the stored value.
    """

    kind: Literal["field", "one", "many", "children"]
    name: str
    read: Callable[[Any], Any]
    nullable: bool = False
    sensitive: bool = False
    refusal: tuple[str, str] | None = None
    target: str = ""
    given: frozenset[str] = frozenset()
    merges: bool = False


class Table(msgspec.Struct, frozen=True):
    """Everything a document of one resource may say in one mode, by name."""

    setters: Mapping[str, Setter]
    writable: tuple[str, ...]
    required: tuple[str, ...]
    nulled: tuple[str, ...]
    key: str


class Inputs:
    """The tables of all resources and operations, made at start-up."""

    def __init__(self, source: binding.Binding, most_items: int = 1000) -> None:
        self.most_items = most_items
        self.codecs = codec.Codecs(source.contract)
        self._binding = source
        modes: tuple[Mode, ...] = ("create", "replace", "update")
        self._tables = {
            (name, mode): self._table(each, mode)
            for name, each in source.resources.items()
            for mode in modes
        }
        self._arguments = {
            name: argument_types.readers(each, self.codecs)
            for name, each in source.operations.items()
            if each.spec.arguments
        }

    def change(
        self,
        name: str,
        mode: Mode,
        document: Mapping[str, Any],
        *,
        root: str = "",
        pointers: Mapping[str, str] | None = None,
        key: Any = None,
        merge: bool = False,
    ) -> call.Change:
        """A validated Change of the resource of that name.

        `root` is the JSON pointer of the document's own place, `pointers` those of names that
        stand elsewhere (a JSON:API relationship); `key` is the row's id, which a document may
        repeat; `merge` takes objects for merge patches (RFC 7396). Raises Problem VALIDATION_ERROR with one detail per failure.
        """
        reading = _Reading(self, root, pointers or {}, merge=merge)
        result = reading.read(self._tables[name, mode], document, key)
        if reading.details:
            raise refused(reading.details)
        return result

    def arguments(
        self, each: operation.Operation, document: Mapping[str, Any], *, root: str = ""
    ) -> dict[str, Any]:
        """The Python values of an operation's arguments, from JSON; raises VALIDATION_ERROR."""
        readers = self._arguments.get(each.id, {})
        details: list[problem.Detail] = []
        for name in document.keys() - readers.keys():
            message = f"{name} is no argument; {problem.suggest(name, readers)}"
            details.append(detail("UNKNOWN_ATTRIBUTE", message, name, pointer(root, name)))
        out: dict[str, Any] = {}
        for name, reader in readers.items():
            if name not in document:
                if reader.spec.required:
                    details.append(missing(name, pointer(root, name)))
                continue
            value = document[name]
            if value is None and reader.spec.nullable:
                out[name] = None
            elif value is None:
                details.append(null(name, pointer(root, name)))
            else:
                try:
                    out[name] = reader.from_json(value)
                except codec.Invalid as fault:
                    details.extend(of(fault, name, pointer(root, name), value))
        if details:
            raise refused(details)
        return out

    def table(self, name: str, mode: Mode) -> Table:
        """The table of one resource in one mode."""
        return self._tables[name, mode]

    def _table(self, each: binding.ResourceBinding, mode: Mode) -> Table:
        spec = each.spec
        setters = {field.name: self._field(field, mode) for field in spec.fields}
        for relation in spec.relations:
            setter = self._relation(each, relation, setters, mode)
            if setter is not None:
                setters[relation.name] = setter
        always = [field for field in spec.fields if field.write == "always"]
        return Table(
            setters=setters,
            writable=tuple(name for name, setter in setters.items() if setter.refusal is None),
            required=self._required(spec, mode),
            nulled=tuple(
                field.name
                for field in always
                if mode == "replace" and field.nullable and not field.default and not field.required
            ),
            key=spec.key,
        )

    @staticmethod
    def _required(spec: resource.Resource, mode: Mode) -> tuple[str, ...]:
        if mode == "update":
            return ()
        # What only a create may bring is not asked for again by a PUT.
        kinds = ("always", "create") if mode == "create" else ("always",)
        return tuple(f.name for f in spec.fields if f.required and f.write in kinds)

    def _field(self, field: resource.Field, mode: Mode) -> Setter:
        refusal = None
        if field.write == "never":
            refusal = ("READ_ONLY", "is set by the server")
        elif field.write == "create" and mode != "create":
            refusal = ("IMMUTABLE", "cannot change once it is set")
        return Setter(
            kind="field",
            name=field.name,
            read=self.codecs.strict(field.type).from_json,
            nullable=field.nullable,
            sensitive=field.sensitive,
            refusal=refusal,
            merges=mode == "update" and field.type.kind in ("json", "object"),
        )

    def _relation(
        self,
        each: binding.ResourceBinding,
        relation: resource.Relation,
        setters: Mapping[str, Setter],
        mode: Mode,
    ) -> Setter | None:
        target = self._binding.resources.get(relation.target)
        if target is None:
            return None
        if relation.create:
            refusal = None if mode == "create" else ("IMMUTABLE", "can be set by a create only")
            return Setter(
                "children",
                relation.name,
                _identity,
                refusal=refusal,
                target=relation.target,
                given=self._given(each, relation.name),
            )
        field = setters.get(relation.field or "")
        if relation.kind == "to_one" and field is not None:
            return Setter(
                "one", field.name, field.read, nullable=field.nullable, refusal=field.refusal
            )
        if not relation.link:
            return None
        read = self.codecs.loose(_key_type(target.spec)).from_json
        kind: Literal["one", "many"] = "one" if relation.kind == "to_one" else "many"
        return Setter(kind, relation.name, read, nullable=relation.nullable, target=relation.target)

    def _given(self, each: binding.ResourceBinding, relation: str) -> frozenset[str]:
        """Fields of a relation's rows that the parent row sets: the way back."""
        found = each.relations[relation]
        remote = {pair[1] for pair in found.pairs}
        fields = self._binding.resources[found.target].fields
        return frozenset(name for name, field in fields.items() if field.column in remote)


def _key_type(spec: resource.Resource) -> Any:
    return next(field.type for field in spec.fields if field.name == spec.key)


def _identity(value: Any) -> Any:
    return value


class _Reading:
    """One document being read: collects details instead of stopping at the first."""

    def __init__(
        self, inputs: Inputs, root: str, pointers: Mapping[str, str], *, merge: bool
    ) -> None:
        self.inputs = inputs
        self.merge = merge
        self.root = root
        self.named = pointers
        self.details: list[problem.Detail] = []

    def read(
        self,
        table: Table,
        document: Mapping[str, Any],
        key: Any,
        given: frozenset[str] = frozenset(),
    ) -> call.Change:
        """The document as a Change; `given` are fields that somebody else sets."""
        out = call.Change()
        values, pointers = out.values, out.pointers
        setters = table.setters
        for name, value in document.items():
            at = self.named.get(name) or pointer(self.root, name)
            setter = setters.get(name)
            if setter is None:
                self._unknown(name, at, table)
                continue
            if setter.refusal is not None:
                if name != table.key or key is None or str(value) != str(key):
                    self._fault(setter.refusal, name, at)
                continue
            if name in given:
                self._fault(("READ_ONLY", "is set by the row that this one is nested in"), name, at)
                continue
            pointers[setter.name] = at
            if setter.kind == "field" and name in values:
                self._twice(name, at)
            elif setter.kind == "field":
                if value is None and setter.nullable:
                    values[name] = None
                elif self.merge and setter.merges and isinstance(value, dict):
                    out.merges[name] = value
                else:
                    self._value(setter, name, value, at, values)
            else:
                self._related(setter, name, value, at, out)
        for name in table.required:
            if name not in values and name not in given and not self._told(name, document):
                at = pointer(self.root, name)
                self.details.append(missing(name, at))
        for name in table.nulled:
            values.setdefault(name, None)
        return out

    def _told(self, name: str, document: Mapping[str, Any]) -> bool:
        """Whether the name was given and refused: one failure is enough."""
        return name in document or any(each.field == name for each in self.details)

    def _unknown(self, name: str, at: str, table: Table) -> None:
        message = f"{name} is not known; {problem.suggest(name, table.writable)}"
        self.details.append(detail("UNKNOWN_ATTRIBUTE", message, name, at))

    def _twice(self, name: str, at: str) -> None:
        """A reference given by its relation and by its field."""
        message = f"{name} is told twice, by the relation and by its field; send one of them"
        self.details.append(detail("CHECK_FAILED", message, name, at))

    def _fault(self, refusal: tuple[str, str], name: str, at: str) -> None:
        code, message = refusal
        self.details.append(detail(code, f"{name} {message}", name, at))

    def _value(
        self, setter: Setter, name: str, value: Any, at: str, values: dict[str, Any]
    ) -> None:
        if value is None:
            self.details.append(null(name, at))
            return
        try:
            values[setter.name] = setter.read(value)
        except codec.Invalid as fault:
            self.details.extend(of(fault, name, at, value, hide=setter.sensitive))

    def _related(self, setter: Setter, name: str, value: Any, at: str, out: call.Change) -> None:
        match setter.kind:
            case "children":
                self._children(setter, name, value, at, out)
            case "many":
                self._many(setter, name, value, at, out)
            case _:
                self._one(setter, name, value, at, out)

    def _one(self, setter: Setter, name: str, value: Any, at: str, out: call.Change) -> None:
        if isinstance(value, dict) and set(value) == {"id"}:
            value = value["id"]
        if not setter.target:
            if setter.name in out.values:
                self._twice(name, at)
            elif value is None and setter.nullable:
                out.values[setter.name] = None
            else:
                self._value(setter, name, value, at, out.values)
            return
        found: dict[str, Any] = {}
        if value is None and setter.nullable:
            out.links[setter.name] = []
            return
        self._value(setter, name, value, at, found)
        out.links[setter.name] = list(found.values())

    def _many(self, setter: Setter, name: str, value: Any, at: str, out: call.Change) -> None:
        if not isinstance(value, list):
            message = f"{name} must be an array of ids, not {codec.named(value)}"
            self.details.append(detail("INVALID_TYPE", message, name, at))
            return
        ids: list[Any] = []
        for index, each in enumerate(value):
            found: dict[str, Any] = {}
            bare = each["id"] if isinstance(each, dict) and set(each) == {"id"} else each
            self._value(setter, f"{name}.{index}", bare, pointer(at, str(index)), found)
            ids.extend(found.values())
        # A set is meant: the same id twice is one link.
        out.links[setter.name] = list(dict.fromkeys(ids))

    def _children(self, setter: Setter, name: str, value: Any, at: str, out: call.Change) -> None:
        if not isinstance(value, list):
            message = f"{name} must be an array of objects, not {codec.named(value)}"
            self.details.append(detail("INVALID_TYPE", message, name, at))
            return
        most = self.inputs.most_items
        if len(value) > most:
            raise problem.Problem(
                "TOO_MANY_ITEMS", f"{name} holds {len(value)} items; at most {most} are allowed."
            )
        table = self.inputs.table(setter.target, "create")
        children = []
        for index, each in enumerate(value):
            place = pointer(at, str(index))
            if not isinstance(each, dict):
                message = f"{name}.{index} must be an object, not {codec.named(each)}"
                self.details.append(detail("INVALID_TYPE", message, f"{name}.{index}", place))
                continue
            inner = _Reading(self.inputs, place, {}, merge=False)
            children.append(inner.read(table, each, None, setter.given))
            self.details.extend(
                msgspec.structs.replace(found, field=f"{name}.{index}.{found.field}")
                for found in inner.details
            )
        out.children[setter.name] = children


def pointer(root: str, name: str) -> str:
    """A JSON pointer one step further, escaped after RFC 6901, section 3."""
    if "~" in name or "/" in name:
        name = name.replace("~", "~0").replace("/", "~1")
    return f"{root}/{name}"


def detail(code: str, message: str, field: str, at: str) -> problem.Detail:
    """A detail that echoes no value."""
    return problem.Detail(code=code, message=message, field=field, pointer=at)


def missing(name: str, at: str) -> problem.Detail:
    """A required field is not there."""
    return detail("REQUIRED", f"{name} is required", name, at)


def null(name: str, at: str) -> problem.Detail:
    """A field that cannot be null is."""
    return detail("NULL_NOT_ALLOWED", f"{name} must not be null", name, at)


def of(
    fault: codec.Invalid, name: str, at: str, value: Any, *, hide: bool = False
) -> Iterable[problem.Detail]:
    """One detail for each part of a value that was refused."""
    for each in fault.faults:
        field, place = name, at
        for step in each.path:
            field, place = f"{field}.{step}", pointer(place, step)
        shown = each.value if each.path else value
        yield problem.Detail(
            code=each.code,
            message=f"{field} {each.message}",
            field=field,
            pointer=place,
            value=problem.UNSET if hide or each.code == "UNKNOWN_ATTRIBUTE" else echo(shown),
        )


def echo(value: Any) -> Any:
    """A value fit to be shown in an error: scalars, long texts cut, nothing of structures."""
    if isinstance(value, str):
        return value if len(value) <= _ECHO else value[: _ECHO - 1] + "…"
    return value if isinstance(value, bool | int | float) or value is None else problem.UNSET


def refused(details: Iterable[problem.Detail]) -> problem.Problem:
    """All failures of one document as one Problem."""
    found = tuple(details)
    count = len(found)
    message = found[0].message if count == 1 else f"{count} values are not valid."
    if count == 1:
        message = f"{message[:1].upper()}{message[1:]}."
    return problem.Problem("VALIDATION_ERROR", message, details=found)
