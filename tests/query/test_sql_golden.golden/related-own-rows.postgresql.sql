select row_to_json(x) as "data"
from 
  (select t0.*
  from "orders" t0
  where (t0.user_id = $1::VARCHAR)
  order by t0."created_at" desc, t0."id" desc limit 21) p
cross join lateral
  (select p."id" as "id", (p."status")::text as "status", nullif((p."total")::text, 'NaN') as "total", case when p."created_at" >= '0001-01-01' and p."created_at" < '10000-01-01' then to_char(p."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as "created_at",
    (select row_to_json(x)
    from 
      (select t1."id" as "id", t1."name" as "name",
        (select coalesce(json_agg(row_to_json(x)), '[]')
        from 
          (select t3."id" as "id", t3."name" as "name"
          from 
            (select t2.*
            from "team_members" t4 join "teams" t2 on t4."team_id" = t2."id"
            where t4."user_id" = t1."id"
            order by t2."name", t2."id") t3) x) as "teams"
      from "users" t1
      where t1."id" = p."user_id") x) as "user",
    (select coalesce(json_agg(row_to_json(x)), '[]')
    from 
      (select t6."id" as "id", t6."quantity" as "quantity",
        (select row_to_json(x)
        from 
          (select t7."id" as "id", t7."name" as "name"
          from "products" t7
          where t7."id" = t6."product_id") x) as "product"
      from 
        (select t5.*
        from "items" t5
        where t5."order_id" = p."id" and t5."quantity" >= $2 and (EXISTS (SELECT 1 
FROM orders 
WHERE orders.id = t5.order_id AND orders.user_id = $1::VARCHAR))
        order by t5."quantity" desc, t5."id" limit 5) t6) x) as "items") x

-- 1: caller 'id'
-- 2: value 0
-- columns: data
-- keys: created_at, id
