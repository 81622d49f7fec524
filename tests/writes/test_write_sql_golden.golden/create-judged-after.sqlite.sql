-- flags: none
-- change
insert into "meters" ("reading") values (?1)
 returning "id" as key
-- verify
select coalesce((p.grade = ?1 AND p.double <= ?2), false) as accord_new
 from "meters" p
 where p."id" = ?3
-- document
select json_object('id', p."id") as "data", json_array(p."id", p."reading", p."grade", p."double") as "state"
 from "meters" p
 where p."id" = ?1
