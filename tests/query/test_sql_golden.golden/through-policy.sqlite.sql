select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z') as "data"
from 
  (select t0.*
  from "orders" t0
  where exists
    (select 1
    from "items" t1
    where t1."order_id" = t0."id" and t1."quantity" > ?1 and (EXISTS (SELECT 1 
FROM orders 
WHERE orders.id = t1.order_id AND orders.user_id = ?2))) and (t0.user_id = ?2)
  order by t0."created_at" desc, t0."id" desc limit 21) p

-- 1: value 0
-- 2: caller 'id'
-- columns: data
-- keys: created_at, id
