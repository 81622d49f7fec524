"""The SQL of each kind of read is what these files say, on both databases."""

import pytest

from accord.query import catalog, read, selection, shape
from examples.shop.api import api
from tests.query import sqltext, world
from tests.query.world import keyset, obj, order, page, related

BOUND = api.binding()
CATALOGS = {name: catalog.Catalog(BOUND, name) for name in ("sqlite", "postgresql")}
STAFF = frozenset({"admin", "authenticated"})
VIEWER = frozenset({"viewer", "authenticated"})
KNOWN = frozenset({"authenticated"})
NOBODY = frozenset()

ORDER = ("id", "status", "total", "created_at")
NEWEST = order("-created_at", "id")
OLDEST = order("created_at", "id")
USER = ("id", "name", "department")


def orders(**options):
    options.setdefault("order", order("-created_at", "-id"))
    options.setdefault("page", page(20))
    return selection.Selection("orders", fields=ORDER, **options), obj(*ORDER), STAFF


def users(**options):
    options.setdefault("page", page(20))
    return selection.Selection("users", fields=USER, **options), obj(*USER), STAFF


def filtered(condition, make=orders, **options):
    return make(filter=condition, **options)


def item(resource, fields, variant, **options):
    chosen = selection.Selection(resource, fields=fields, key=0, **options)
    return chosen, obj(*fields), variant


def with_related(uses, variant=STAFF, **nodes):
    chosen, node, _ = orders(related=uses)
    return chosen, shape.Obj((*node.entries, *nodes.items())), variant


ITEMS = related("items", ("id", "quantity"), resource="items", order=order("id"), page=page(5))
TEAMS = related("teams", ("id", "name"), resource="teams", order=order("name", "id"))


def deep():
    product = related("product", ("id", "name"), resource="products")
    items = related(
        "items",
        ("id", "quantity"),
        resource="items",
        order=order("-quantity", "id"),
        page=page(5),
        related=(product,),
        filter=selection.Compare("quantity", "gte", 0),
    )
    user = related("user", ("id", "name"), resource="users", related=(TEAMS,))
    product_node = shape.Rel("product", obj("id", "name"))
    return with_related(
        (user, items),
        user=shape.Rel("user", obj("id", "name", teams=shape.Rel("teams", obj("id", "name")))),
        items=shape.Rel("items", obj("id", "quantity", product=product_node)),
    )


def twice():
    cheap = related(
        "items",
        ("id",),
        "few",
        resource="items",
        order=order("id"),
        page=page(3),
        filter=selection.Compare("quantity", "lt", 0),
    )
    dear = related("items", ("id",), "many", resource="items", order=order("-id"), page=page(2))
    return with_related(
        (cheap, dear), few=shape.Rel("few", obj("id")), many=shape.Rel("many", obj("id"))
    )


def connection():
    node = shape.Connection("items", obj("id", "quantity"), cursor=True, page_info=True, total=True)
    return with_related((ITEMS,), items=node)


def connection_backward():
    items = related(
        "items",
        ("id",),
        resource="items",
        order=order("quantity", "id"),
        page=page(5, keyset=keyset(0, 1, backward=True)),
    )
    node = shape.Connection("items", obj("id"), cursor=True, page_info=True)
    return with_related((items,), items=node)


def nested_list(resource, parent, relation, fields, variant=STAFF):
    chosen = selection.Selection(
        resource,
        fields=fields,
        order=order("id"),
        page=page(5, count="exact"),
        parent=selection.Parent(parent, relation, 0),
    )
    return chosen, obj(*fields), variant


def to_one_of_parent():
    chosen = selection.Selection("users", fields=USER, parent=selection.Parent("orders", "user", 0))
    return chosen, obj(*USER), VIEWER


TREE = selection.Or(
    (
        selection.And(
            (
                selection.Compare("total", "gte", 0),
                selection.Compare("currency", "in", 1),
                selection.Literally("status", ("pending", "shipped")),
            )
        ),
        selection.Not(selection.Literally("status", ("cancelled",))),
        selection.Compare("currency", "ne", 2),
    )
)
BY_EMAIL = selection.Through("user", selection.Compare("email", "eq", 0))
BY_TEAM = selection.Through("teams", selection.Compare("name", "eq", 0))
NULLABLE = order("department", "-name", "id")

CASES = {
    "item": lambda: item("orders", ORDER, STAFF),
    "item-own-rows": lambda: item("orders", ORDER, VIEWER),
    "item-known-only": lambda: item("users", USER, KNOWN),
    "item-without-version": lambda: item("teams", ("id", "name"), STAFF),
    "page": orders,
    "page-own-rows": lambda: (*orders()[:2], VIEWER),
    "page-rows-of-others": lambda: (
        selection.Selection("items", fields=("id",), order=order("id"), page=page(5)),
        obj("id"),
        VIEWER,
    ),
    "page-sort-not-shown": lambda: (
        selection.Selection("orders", fields=("id",), order=NEWEST, page=page(5)),
        obj("id"),
        STAFF,
    ),
    "page-bare": lambda: orders(page=page(20, more=False, cursors=False)),
    "page-offset-exact": lambda: orders(page=page(20, offset=0, count="exact")),
    "page-capped": lambda: orders(page=page(20, count="capped")),
    "page-anonymous": lambda: (
        selection.Selection("products", fields=("id",), order=order("id"), page=page(5)),
        obj("id"),
        NOBODY,
    ),
    "keyset-one-way": lambda: orders(order=OLDEST, page=page(20, keyset=keyset(0, 1))),
    "keyset-mixed": lambda: orders(order=NEWEST, page=page(20, keyset=keyset(0, 1))),
    "keyset-backward": lambda: orders(
        order=OLDEST, page=page(20, keyset=keyset(0, 1, backward=True))
    ),
    "keyset-backward-counted": lambda: orders(
        order=OLDEST, page=page(20, keyset=keyset(0, 1, backward=True), count="exact")
    ),
    "keyset-nullable": lambda: users(order=NULLABLE, page=page(20, keyset=keyset(0, 1, 2))),
    "keyset-at-null": lambda: users(order=NULLABLE, page=page(20, keyset=keyset(None, 0, 1))),
    "keyset-nullable-first": lambda: users(
        order=order("-department", "id"), page=page(20, keyset=keyset(None, 0))
    ),
    "keyset-computed": lambda: (
        selection.Selection(
            "items",
            fields=("id", "total_price"),
            order=order("total_price", "id"),
            page=page(5, keyset=keyset(0, 1)),
        ),
        obj("id", "total_price"),
        STAFF,
    ),
    "filter-tree": lambda: filtered(TREE),
    "filter-null": lambda: filtered(
        selection.And(
            (selection.IsNull("department"), selection.IsNull("manager_id", negate=True))
        ),
        users,
        order=order("id"),
    ),
    "filter-boolean": lambda: filtered(
        selection.Literally("is_active", (False,)), users, order=order("id")
    ),
    "filter-like": lambda: filtered(selection.Compare("name", "like", 0), users, order=order("id")),
    "through-to-one": lambda: filtered(BY_EMAIL),
    "through-to-one-or": lambda: filtered(
        selection.Or((selection.Compare("total", "gt", 1), BY_EMAIL))
    ),
    "through-not": lambda: filtered(selection.Not(BY_TEAM), users, order=order("id")),
    "through-many-to-many": lambda: filtered(BY_TEAM, users, order=order("id")),
    "through-many-to-many-or": lambda: filtered(
        selection.Or((BY_TEAM, selection.IsNull("department"))), users, order=order("id")
    ),
    "through-policy": lambda: (
        *filtered(selection.Through("items", selection.Compare("quantity", "gt", 0)), orders)[:2],
        VIEWER,
    ),
    "param": lambda: filtered(selection.Named("created_after", 0)),
    "param-choice": lambda: filtered(
        selection.Named("status", choice="active"), users, order=order("id")
    ),
    "search": lambda: filtered(selection.Search(0), users, order=order("id")),
    "related-depth-3": deep,
    "related-twice": twice,
    "related-own-rows": lambda: (*deep()[:2], VIEWER),
    "many-to-many": lambda: (
        users(related=(TEAMS,), order=order("id"))[0],
        obj("id", teams=shape.Rel("teams", obj("id", "name"))),
        STAFF,
    ),
    "connection": connection,
    "connection-backward": connection_backward,
    "count": lambda: with_related((ITEMS,), VIEWER, items_count=shape.Count("items")),
    "links": lambda: (
        *item("orders", ("id",), STAFF)[:1],
        obj(
            "id",
            type=shape.Const("orders"),
            links=obj(self=shape.Text(("/v1/orders/", shape.Field("id")))),
            cursor=shape.Const(None),
        ),
        STAFF,
    ),
    "nested-list": lambda: nested_list("items", "orders", "items", ("id", "quantity")),
    "nested-list-own-rows": lambda: nested_list(
        "items", "orders", "items", ("id", "quantity"), VIEWER
    ),
    "nested-many-to-many": lambda: nested_list("teams", "users", "teams", ("id", "name")),
    "nested-to-one": to_one_of_parent,
    "masked": lambda: (
        selection.Selection(
            "users", fields=("id", "loyalty_points"), order=order("id"), page=page(5)
        ),
        obj("id", "loyalty_points"),
        VIEWER,
    ),
}


def compiled(case, dialect):
    chosen, node, variant = CASES[case]()
    permission = "get" if chosen.page is None else "list"
    return read.compile_read(
        CATALOGS[dialect], chosen, node, variant, permission=permission, reveal=True
    )


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("case", CASES)
def test_statement(case, dialect, golden):
    golden(sqltext.told(compiled(case, dialect)), f"{case}.{dialect}.sql")


@pytest.fixture(scope="module")
async def shop(database_url):
    async with world.serving(api, database_url) as each:
        yield each


@pytest.mark.parametrize("case", CASES)
async def test_database_takes_it(case, shop):
    made = compiled(case, shop.dialect)
    values = [_VALUES.get((case, slot)) for slot in range(4)]
    await shop.database.fetch(made.sql, made.bind(values, world.caller("viewer"), "b"))


_VALUES = {("page-offset-exact", 0): 0, ("nested-list", 0): "ord_1"}


def test_layout_changes_white_space_only():
    for case in CASES:
        for dialect in CATALOGS:
            sql = compiled(case, dialect).sql
            assert "".join(sqltext.laid_out(sql).split()) == "".join(sql.split())
