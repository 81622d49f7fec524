-- flags: accord_found, accord_old, accord_new
-- check
with c as materialized (select t.*
 from "projects" t
 where t."id" = $1 for update)
 , n as (select c."id" as "id", c."code" as "code", c."title" as "title", c."budget" as "budget", c."state" as "state", c."owner_id" as "owner_id", c."starts" as "starts", $2::DATE as "ends", c."level" as "level", c."version" + 1 as "version"
 from c)
 , f as (select n.*, true as "accord_found", coalesce(((c.state = 'is-closed'::project_state) IS FALSE), false) as "accord_old", coalesce(((n.state = 'is-closed'::project_state) IS FALSE), false) as "accord_new"
 from n, c) select f."accord_found" as "accord_found", f."accord_old" as "accord_old", f."accord_new" as "accord_new", (select json_build_object('id', c."id", 'code', c."code", 'title', c."title", 'budget', nullif((c."budget")::text, 'NaN'), 'state', (c."state")::text, 'owner_id', c."owner_id", 'starts', case when c."starts" between '0001-01-01' and '9999-12-31' then c."starts" end, 'ends', case when c."ends" between '0001-01-01' and '9999-12-31' then c."ends" end, 'level', c."level", 'version', c."version")
 from c) as "stored"
 from (select 1 as one) o
 left join f on true
-- change
update "projects" set "ends" = $1::DATE, "version" = "version" + 1
 where "id" = $2
