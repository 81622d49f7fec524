-- flags: accord_found, accord_old, accord_match, accord_new
-- check
with c as (select t.*
 from "projects" t
 where t."id" = ?1 and (t.owner_id = ?2))
 , n as (select c."id" as "id", c."code" as "code", ?3 as "title", c."budget" as "budget", c."state" as "state", c."owner_id" as "owner_id", c."starts" as "starts", c."ends" as "ends", c."level" as "level", c."version" + 1 as "version"
 from c)
 , f as (select n.*, true as "accord_found", coalesce((c.owner_id = ?2 AND (c.state = 'is-closed') IS FALSE), false) as "accord_old", cast(c."version" as text) in (select value
 from json_each(?4)) as "accord_match", coalesce((n.owner_id = ?2 AND (n.state = 'is-closed') IS FALSE), false) as "accord_new"
 from n, c) select f."accord_found" as "accord_found", f."accord_old" as "accord_old", f."accord_match" as "accord_match", f."accord_new" as "accord_new"
 from (select 1 as one) o
 left join f on true
-- change
update "projects" set "title" = ?1, "version" = "version" + 1
 where "id" = ?2
-- document
select json_object('id', p."id") as "data", p."version" as "version"
 from "projects" p
 where (p.owner_id = ?1) and p."id" = ?2
