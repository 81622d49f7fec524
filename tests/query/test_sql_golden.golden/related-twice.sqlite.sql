select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z', 'few',
  (select json_group_array(json_object('id', t2."id"))
  from 
    (select t1.*
    from "items" t1
    where t1."order_id" = p."id" and t1."quantity" < ?1
    order by t1."id" limit 3) t2), 'many',
  (select json_group_array(json_object('id', t4."id"))
  from 
    (select t3.*
    from "items" t3
    where t3."order_id" = p."id"
    order by t3."id" desc limit 2) t4)) as "data"
from 
  (select t0.*
  from "orders" t0
  order by t0."created_at" desc, t0."id" desc limit 21) p

-- 1: value 0
-- columns: data
-- keys: created_at, id
