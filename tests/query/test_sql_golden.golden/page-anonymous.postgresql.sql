select row_to_json(x) as "data"
from 
  (select t0.*
  from "products" t0
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id") x

-- columns: data
-- keys: id
