select row_to_json(x) as "data"
from 
  (select t0.*
  from "orders" t0
  order by t0."created_at" desc, t0."id" desc limit 21) p
cross join lateral
  (select p."id" as "id", (p."status")::text as "status", nullif((p."total")::text, 'NaN') as "total", case when p."created_at" >= '0001-01-01' and p."created_at" < '10000-01-01' then to_char(p."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as "created_at",
    (select json_build_object('edges', coalesce(json_agg(json_build_object('cursor', $1::text || '.' || translate(encode(convert_to(json_build_array(t2."id")::text, 'UTF8'), 'base64'), E'+/=\n', '-_'), 'node', json_build_object('id', t2."id", 'quantity', t2."quantity"))) filter (where t2.accord_n <= 5), '[]'), 'pageInfo', json_build_object('hasNextPage', count(*) > 5, 'hasPreviousPage', false, 'startCursor', max(case when t2.accord_n = 1 then $1::text || '.' || translate(encode(convert_to(json_build_array(t2."id")::text, 'UTF8'), 'base64'), E'+/=\n', '-_') end), 'endCursor', max(case when t2.accord_n = least(t2.accord_of, 5) then $1::text || '.' || translate(encode(convert_to(json_build_array(t2."id")::text, 'UTF8'), 'base64'), E'+/=\n', '-_') end)), 'totalCount',
      (select count(*)
      from "items" t4
      where t4."order_id" = p."id"))
    from 
      (select t3.*, row_number() over (order by t3."id") as accord_n, count(*) over () as accord_of
      from 
        (select t1.*
        from "items" t1
        where t1."order_id" = p."id"
        order by t1."id" limit 6) t3) t2) as "items") x

-- 1: cursor
-- columns: data
-- keys: created_at, id
