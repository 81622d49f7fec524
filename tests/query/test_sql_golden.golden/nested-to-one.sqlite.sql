select d."data" as "data", d."version" as "version", d."modified" as "modified", exists
  (select 1
  from "orders" t1
  where t1."id" = ?1 and (t1.user_id = ?2)) as "exists", exists
  (select 1
  from "orders" t1
  where t1."id" = ?1) as "present"
from 
  (select 1 as one) o
left join 
  (select json_object('id', p."id", 'name', p."name", 'department', p."department") as "data", p."version" as "version", replace(p."updated_at", ' ', 'T') || 'Z' as "modified"
  from "users" p
  where p."id" =
    (select t0."user_id"
    from "orders" t0
    where t0."id" = ?1)) d on true

-- 1: value 0
-- 2: caller 'id'
-- columns: data, version, modified, exists, present
