select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z') as "data"
from 
  (select t0.*
  from "orders" t0
  where (t0.created_at >= ?1)
  order by t0."created_at" desc, t0."id" desc limit 21) p

-- 1: value 0
-- columns: data
-- keys: created_at, id
