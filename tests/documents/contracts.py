"""A small contract by hand, with one of everything a document has to tell."""

from accord.contract import contract, operation, resource, types

T = types.Type
C = types.Constraints
EQ = ("eq", "ne", "in")
RANGE = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "null")


def field(name, number, kind="string", **options):
    type_ = options.pop("type", None) or T(kind)
    return resource.Field(name, name, number, type_, **options)


def generated(name, plural, singular):
    rows = [
        ("list", False, "GET", plural, "list", 200),
        ("get", True, "GET", f"{plural}/{{id}}", "resource", 200),
        ("create", False, "POST", plural, "resource", 201),
        ("replace", True, "PUT", f"{plural}/{{id}}", "resource", 200),
        ("update", True, "PATCH", f"{plural}/{{id}}", "resource", 200),
        ("delete", True, "DELETE", f"{plural}/{{id}}", "none", 204),
    ]
    return [
        operation.Operation(
            id=f"{plural}.{kind}",
            name=kind,
            kind=kind,
            resource=plural,
            item=item,
            permission=kind,
            method=method,
            path=path,
            graphql=f"{kind}{name}",
            grpc=f"{kind.title()}{name}",
            output=output,
            success=success,
        )
        for kind, item, method, path, output, success in rows
    ]


def orders():
    return resource.Resource(
        name="orders",
        singular="order",
        type_name="Order",
        graphql_plural="orders",
        key="id",
        fields=(
            field("id", 1, type=T("id", prefix="ord"), write="never"),
            field("status", 2, type=T("enum", ref="OrderStatus"), default=True),
            field("total", 3, type=T("decimal", precision=12, scale=2), write="never"),
            field("user_id", 4, type=T("id", prefix="usr"), required=True, write="create"),
            field("note", 5, type=T("string", constraints=C(max_length=500)), nullable=True),
            field("weight", 6, type=T("float", constraints=C(minimum="0.5")), nullable=True),
            field("shipping_address", 7, type=T("object", ref="Address"), nullable=True),
            field("secret", 8, read=False, sensitive=True),
            field("created_at", 9, "datetime", write="never"),
        ),
        relations=(
            resource.Relation("user", "user", 10, "users", "to_one", False, "user_id"),
            resource.Relation("items", "items", 11, "order-items", "to_many", create=True),
        ),
        filters=(
            resource.Filter("status", ("status",), T("enum", ref="OrderStatus"), EQ),
            resource.Filter("total", ("total",), T("decimal"), RANGE),
            resource.Filter("user.name", ("user", "name"), T("string"), ("eq", "like")),
        ),
        params=(resource.Param("created_after", T("datetime"), doc="Made at or after this."),),
        sorts=("created_at", "total"),
        search=("note",),
        order=(resource.Order("created_at", descending=True),),
        access=(
            resource.Rule("allow", ("list", "get", "create"), "role(user) and user_id = caller.id"),
            resource.Rule("deny", ("update", "delete"), "status = 'shipped'"),
        ),
        version="version",
        modified="created_at",
        deleted="deleted_at",
        require_conditions=True,
        doc="What a user buys.",
    )


def order_items():
    return resource.Resource(
        name="order-items",
        singular="order-item",
        type_name="OrderItem",
        graphql_plural="orderItems",
        key="id",
        fields=(
            field("id", 1, type=T("id", prefix="item"), write="never"),
            field("order_id", 2, "id", required=True),
            field("quantity", 3, type=T("integer", constraints=C(minimum="1")), required=True),
        ),
        relations=(resource.Relation("order", "order", 4, "orders", "to_one", False, "order_id"),),
    )


def users():
    return resource.Resource(
        name="users",
        singular="user",
        type_name="User",
        graphql_plural="users",
        key="id",
        fields=(
            field("id", 1, type=T("id", prefix="usr"), write="never"),
            field("email", 2, type=T("string", constraints=C(format="email")), required=True),
            field("name", 3, required=True, type=T("string", constraints=C(pattern="[A-Z].*"))),
            field("manager_id", 4, "id", nullable=True),
            field("tags", 5, type=T("array", items=T("string"), constraints=C(max_items=3))),
        ),
        relations=(
            resource.Relation("manager", "manager", 6, "users", "to_one", True, "manager_id"),
            resource.Relation("orders", "orders", 7, "orders", "to_many"),
            resource.Relation("teams", "teams", 8, "users", "many_to_many", link=True),
        ),
        sorts=("name",),
        limits=resource.Limits(page_max=50),
    )


def operations():
    cancel = operation.Operation(
        id="orders.cancel",
        name="cancel",
        kind="action",
        resource="orders",
        item=True,
        permission="cancel",
        method="POST",
        path="orders/{id}/cancel",
        graphql="cancelOrder",
        grpc="CancelOrder",
        arguments=(
            operation.Argument(
                "reason", "reason", 1, T("string", constraints=C(max_length=500)), doc="Why."
            ),
        ),
        errors=("ORDER_SHIPPED",),
        doc="Cancel an order that has not shipped yet.",
    )
    revenue = operation.Operation(
        id="orders.revenue",
        name="revenue",
        kind="query",
        resource="orders",
        item=False,
        permission="revenue",
        method="GET",
        path="orders/revenue",
        graphql="revenue",
        grpc="Revenue",
        arguments=(operation.Argument("since", "since", 1, T("date"), required=False),),
        output="value",
        output_type=T("decimal"),
    )
    related = operation.Operation(
        id="users.orders",
        name="orders",
        kind="related",
        resource="users",
        item=True,
        permission="get",
        method="GET",
        path="users/{id}/orders",
        graphql="userOrders",
        grpc="ListUserOrders",
        output="list",
        relation="orders",
    )
    return (
        *generated("Order", "orders", "order"),
        cancel,
        revenue,
        *generated("User", "users", "user"),
        related,
    )


def shop(envelope="full", representation="application/json"):
    status = types.EnumType(
        "OrderStatus",
        (
            types.EnumValue("pending", "PENDING", 1, "Not paid yet."),
            types.EnumValue("shipped", "SHIPPED", 2),
        ),
        "How far an order has come.",
    )
    address = types.ObjectType(
        "Address",
        (
            types.ObjectField("street", "street", 1, T("string")),
            types.ObjectField("state", "state", 2, T("string"), required=False, nullable=True),
        ),
        "Where an order is sent.",
    )
    return contract.Contract(
        format=contract.FORMAT,
        name="shop",
        version="v1",
        title="Shop",
        style=contract.Style("/v1", representation, envelope, codes=(("NOT_FOUND", "RES_001"),)),
        resources=(orders(), order_items(), users()),
        operations=operations(),
        enums=(status,),
        objects=(address,),
        errors=(contract.Error("ORDER_SHIPPED", "The order has shipped", 409),),
        roles=("admin", "user"),
        description="A small shop.",
    )
