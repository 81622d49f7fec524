select json_object('id', p."id", 'salary', case when ((p.owner != ?1) IS FALSE) then p."salary" end) as "data"
from 
  (select t0.*
  from "documents" t0
  order by t0."id" limit 6) p

-- 1: caller 'id'
-- columns: data
-- keys: id
