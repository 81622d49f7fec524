select json_object('id', p."id", 'salary', p."salary") as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.number = ?1 OR NOT (EXISTS (SELECT 1 
FROM comments 
WHERE t0.id = comments.document_id)))
  order by t0."id" limit 6) p

-- 1: const 7
-- columns: data
-- keys: id
