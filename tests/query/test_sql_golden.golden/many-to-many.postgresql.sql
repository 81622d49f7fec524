select row_to_json(x) as "data"
from 
  (select t0.*
  from "users" t0
  order by t0."id" limit 21) p
cross join lateral
  (select p."id" as "id",
    (select coalesce(json_agg(row_to_json(x)), '[]')
    from 
      (select t2."id" as "id", t2."name" as "name"
      from 
        (select t1.*
        from "team_members" t3 join "teams" t1 on t3."team_id" = t1."id"
        where t3."user_id" = p."id"
        order by t1."name", t1."id") t2) x) as "teams") x

-- columns: data
-- keys: id
