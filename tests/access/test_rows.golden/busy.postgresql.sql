select row_to_json(x) as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.owner = $1::VARCHAR OR (EXISTS (SELECT comments.document_id 
FROM comments 
WHERE comments.document_id = t0.id GROUP BY comments.document_id 
HAVING count(*) > $2::INTEGER)))
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", p."salary" as "salary") x

-- 1: caller 'id'
-- 2: const 1
-- columns: data
-- keys: id
