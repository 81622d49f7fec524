select json_object('id', p."id") as "data", json_array(replace(p."created_at", ' ', 'T') || 'Z', p."id") as "key"
from 
  (select t0.*
  from "orders" t0
  order by t0."created_at" desc, t0."id" limit 6) p

-- columns: data, key
