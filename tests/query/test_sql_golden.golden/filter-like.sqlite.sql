select json_object('id', p."id", 'name', p."name", 'department', p."department") as "data"
from 
  (select t0.*
  from "users" t0
  where instr(accord_lower(t0."name"), accord_lower(?1)) > 0
  order by t0."id" limit 21) p

-- 1: value 0
-- columns: data
-- keys: id
