select json_object('id', p."id", 'loyalty_points', case when ((p.id != ?1) IS FALSE) then p."loyalty_points" end) as "data"
from 
  (select t0.*
  from "users" t0
  order by t0."id" limit 6) p

-- 1: caller 'id'
-- columns: data
-- keys: id
