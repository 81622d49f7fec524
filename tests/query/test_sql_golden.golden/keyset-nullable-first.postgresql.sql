select row_to_json(x) as "data"
from 
  (select t1.*
  from 
    (select *
    from 
      (select t0.*
      from "users" t0
      where t0."department" is null and t0."id" > $1
      order by t0."department" desc, t0."id" limit 21) t0
    union all select *
    from 
      (select t0.*
      from "users" t0
      where t0."department" is not null
      order by t0."department" desc, t0."id" limit 21) t0) t1
  order by t1."department" desc, t1."id" limit 21) p
cross join lateral
  (select p."id" as "id", p."name" as "name", p."department" as "department") x

-- 1: value 0
-- columns: data
-- keys: department, id
