-- flags: none
-- change
insert into "people" ("id", "email", "name", "role", "handle", "updated_at", "version", "seen_at") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, CURRENT_TIMESTAMP)
 returning "id" as key
-- document
select json_object('id', p."id", 'boss', (select json_object('id', t0."id")
 from "people" t0
 where t0."id" = p."boss_id")) as "data", p."version" as "version", replace(p."updated_at", ' ', 'T') || 'Z' as "modified"
 from "people" p
 where p."id" = ?1
