-- flags: accord_found, accord_old, accord_new
-- check
with c as (select t.*
 from "projects" t
 where t."id" = ?1)
 , n as (select c."id" as "id", c."code" as "code", c."title" as "title", c."budget" as "budget", c."state" as "state", c."owner_id" as "owner_id", c."starts" as "starts", ?2 as "ends", c."level" as "level", c."version" + 1 as "version"
 from c)
 , f as (select n.*, true as "accord_found", coalesce(((c.state = 'is-closed') IS FALSE), false) as "accord_old", coalesce(((n.state = 'is-closed') IS FALSE), false) as "accord_new"
 from n, c) select f."accord_found" as "accord_found", f."accord_old" as "accord_old", f."accord_new" as "accord_new", (select json_object('id', c."id", 'code', c."code", 'title', c."title", 'budget', iif(c."budget" is null, null, printf('%.2f', c."budget")), 'state', c."state", 'owner_id', c."owner_id", 'starts', c."starts", 'ends', c."ends", 'level', c."level", 'version', c."version")
 from c) as "stored"
 from (select 1 as one) o
 left join f on true
-- change
update "projects" set "ends" = ?1, "version" = "version" + 1
 where "id" = ?2
