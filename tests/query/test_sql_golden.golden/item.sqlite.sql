select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z') as "data", p."version" as "version", replace(p."updated_at", ' ', 'T') || 'Z' as "modified"
from "orders" p
where p."id" = ?1

-- 1: value 0
-- columns: data, version, modified
