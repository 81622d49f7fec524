-- flags: accord_found, accord_old
-- check
with c as (select t.*
 from "projects" t
 where t."id" = ?1)
 , f as (select c.*, true as "accord_found", coalesce(((c.state = 'is-closed') IS FALSE), false) as "accord_old"
 from c) select f."accord_found" as "accord_found", f."accord_old" as "accord_old"
 from (select 1 as one) o
 left join f on true
-- change
delete
 from "projects"
 where "id" = ?1
