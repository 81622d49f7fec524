select json_object('id', p."id", 'name', p."name", 'department', p."department") as "data"
from 
  (select t0.*
  from "users" t0
  where t0."department" is null and t0."manager_id" is not null
  order by t0."id" limit 21) p

-- columns: data
-- keys: id
