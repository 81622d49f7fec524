-- flags: accord_found, accord_old, accord_match, accord_new
-- single
with c as materialized (select t.*
 from "projects" t
 where t."id" = $1 and (t.owner_id = $2::VARCHAR) for update)
 , n as (select c."id" as "id", c."code" as "code", $3::text as "title", c."budget" as "budget", c."state" as "state", c."owner_id" as "owner_id", c."starts" as "starts", c."ends" as "ends", c."level" as "level", c."version" + 1 as "version"
 from c)
 , f as (select n.*, true as "accord_found", coalesce((c.owner_id = $2::VARCHAR AND (c.state = 'is-closed'::project_state) IS FALSE), false) as "accord_old", (c."version")::text = any($4) as "accord_match", coalesce((n.owner_id = $2::VARCHAR AND (n.state = 'is-closed'::project_state) IS FALSE), false) as "accord_new"
 from n, c)
 , w as (update "projects" t set "title" = f."title", "version" = f."version"
 from f
 where t."id" = f."id" and f."accord_old" and f."accord_match" and f."accord_new"
 returning t.*) select f."accord_found" as "accord_found", f."accord_old" as "accord_old", f."accord_match" as "accord_match", f."accord_new" as "accord_new", (select p."id"
 from w p) as "key", d."data" as "data", d."version" as "version"
 from (select 1) o
 left join f on true
 left join (select (select row_to_json(x)
 from (select p."id" as "id") x) as "data", p."version" as "version"
 from w p
 where (p.owner_id = $2::VARCHAR)) d on true
