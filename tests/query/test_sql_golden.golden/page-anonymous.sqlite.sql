select json_object('id', p."id") as "data"
from 
  (select t0.*
  from "products" t0
  order by t0."id" limit 6) p

-- columns: data
-- keys: id
