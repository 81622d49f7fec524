select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z', 'user',
  (select json_object('id', t1."id", 'name', t1."name", 'teams',
    (select json_group_array(json_object('id', t3."id", 'name', t3."name"))
    from 
      (select t2.*
      from "team_members" t4 join "teams" t2 on t4."team_id" = t2."id"
      where t4."user_id" = t1."id"
      order by t2."name", t2."id") t3))
  from "users" t1
  where t1."id" = p."user_id"), 'items',
  (select json_group_array(json_object('id', t6."id", 'quantity', t6."quantity", 'product',
    (select json_object('id', t7."id", 'name', t7."name")
    from "products" t7
    where t7."id" = t6."product_id")))
  from 
    (select t5.*
    from "items" t5
    where t5."order_id" = p."id" and t5."quantity" >= ?1
    order by t5."quantity" desc, t5."id" limit 5) t6)) as "data"
from 
  (select t0.*
  from "orders" t0
  order by t0."created_at" desc, t0."id" desc limit 21) p

-- 1: value 0
-- columns: data
-- keys: created_at, id
