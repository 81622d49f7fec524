select json_object('id', p."id", 'salary', p."salary") as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.owner = ?1 OR (t0.folder_id IN (SELECT folders.id 
FROM folders 
WHERE folders.owner = ?1)))
  order by t0."id" limit 6) p

-- 1: caller 'id'
-- columns: data
-- keys: id
