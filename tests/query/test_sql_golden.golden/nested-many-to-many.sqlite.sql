select json_group_array(json_object('id', p."id", 'name', p."name")) filter (where p.accord_n <= 5) as "data", count(*) as "count", max(case when p.accord_n = 1 then json_array(p."id") end) as "first", max(case when p.accord_n = 5 then json_array(p."id") end) as "last",
  (select count(*)
  from "teams" t3
  where t3."id" in
    (select t4."team_id"
    from "team_members" t4
    where t4."user_id" = ?1)) as "total", exists
  (select 1
  from "users" t5
  where t5."id" = ?1) as "exists"
from 
  (select t2.*, row_number() over () as accord_n
  from 
    (select t0.*
    from "teams" t0
    where t0."id" in
      (select t1."team_id"
      from "team_members" t1
      where t1."user_id" = ?1)
    order by t0."id" limit 6) t2) p

-- 1: value 0
-- columns: data, count, first, last, total, exists
