select row_to_json(x) as "data"
from 
  (select t0.*
  from "documents" t0
  where ((t0.state = $1::VARCHAR) IS FALSE)
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", p."salary" as "salary") x

-- 1: const 'secret'
-- columns: data
-- keys: id
