select json_object('id', p."id", 'teams',
  (select json_group_array(json_object('id', t2."id", 'name', t2."name"))
  from 
    (select t1.*
    from "team_members" t3 join "teams" t1 on t3."team_id" = t1."id"
    where t3."user_id" = p."id"
    order by t1."name", t1."id") t2)) as "data"
from 
  (select t0.*
  from "users" t0
  order by t0."id" limit 21) p

-- columns: data
-- keys: id
