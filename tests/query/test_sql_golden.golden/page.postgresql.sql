select row_to_json(x) as "data"
from 
  (select t0.*
  from "orders" t0
  order by t0."created_at" desc, t0."id" desc limit 21) p
cross join lateral
  (select p."id" as "id", (p."status")::text as "status", nullif((p."total")::text, 'NaN') as "total", case when p."created_at" >= '0001-01-01' and p."created_at" < '10000-01-01' then to_char(p."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as "created_at") x

-- columns: data
-- keys: created_at, id
