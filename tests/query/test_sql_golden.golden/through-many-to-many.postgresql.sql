select row_to_json(x) as "data"
from 
  (select t0.*
  from "users" t0
  where exists
    (select 1
    from "team_members" t2 join "teams" t1 on t2."team_id" = t1."id"
    where t2."user_id" = t0."id" and t1."name" = $1)
  order by t0."id" limit 21) p
cross join lateral
  (select p."id" as "id", p."name" as "name", p."department" as "department") x

-- 1: value 0
-- columns: data
-- keys: id
