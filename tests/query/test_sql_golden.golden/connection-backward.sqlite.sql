select json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z', 'items',
  (select json_object('edges', json_group_array(json_object('cursor', ?3 || '.' || accord_b64(json_array(t2."quantity", t2."id")), 'node', json_object('id', t2."id"))) filter (where t2.accord_n <= 5), 'pageInfo', json_object('hasNextPage', json(iif(true, 'true', 'false')), 'hasPreviousPage', json(iif(count(*) > 5, 'true', 'false')), 'startCursor', max(case when t2.accord_n = min(t2.accord_of, 5) then ?3 || '.' || accord_b64(json_array(t2."quantity", t2."id")) end), 'endCursor', max(case when t2.accord_n = 1 then ?3 || '.' || accord_b64(json_array(t2."quantity", t2."id")) end)))
  from 
    (select *
    from 
      (select t3.*, row_number() over (order by t3."quantity" desc, t3."id" desc) as accord_n, count(*) over () as accord_of
      from 
        (select t1.*
        from "items" t1
        where t1."order_id" = p."id" and (t1."quantity", t1."id") < (?1, ?2)
        order by t1."quantity" desc, t1."id" desc limit 6) t3)
    order by accord_n desc) t2)) as "data"
from 
  (select t0.*
  from "orders" t0
  order by t0."created_at" desc, t0."id" desc limit 21) p

-- 1: value 0
-- 2: value 1
-- 3: cursor
-- columns: data
-- keys: created_at, id
