"""Room: bench/comparators. The SQL that the hand-written services and pgbench run."""

from __future__ import annotations

_PG_STAMP = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''


def _pg_order(alias: str) -> str:
    stamps = ", ".join(
        f"to_char({alias}.{name} at time zone 'UTC', {_PG_STAMP}) as {name}"
        for name in ("created_at", "updated_at")
    )
    return (
        f"{alias}.id, {alias}.user_id, {alias}.status, {alias}.total::text as total, "
        f"{alias}.currency, {alias}.shipping_address, {stamps}, {alias}.version"
    )


def _pg_list(fields: str, source: str) -> str:
    """Return rows as one JSON text; the limit stands in `source`, the JSON outside of it."""
    return (
        "select coalesce(json_agg(row_to_json(r)), '[]') from "
        f"(select {fields} from ({source}) o order by o.created_at desc, o.id desc) r"
    )


_PAGE = (
    "select * from orders where status = $1 and total > $2 "
    "order by created_at desc, id desc limit 20"
)
_MANY = (
    "select * from orders where status = any($1) and status <> $3 and total > $2 and total <> $4 "
    "and created_at >= $5 and created_at < $6 and created_at <> $7 "
    "and updated_at >= $8 and updated_at <= $9 and currency = $10 and currency <> $11 "
    "and user_id <> $12 and id <> $13 and version >= $14 and version <= $15 "
    "order by created_at desc, id desc limit 20"
)
_PG_USER = (
    "(select row_to_json(x) from (select u.id, u.name, u.email from users u "
    'where u.id = o.user_id) x) as "user"'
)
_PG_ITEMS = (
    "(select coalesce(json_agg(row_to_json(x)), '[]') from (select i.id, i.quantity, "
    "i.unit_price::text as unit_price, (i.quantity * i.unit_price)::text as total_price, "
    "i.product_id from items i where i.order_id = o.id order by i.id) x) as items"
)
_NEW = (
    "insert into orders (id, user_id, status, total, currency, shipping_address, "
    "created_at, updated_at, version)"
)

POSTGRESQL = {
    "one": f"select row_to_json(r) from (select {_pg_order('o')} from orders o where o.id = $1) r",
    "page": _pg_list(_pg_order("o"), _PAGE),
    "include": _pg_list(f"{_pg_order('o')}, {_PG_USER}, {_PG_ITEMS}", _PAGE),
    "many": _pg_list(
        "o.id, o.user_id, o.status, o.total::text as total, "
        f"to_char(o.created_at at time zone 'UTC', {_PG_STAMP}) as created_at",
        _MANY,
    ),
    "create": f"with n as ({_NEW} values ($1, $2, 'pending', $3, $4, $5, now(), now(), 1) "
    f"returning *) select row_to_json(r) from (select {_pg_order('n')} from n) r",
}


def _lite_object(*, alias: str, extra: str = "", only: tuple[str, ...] = ()) -> str:
    fields = {
        "id": f"{alias}id",
        "user_id": f"{alias}user_id",
        "status": f"{alias}status",
        "total": f"printf('%.2f', {alias}total)",
        "currency": f"{alias}currency",
        "shipping_address": f"json({alias}shipping_address)",
        "created_at": f"replace({alias}created_at, ' ', 'T') || 'Z'",
        "updated_at": f"replace({alias}updated_at, ' ', 'T') || 'Z'",
        "version": f"{alias}version",
    }
    pairs = ", ".join(f"'{k}', {v}" for k, v in fields.items() if not only or k in only)
    return f"json_object({pairs}{extra})"


def _lite_list(node: str, source: str) -> str:
    return (
        f"select json_group_array({node}) from "
        f"(select * from ({source}) o order by o.created_at desc, o.id desc) o"
    )


_LITE_PAGE = _PAGE.replace("$1", "?1").replace("$2", "?2")
_LITE_MANY = _MANY.replace("any($1)", "(select value from json_each(?1))").replace("$", "?")
_LITE_MANY = _LITE_MANY.replace("status = (select", "status in (select")
_LITE_RELATIONS = (
    ", 'user', (select json_object('id', u.id, 'name', u.name, 'email', u.email) "
    "from users u where u.id = o.user_id), "
    "'items', (select json_group_array(json_object('id', i.id, 'quantity', i.quantity, "
    "'unit_price', printf('%.2f', i.unit_price), "
    "'total_price', printf('%.2f', i.quantity * i.unit_price), 'product_id', i.product_id)) "
    "from (select * from items i where i.order_id = o.id order by i.id) i)"
)

SQLITE = {
    "one": f"select {_lite_object(alias='o.')} from orders o where o.id = ?1",
    "page": _lite_list(_lite_object(alias="o."), _LITE_PAGE),
    "include": _lite_list(_lite_object(alias="o.", extra=_LITE_RELATIONS), _LITE_PAGE),
    "many": _lite_list(
        _lite_object(alias="o.", only=("id", "user_id", "status", "total", "created_at")),
        _LITE_MANY,
    ),
    "create": f"{_NEW} values (?1, ?2, 'pending', ?3, ?4, ?5, ?6, ?6, 1) "
    f"returning {_lite_object(alias='')}",
}
