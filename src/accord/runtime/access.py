"""Room: runtime. What a caller may ask for at all, told before any statement is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.binding import binding
from accord.kernel import problem
from accord.query import policy, selection
from accord.runtime import call

AUTHENTICATED = "authenticated"


class Access:
    """Answers per variant, remembered: rules are folded once, not once per request."""

    def __init__(self, bound: binding.Binding):
        self._binding = bound
        self._facts = frozenset(bound.contract.roles)
        self._variants: dict[tuple[frozenset[str], bool], policy.Variant] = {}
        self._readable: dict[tuple[str, policy.Variant], frozenset[str]] = {}
        self._writable: dict[tuple[str, str, policy.Variant], frozenset[str]] = {}
        self._allowed: dict[tuple[str, str, policy.Variant], bool] = {}

    def variant(self, roles: frozenset[str], authenticated: bool) -> policy.Variant:
        """The variant of a caller: the roles that some rule asks for, and being known."""
        key = (roles, authenticated)
        found = self._variants.get(key)
        if found is None:
            facts = roles & self._facts
            found = facts | {AUTHENTICATED} if authenticated else facts
            if len(self._variants) < 10_000:
                self._variants[key] = found
        return found

    def readable(self, name: str, variant: policy.Variant) -> frozenset[str]:
        """Fields of a resource that the variant may read in some row."""
        key = (name, variant)
        found = self._readable.get(key)
        if found is None:
            resource = self._binding.resources[name]
            found = self._readable[key] = frozenset(
                each.name
                for each in resource.spec.fields
                if each.read and policy.field(resource, "get", each.name, variant) is not False
            )
        return found

    def demand(self, resource: str, permission: str, variant: policy.Variant) -> None:
        """Refuse an operation that no row could allow.

        Raises:
            Problem: UNAUTHENTICATED for unknown callers, FORBIDDEN for others.
        """
        key = (resource, permission, variant)
        found = self._allowed.get(key)
        if found is None:
            bound = self._binding.resources[resource]
            found = self._allowed[key] = policy.rows(bound, permission, variant) is not False
        if not found:
            raise refusal(resource, permission, variant)

    def writable(self, resource: str, permission: str, variant: policy.Variant) -> frozenset[str]:
        """Fields and relations that the variant may set in some row by that operation."""
        key = (resource, permission, variant)
        found = self._writable.get(key)
        if found is None:
            bound = self._binding.resources[resource]
            found = self._writable[key] = frozenset(
                name
                for name in (*bound.fields, *bound.relations)
                if policy.field(bound, permission, name, variant) is not False
            )
        return found

    def demand_change(
        self,
        resource: str,
        permission: str,
        variant: policy.Variant,
        change: call.Change | None,
    ) -> None:
        """Refuse a write that no row could allow, for its operation or for a field it sets.

        Raises:
            Problem: UNAUTHENTICATED, FORBIDDEN or FIELD_FORBIDDEN.
        """
        self.demand(resource, permission, variant)
        if change is None:
            return
        refused = sorted(change.given() - self.writable(resource, permission, variant))
        if refused:
            raise _change_refusal(resource, refused, change)
        for name, rows in change.children.items():
            target = self._binding.resources[resource].relations[name].target
            for child in rows:
                self.demand_change(target, "create", variant, child)

    def demand_selection(self, chosen: selection.Selection, variant: policy.Variant) -> None:
        """Refuse fields, filters and sorts that the variant may never read.

        A sort by a field that is readable in some rows only would tell of the others, so it
        is refused as well.

        Raises:
            Problem: FIELD_FORBIDDEN.
        """
        readable = self.readable(chosen.resource, variant)
        resource = self._binding.resources[chosen.resource]
        for name in (*chosen.fields, *_filtered(chosen.filter)):
            if name not in readable:
                raise _field_refusal(chosen.resource, name)
        for order in chosen.order:
            masked = policy.mask(resource, "get", order.field, variant)
            if masked is not True and order.field != resource.spec.key:
                raise _field_refusal(chosen.resource, order.field)
        for related in chosen.related:
            self.demand_selection(related.selection, variant)
        for relation, inner in _crossed(chosen.filter):
            target = resource.relations[relation].target
            self.demand_selection(selection.Selection(target, filter=inner), variant)


def refusal(resource: str, permission: str, variant: policy.Variant) -> problem.Problem:
    """Why an operation is refused: for want of a caller, or of a right."""
    if AUTHENTICATED in variant:
        return problem.Problem("FORBIDDEN", f"You may not {permission} {resource}.")
    return problem.Problem(
        "UNAUTHENTICATED",
        f"Only known callers may {permission} {resource}.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _change_refusal(resource: str, names: Sequence[str], change: call.Change) -> problem.Problem:
    details = [
        problem.Detail(
            "FIELD_NOT_ALLOWED",
            "You may not set this field.",
            field=name,
            pointer=change.pointers.get(name),
        )
        for name in names
    ]
    listed = ", ".join(names)
    return problem.Problem(
        "FIELD_FORBIDDEN", f"You may not set {listed} of {resource}.", details=details
    )


def _field_refusal(resource: str, name: str) -> problem.Problem:
    detail = problem.Detail("FIELD_NOT_ALLOWED", "You may not read this field.", field=name)
    return problem.Problem(
        "FIELD_FORBIDDEN", f"You may not read {name} of {resource}.", details=[detail]
    )


def _filtered(node: selection.Filter | None) -> Iterator[str]:
    """Own fields a filter compares; named params and search carry their own conditions."""
    match node:
        case selection.And() | selection.Or():
            for each in node.items:
                yield from _filtered(each)
        case selection.Not():
            yield from _filtered(node.item)
        case selection.Compare() | selection.Literally() | selection.IsNull():
            yield node.field


def _crossed(node: selection.Filter | None) -> Iterator[tuple[str, selection.Filter]]:
    match node:
        case selection.And() | selection.Or():
            for each in node.items:
                yield from _crossed(each)
        case selection.Not():
            yield from _crossed(node.item)
        case selection.Through():
            yield node.relation, node.item
