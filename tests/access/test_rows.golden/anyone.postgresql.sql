select row_to_json(x) as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.owner = $1::VARCHAR OR (EXISTS (SELECT t0.id 
FROM documents AS t0 
WHERE t0.state = $2::VARCHAR)))
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", p."salary" as "salary") x

-- 1: caller 'id'
-- 2: const 'published'
-- columns: data
-- keys: id
