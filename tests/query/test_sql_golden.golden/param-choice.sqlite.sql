select json_object('id', p."id", 'name', p."name", 'department', p."department") as "data"
from 
  (select t0.*
  from "users" t0
  where (t0.is_active IS 1)
  order by t0."id" limit 21) p

-- columns: data
-- keys: id
