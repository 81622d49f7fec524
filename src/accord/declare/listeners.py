"""Room: declare. Why a model's writes must go through a session: what only the mapper knows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import orm

from accord.declare import draft as drafts

_MAPPER_EVENTS = (
    "before_insert",
    "after_insert",
    "before_update",
    "after_update",
    "before_delete",
    "after_delete",
)


def reason(draft: drafts.Draft) -> str:
    """Why generated writes take the session path, in a few words; '' when they need not."""
    mapper = draft.mapper
    if mapper.polymorphic_on is not None:
        return "the model has a polymorphic identity"
    if mapper.validators:
        return f"@validates({', '.join(map(repr, sorted(mapper.validators)))})"
    for event in _MAPPER_EVENTS:
        if getattr(mapper.dispatch, event):
            return f"a listener on {event}"
    for prop in mapper.column_attrs:
        attribute: Any = getattr(draft.model, prop.key)
        if any(attribute.dispatch.set):
            return f"a listener on {draft.model.__name__}.{prop.key}"
    return _cascade(draft)


def _cascade(draft: drafts.Draft) -> str:
    """A delete the mapper cascades where neither the database nor a generated delete would."""
    exposed = {bound.attribute for bound in draft.relations.values()}
    for prop in draft.mapper.relationships:
        if prop.viewonly or prop.passive_deletes or prop.direction is orm.MANYTOONE:
            continue
        if prop.secondary is not None and prop.key in exposed:
            continue  # a generated delete takes the link rows of exposed relations along
        keys = [key for _, remote in prop.local_remote_pairs or () for key in remote.foreign_keys]
        if prop.secondary is not None:
            keys = [key for _, link in prop.synchronize_pairs for key in link.foreign_keys]
        elif not prop.cascade.delete:
            continue
        if any((key.ondelete or "").upper() != "CASCADE" for key in keys):
            return f"{prop.key} is deleted along by the mapper, not by the database"
    return ""
