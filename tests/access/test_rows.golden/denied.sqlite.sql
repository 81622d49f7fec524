select json_object('id', p."id", 'salary', p."salary") as "data"
from 
  (select t0.*
  from "documents" t0
  where ((t0.state = ?1) IS FALSE)
  order by t0."id" limit 6) p

-- 1: const 'secret'
-- columns: data
-- keys: id
