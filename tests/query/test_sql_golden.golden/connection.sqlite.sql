select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z', 'items',
  (select json_object('edges', json_group_array(json_object('cursor', ?1 || '.' || accord_b64(json_array(t2."id")), 'node', json_object('id', t2."id", 'quantity', t2."quantity"))) filter (where t2.accord_n <= 5), 'pageInfo', json_object('hasNextPage', json(iif(count(*) > 5, 'true', 'false')), 'hasPreviousPage', json(iif(false, 'true', 'false')), 'startCursor', max(case when t2.accord_n = 1 then ?1 || '.' || accord_b64(json_array(t2."id")) end), 'endCursor', max(case when t2.accord_n = min(t2.accord_of, 5) then ?1 || '.' || accord_b64(json_array(t2."id")) end)), 'totalCount',
    (select count(*)
    from "items" t4
    where t4."order_id" = p."id"))
  from 
    (select t3.*, row_number() over (order by t3."id") as accord_n, count(*) over () as accord_of
    from 
      (select t1.*
      from "items" t1
      where t1."order_id" = p."id"
      order by t1."id" limit 6) t3) t2)) as "data"
from 
  (select t0.*
  from "orders" t0
  order by t0."created_at" desc, t0."id" desc limit 21) p

-- 1: cursor
-- columns: data
-- keys: created_at, id
