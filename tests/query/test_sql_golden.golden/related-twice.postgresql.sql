select row_to_json(x) as "data"
from 
  (select t0.*
  from "orders" t0
  order by t0."created_at" desc, t0."id" desc limit 21) p
cross join lateral
  (select p."id" as "id", (p."status")::text as "status", nullif((p."total")::text, 'NaN') as "total", case when p."created_at" >= '0001-01-01' and p."created_at" < '10000-01-01' then to_char(p."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as "created_at",
    (select coalesce(json_agg(row_to_json(x)), '[]')
    from 
      (select t2."id" as "id"
      from 
        (select t1.*
        from "items" t1
        where t1."order_id" = p."id" and t1."quantity" < $1
        order by t1."id" limit 3) t2) x) as "few",
    (select coalesce(json_agg(row_to_json(x)), '[]')
    from 
      (select t4."id" as "id"
      from 
        (select t3.*
        from "items" t3
        where t3."order_id" = p."id"
        order by t3."id" desc limit 2) t4) x) as "many") x

-- 1: value 0
-- columns: data
-- keys: created_at, id
