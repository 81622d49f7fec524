"""A contract is canonical bytes: equal declarations have equal digests, and it round-trips."""

from __future__ import annotations

import json
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from accord import API, Resource, allow, choices, everyone, role, value
from accord.contract import contract, operation, resource, types

names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
kinds = st.sampled_from(get_args(types.Kind))
constraints = st.builds(
    types.Constraints,
    min_length=st.none() | st.integers(0, 9),
    pattern=st.none() | texts,
    minimum=st.none() | st.integers().map(str),
)
shapes = st.recursive(
    st.builds(
        types.Type,
        kind=kinds,
        ref=st.none() | names,
        prefix=st.none() | names,
        scale=st.none() | st.integers(0, 9),
        constraints=constraints,
    ),
    lambda inner: st.builds(types.Type, kind=st.just("array"), items=inner),
    max_leaves=3,
)
fields = st.builds(
    resource.Field,
    name=names,
    graphql=names,
    number=st.integers(1, 99),
    type=shapes,
    nullable=st.booleans(),
    write=st.sampled_from(get_args(resource.Write)),
    doc=texts,
)
resources = st.builds(
    resource.Resource,
    name=names,
    singular=names,
    type_name=names,
    graphql_plural=names,
    key=st.just("id"),
    fields=st.lists(fields, max_size=3).map(tuple),
    params=st.lists(st.builds(resource.Param, names, shapes), max_size=2).map(tuple),
    limits=st.builds(resource.Limits, page_max=st.none() | st.integers(1, 9)),
    doc=texts,
)
operations = st.builds(
    operation.Operation,
    id=names,
    name=names,
    kind=st.sampled_from(get_args(operation.OperationKind)),
    resource=names,
    item=st.booleans(),
    permission=names,
    method=st.sampled_from(["GET", "POST"]),
    path=names,
    graphql=names,
    grpc=names,
    output_type=st.none() | shapes,
)
contracts = st.builds(
    contract.Contract,
    format=st.just(contract.FORMAT),
    name=names,
    version=names,
    title=texts,
    style=st.builds(contract.Style, base_path=names, reveal_forbidden=st.booleans()),
    resources=st.lists(resources, max_size=2).map(tuple),
    operations=st.lists(operations, max_size=2).map(tuple),
    roles=st.lists(names, max_size=2).map(tuple),
    description=texts,
)


@given(contracts)
@settings(deadline=None)
def test_a_contract_round_trips_through_its_bytes(made):
    data = contract.encode(made)
    again = contract.decode(data)
    assert again == made
    assert contract.encode(again) == data
    assert again.digest == made.digest


@given(contracts, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_keys_does_not_matter(made, random):
    def shuffled(value):
        if isinstance(value, dict):
            keys = list(value)
            random.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    data = json.dumps(shuffled(json.loads(contract.encode(made)))).encode()
    assert contract.decode(data).digest == made.digest


@given(contracts)
@settings(deadline=None)
def test_equal_contracts_have_equal_bytes_whoever_made_their_parts(made):
    # Equal parts that are other objects: msgspec's own defaults compare by identity.
    copy = msgspec.convert(msgspec.to_builtins(made), contract.Contract)
    full = msgspec.structs.replace(
        copy,
        resources=tuple(
            msgspec.structs.replace(
                each, limits=resource.Limits(**msgspec.structs.asdict(each.limits))
            )
            for each in copy.resources
        ),
    )
    assert full == made
    assert contract.encode(full) == contract.encode(made)


@given(contracts)
@settings(deadline=None)
def test_bytes_are_canonical(made):
    data = contract.encode(made)
    parsed = json.loads(data)
    assert (
        data
        == json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )


def test_any_change_changes_the_digest():
    first = _library().contract
    for changed in (
        msgspec.structs.replace(first, title="Other"),
        msgspec.structs.replace(first, resources=()),
        msgspec.structs.replace(first, style=contract.Style("/v2")),
    ):
        assert changed.digest != first.digest
    assert first.digest.startswith("sha256:")
    assert len(first.digest) == 71


@pytest.mark.parametrize("data", [b"", b"[]", b'{"format":1}', b"\xff"])
def test_other_bytes_are_no_contract(data):
    with pytest.raises(ValueError, match="not a contract"):
        contract.decode(data)


def test_another_format_is_refused():
    other = msgspec.structs.replace(_library().contract, format=2)
    with pytest.raises(ValueError, match="contract format 2, this version reads 1"):
        contract.decode(contract.encode(other))


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    price: Mapped[int]


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)


def _library(*, backwards: bool = False) -> API:
    """One API; `backwards` writes everything whose order says nothing the other way round."""
    turn = -1 if backwards else 1
    codes = dict([("NOT_FOUND", "RES_001"), ("CONFLICT", "RES_003")][::turn])
    api = API("library", version="v1", codes=codes)

    class Books(Resource[Book]):
        """Books."""

        access = [allow("R", everyone), allow("CUD", role(*["a", "b"]))]
        filters = [Book.title, Book.price][::turn]
        sorts = [Book.title, Book.price][::turn]
        search = [Book.title]
        params = dict(
            [
                ("cheap", choices(yes=Book.price < 5)),
                ("below", Book.price < value(int)),
            ][::turn]
        )

    class Shelves(Resource[Shelf]):
        pass

    for each in [Books, Shelves][::turn]:
        api.resource(each)
    return api


def test_equal_declarations_have_equal_digests():
    assert _library().contract == _library().contract
    assert _library().contract.digest == _library().contract.digest


def test_what_is_a_set_has_no_order():
    assert _library().contract.digest == _library(backwards=True).contract.digest


def test_a_declared_contract_round_trips():
    made = _library().contract
    assert contract.decode(contract.encode(made)) == made
