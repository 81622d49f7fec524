-- flags: accord_found, accord_deleted, accord_old
-- check
with c as (select t.*
 from "notes" t
 where t."id" = ?1 and (t.author_id = ?2))
 , f as (select c.*, true as "accord_found", c."deleted_at" is not null as "accord_deleted", coalesce((c.author_id = ?2), false) as "accord_old"
 from c) select f."accord_found" as "accord_found", f."accord_deleted" as "accord_deleted", f."accord_old" as "accord_old"
 from (select 1 as one) o
 left join f on true
-- change
update "notes" set "deleted_at" = ?1
 where "id" = ?2
