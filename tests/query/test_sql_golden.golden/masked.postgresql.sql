select row_to_json(x) as "data"
from 
  (select t0.*
  from "users" t0
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", case when ((p.id != $1::VARCHAR) IS FALSE) then p."loyalty_points" end as "loyalty_points") x

-- 1: caller 'id'
-- columns: data
-- keys: id
