select coalesce(json_agg(row_to_json(x)) filter (where p.accord_n <= 20), '[]') as "data", count(*) as "count", max(case when p.accord_n = 1 then (json_build_array(case when p."created_at" >= '0001-01-01' and p."created_at" < '10000-01-01' then to_char(p."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end, p."id"))::text end) as "first", max(case when p.accord_n = 20 then (json_build_array(case when p."created_at" >= '0001-01-01' and p."created_at" < '10000-01-01' then to_char(p."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end, p."id"))::text end) as "last",
  (select count(*)
  from "orders" t2) as "total"
from 
  (select t1.*, row_number() over () as accord_n
  from 
    (select t0.*
    from "orders" t0
    order by t0."created_at" desc, t0."id" desc limit 21 offset $1) t1) p
cross join lateral
  (select p."id" as "id", (p."status")::text as "status", nullif((p."total")::text, 'NaN') as "total", case when p."created_at" >= '0001-01-01' and p."created_at" < '10000-01-01' then to_char(p."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as "created_at") x

-- 1: value 0
-- columns: data, count, first, last, total
