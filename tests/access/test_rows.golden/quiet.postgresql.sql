select row_to_json(x) as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.number = $1::INTEGER OR NOT (EXISTS (SELECT 1 
FROM comments 
WHERE t0.id = comments.document_id)))
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", p."salary" as "salary") x

-- 1: const 7
-- columns: data
-- keys: id
