-- flags: none
-- single
with w as (insert into "projects" ("id", "code", "title", "budget", "state", "owner_id", "version") values ($1::text, $2::text, $3::text, $4::numeric, $5::project_state, $6::text, $7::INTEGER)
 returning *) select (select p."id"
 from w p) as "key", d."data" as "data", d."version" as "version"
 from (select 1) o
 left join (select (select row_to_json(x)
 from (select p."id" as "id") x) as "data", p."version" as "version"
 from w p) d on true
