select json_object('id', p."id", 'salary', p."salary") as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.state = ?1 OR (t0.id IN (SELECT readers.document_id 
FROM readers 
WHERE readers.person = ?2)))
  order by t0."id" limit 6) p

-- 1: const 'public'
-- 2: caller 'id'
-- columns: data
-- keys: id
