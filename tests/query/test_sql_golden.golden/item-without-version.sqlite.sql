select json_object('id', p."id", 'name', p."name") as "data", json_array(p."id", p."name") as "state"
from "teams" p
where p."id" = ?1

-- 1: value 0
-- columns: data, state
