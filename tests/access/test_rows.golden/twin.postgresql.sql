select row_to_json(x) as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.owner = $1::VARCHAR OR (EXISTS (SELECT * 
FROM documents AS documents_1 
WHERE documents_1.title = t0.title AND documents_1.id != t0.id)))
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", p."salary" as "salary") x

-- 1: caller 'id'
-- columns: data
-- keys: id
