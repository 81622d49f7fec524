select json_object('id', p."id") as "data"
from 
  (select t0.*
  from "items" t0
  where (EXISTS (SELECT 1 
FROM orders 
WHERE orders.id = t0.order_id AND orders.user_id = ?1))
  order by t0."id" limit 6) p

-- 1: caller 'id'
-- columns: data
-- keys: id
