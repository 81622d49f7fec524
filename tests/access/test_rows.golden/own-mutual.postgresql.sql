select row_to_json(x) as "data"
from 
  (select t0.*
  from "documents" t0
  where (t0.owner = $1::VARCHAR OR (t0.folder_id = ANY (array((SELECT folders.id 
FROM folders 
WHERE folders.owner = $1::VARCHAR)))))
  order by t0."id" limit 6) p
cross join lateral
  (select p."id" as "id", p."salary" as "salary") x

-- 1: caller 'id'
-- columns: data
-- keys: id
