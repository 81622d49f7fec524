select row_to_json(x) as "data"
from 
  (select t0.*
  from "users" t0
  where t0."department" is null and t0."manager_id" is not null
  order by t0."id" limit 21) p
cross join lateral
  (select p."id" as "id", p."name" as "name", p."department" as "department") x

-- columns: data
-- keys: id
