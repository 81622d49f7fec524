-- flags: accord_found
-- single
with c as materialized (select t.*
 from "people" t
 where t."id" = $1 for update)
 , n as (select c."id" as "id", c."email" as "email", $2::text as "name", c."role" as "role", c."boss_id" as "boss_id", c."nickname" as "nickname", c."secret" as "secret", c."profile" as "profile", c."handle" as "handle", $3::TIMESTAMP WITH TIME ZONE as "updated_at", now() as "seen_at", c."version" + 1 as "version"
 from c)
 , f as (select n.*, true as "accord_found"
 from n, c)
 , w as (update "people" t set "name" = f."name", "updated_at" = f."updated_at", "seen_at" = f."seen_at", "version" = f."version"
 from f
 where t."id" = f."id" and true
 returning t.*) select f."accord_found" as "accord_found", (select p."id"
 from w p) as "key"
 from (select 1) o
 left join f on true
