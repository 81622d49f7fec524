select row_to_json(x) as "data"
from 
  (select t0.*
  from "items" t0
  where ((t0.quantity * t0.unit_price), t0."id") > ($1, $2)
  order by (t0.quantity * t0.unit_price), t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", nullif(((p.quantity * p.unit_price))::text, 'NaN') as "total_price") x

-- 1: value 0
-- 2: value 1
-- columns: data
-- keys: total_price, id
