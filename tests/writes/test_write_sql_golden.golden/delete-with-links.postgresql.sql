-- flags: accord_found, accord_old
-- single
with c as materialized (select t.*
 from "people" t
 where t."id" = $1 for update)
 , f as (select c.*, true as "accord_found", coalesce(((c.role = 'boss') IS FALSE), false) as "accord_old"
 from c), "u_teams" as (delete
 from "memberships" l using f
 where l."person_id" = f."id" and f."accord_old")
 , w as (delete
 from "people" t using f
 where t."id" = f."id" and f."accord_old"
 returning t.*) select f."accord_found" as "accord_found", f."accord_old" as "accord_old", (select p."id"
 from w p) as "key"
 from (select 1) o
 left join f on true
