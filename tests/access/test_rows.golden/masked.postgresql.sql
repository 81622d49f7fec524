select row_to_json(x) as "data"
from 
  (select t0.*
  from "documents" t0
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", case when ((p.owner != $1::VARCHAR) IS FALSE) then p."salary" end as "salary") x

-- 1: caller 'id'
-- columns: data
-- keys: id
