-- flags: accord_found
-- check
with c as (select t.*
 from "people" t
 where t."id" = ?1)
 , n as (select c."id" as "id", c."email" as "email", ?2 as "name", c."role" as "role", c."boss_id" as "boss_id", c."nickname" as "nickname", c."secret" as "secret", c."profile" as "profile", c."handle" as "handle", ?3 as "updated_at", CURRENT_TIMESTAMP as "seen_at", c."version" + 1 as "version"
 from c)
 , f as (select n.*, true as "accord_found"
 from n, c) select f."accord_found" as "accord_found"
 from (select 1 as one) o
 left join f on true
-- change
update "people" set "name" = ?1, "updated_at" = ?2, "seen_at" = CURRENT_TIMESTAMP, "version" = "version" + 1
 where "id" = ?3
