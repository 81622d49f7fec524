select json_object('id', p."id", 'type', 'orders', 'links', json_object('self', '/v1/orders/' || (p."id")), 'cursor', null) as "data", p."version" as "version", replace(p."updated_at", ' ', 'T') || 'Z' as "modified"
from "orders" p
where p."id" = ?1

-- 1: value 0
-- columns: data, version, modified
