select
  (select row_to_json(x)
  from 
    (select p."id" as "id", (p."status")::text as "status", nullif((p."total")::text, 'NaN') as "total", case when p."created_at" >= '0001-01-01' and p."created_at" < '10000-01-01' then to_char(p."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as "created_at") x) as "data", p."version" as "version", case when p."updated_at" >= '0001-01-01' and p."updated_at" < '10000-01-01' then to_char(p."updated_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as "modified"
from "orders" p
where p."id" = $1

-- 1: value 0
-- columns: data, version, modified
