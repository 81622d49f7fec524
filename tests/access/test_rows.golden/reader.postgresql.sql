select row_to_json(x) as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.state = $1::VARCHAR OR (t0.id = ANY (array((SELECT readers.document_id 
FROM readers 
WHERE readers.person = $2::VARCHAR)))))
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", p."salary" as "salary") x

-- 1: const 'public'
-- 2: caller 'id'
-- columns: data
-- keys: id
