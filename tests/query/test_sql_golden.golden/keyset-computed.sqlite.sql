select json_object('id', p."id", 'total_price', iif((p.quantity * p.unit_price) is null, null, printf('%.2f', (p.quantity * p.unit_price)))) as "data", json_array(iif((p.quantity * p.unit_price) is null, null, printf('%!.17g', (p.quantity * p.unit_price))), p."id") as "key"
from 
  (select t0.*
  from "items" t0
  where ((t0.quantity * t0.unit_price), t0."id") > (?1, ?2)
  order by (t0.quantity * t0.unit_price), t0."id" limit 6) p

-- 1: value 0
-- 2: value 1
-- columns: data, key
