select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z', 'items_count',
  (select count(*)
  from "items" t1
  where t1."order_id" = p."id" and (EXISTS (SELECT 1 
FROM orders 
WHERE orders.id = t1.order_id AND orders.user_id = ?1)))) as "data"
from 
  (select t0.*
  from "orders" t0
  where (t0.user_id = ?1)
  order by t0."created_at" desc, t0."id" desc limit 21) p

-- 1: caller 'id'
-- columns: data
-- keys: created_at, id
