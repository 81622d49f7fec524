-- flags: accord_new
-- single
with n as (select $1::text as "id", $2::text as "code", $3::text as "title", $4::numeric as "budget", $5::project_state as "state", $6::text as "owner_id", null::DATE as "starts", null::DATE as "ends", null::INTEGER as "level", $7::INTEGER as "version")
 , f as (select n.*, coalesce((n.owner_id = $8::VARCHAR), false) as "accord_new"
 from n)
 , w as (insert into "projects" ("id", "code", "title", "budget", "state", "owner_id", "version") select f."id", f."code", f."title", f."budget", f."state", f."owner_id", f."version"
 from f
 where f."accord_new"
 returning *) select f."accord_new" as "accord_new", (select p."id"
 from w p) as "key", d."data" as "data", d."version" as "version"
 from (select 1) o
 left join f on true
 left join (select (select row_to_json(x)
 from (select p."id" as "id") x) as "data", p."version" as "version"
 from w p
 where (p.owner_id = $8::VARCHAR)) d on true
