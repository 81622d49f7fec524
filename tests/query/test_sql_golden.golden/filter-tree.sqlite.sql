select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z') as "data"
from 
  (select t0.*
  from "orders" t0
  where ((t0."total" >= ?1 and t0."currency" in
    (select value
    from json_each(?2)) and t0."status" in ('pending', 'shipped')) or (t0."status" = 'cancelled') is not true or t0."currency" is not ?3)
  order by t0."created_at" desc, t0."id" desc limit 21) p

-- 1: value 0
-- 2: value 1
-- 3: value 2
-- columns: data
-- keys: created_at, id
