select json_object('id', p."id", 'name', p."name", 'department', p."department") as "data"
from 
  (select t1.*
  from 
    (select *
    from 
      (select t0.*
      from "users" t0
      where t0."department" is null and t0."id" > ?1
      order by t0."department" desc nulls first, t0."id" limit 21) t0
    union all select *
    from 
      (select t0.*
      from "users" t0
      where t0."department" is not null
      order by t0."department" desc nulls first, t0."id" limit 21) t0) t1
  order by t1."department" desc nulls first, t1."id" limit 21) p

-- 1: value 0
-- columns: data
-- keys: department, id
