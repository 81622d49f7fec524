-- flags: none
-- change
insert into "meters" ("reading") values ($1::INTEGER)
 returning "id" as key
-- verify
select coalesce((p.grade = $1::INTEGER AND p.double <= $2::INTEGER), false) as accord_new
 from "meters" p
 where p."id" = $3
-- document
select (select row_to_json(x)
 from (select p."id" as "id") x) as "data", json_build_array(p."id", p."reading", p."grade", p."double") as "state"
 from "meters" p
 where p."id" = $1
