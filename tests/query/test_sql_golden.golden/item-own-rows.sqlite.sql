select d."data" as "data", d."version" as "version", d."modified" as "modified", exists
  (select 1
  from "orders" p
  where p."id" = ?2) as "exists"
from 
  (select 1 as one) o
left join 
  (select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z') as "data", p."version" as "version", replace(p."updated_at", ' ', 'T') || 'Z' as "modified"
  from "orders" p
  where p."id" = ?2 and (p.user_id = ?1)) d on true

-- 1: caller 'id'
-- 2: value 0
-- columns: data, version, modified, exists
