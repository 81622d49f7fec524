select row_to_json(x) as "data", (json_build_array(case when p."created_at" >= '0001-01-01' and p."created_at" < '10000-01-01' then to_char(p."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end, p."id"))::text as "key"
from 
  (select t0.*
  from "orders" t0
  order by t0."created_at" desc, t0."id" limit 6) p
cross join lateral
  (select p."id" as "id") x

-- columns: data, key
