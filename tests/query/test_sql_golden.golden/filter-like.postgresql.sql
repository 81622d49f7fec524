select row_to_json(x) as "data"
from 
  (select t0.*
  from "users" t0
  where t0."name" ilike $1
  order by t0."id" limit 21) p
cross join lateral
  (select p."id" as "id", p."name" as "name", p."department" as "department") x

-- 1: value 0
-- columns: data
-- keys: id
