select d."data" as "data", d."version" as "version", d."modified" as "modified", exists
  (select 1
  from "orders" t1
  where t1."id" = $1 and (t1.user_id = $2::VARCHAR)) as "exists", exists
  (select 1
  from "orders" t1
  where t1."id" = $1) as "present"
from 
  (select 1 as one) o
left join 
  (select 
    (select row_to_json(x)
    from 
      (select p."id" as "id", p."name" as "name", p."department" as "department") x) as "data", p."version" as "version", case when p."updated_at" >= '0001-01-01' and p."updated_at" < '10000-01-01' then to_char(p."updated_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as "modified"
  from "users" p
  where p."id" =
    (select t0."user_id"
    from "orders" t0
    where t0."id" = $1)) d on true

-- 1: value 0
-- 2: caller 'id'
-- columns: data, version, modified, exists, present
