select
  (select row_to_json(x)
  from 
    (select p."id" as "id", p."name" as "name") x) as "data", json_build_array(p."id", p."name") as "state"
from "teams" p
where p."id" = $1

-- 1: value 0
-- columns: data, state
