select row_to_json(x) as "data"
from 
  (select t0.*
  from "users" t0
  where not t0."is_active"
  order by t0."id" limit 21) p
cross join lateral
  (select p."id" as "id", p."name" as "name", p."department" as "department") x

-- columns: data
-- keys: id
