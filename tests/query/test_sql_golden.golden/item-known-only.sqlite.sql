select json_object('id', p."id", 'name', p."name", 'department', p."department") as "data", p."version" as "version", replace(p."updated_at", ' ', 'T') || 'Z' as "modified"
from "users" p
where p."id" = ?1

-- 1: value 0
-- columns: data, version, modified
