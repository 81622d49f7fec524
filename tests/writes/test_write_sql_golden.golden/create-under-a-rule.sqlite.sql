-- flags: accord_key_owner_id, accord_new
-- check
with n as (select ?1 as "id", ?2 as "code", ?3 as "title", ?4 as "budget", ?5 as "state", ?6 as "owner_id", null as "starts", null as "ends", null as "level", ?7 as "version")
 , f as (select n.*, (n."owner_id" is null or exists (select 1
 from "people" t0
 where t0."id" = n."owner_id")) as "accord_key_owner_id", coalesce((n.owner_id = ?8), false) as "accord_new"
 from n) select f."accord_key_owner_id" as "accord_key_owner_id", f."accord_new" as "accord_new"
 from (select 1 as one) o
 left join f on true
-- change
insert into "projects" ("id", "code", "title", "budget", "state", "owner_id", "version") values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
 returning "id" as key
-- document
select json_object('id', p."id") as "data", p."version" as "version"
 from "projects" p
 where (p.owner_id = ?1) and p."id" = ?2
