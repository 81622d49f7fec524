select json_object('id', p."id", 'salary', p."salary") as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.owner = ?1 OR (EXISTS (SELECT comments.document_id 
FROM comments 
WHERE comments.document_id = t0.id GROUP BY comments.document_id 
HAVING count(*) > ?2)))
  order by t0."id" limit 6) p

-- 1: caller 'id'
-- 2: const 1
-- columns: data
-- keys: id
