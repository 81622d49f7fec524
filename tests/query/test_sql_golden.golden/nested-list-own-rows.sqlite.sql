select json_group_array(json_object('id', p."id", 'quantity', p."quantity")) filter (where p.accord_n <= 5) as "data", count(*) as "count", max(case when p.accord_n = 1 then json_array(p."id") end) as "first", max(case when p.accord_n = 5 then json_array(p."id") end) as "last",
  (select count(*)
  from "items" t2
  where t2."order_id" = ?1 and (EXISTS (SELECT 1 
FROM orders 
WHERE orders.id = t2.order_id AND orders.user_id = ?2))) as "total", exists
  (select 1
  from "orders" t3
  where t3."id" = ?1 and (t3.user_id = ?2)) as "exists", exists
  (select 1
  from "orders" t3
  where t3."id" = ?1) as "present"
from 
  (select t1.*, row_number() over () as accord_n
  from 
    (select t0.*
    from "items" t0
    where t0."order_id" = ?1 and (EXISTS (SELECT 1 
FROM orders 
WHERE orders.id = t0.order_id AND orders.user_id = ?2))
    order by t0."id" limit 6) t1) p

-- 1: value 0
-- 2: caller 'id'
-- columns: data, count, first, last, total, exists, present
