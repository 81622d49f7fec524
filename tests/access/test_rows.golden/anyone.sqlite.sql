select json_object('id', p."id", 'salary', p."salary") as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.owner = ?1 OR (EXISTS (SELECT t0.id 
FROM documents AS t0 
WHERE t0.state = ?2)))
  order by t0."id" limit 6) p

-- 1: caller 'id'
-- 2: const 'published'
-- columns: data
-- keys: id
