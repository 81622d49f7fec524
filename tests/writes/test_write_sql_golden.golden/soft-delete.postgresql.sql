-- flags: accord_found, accord_deleted, accord_old
-- single
with c as materialized (select t.*
 from "notes" t
 where t."id" = $1 and (t.author_id = $2::VARCHAR) for update)
 , f as (select c.*, true as "accord_found", c."deleted_at" is not null as "accord_deleted", coalesce((c.author_id = $2::VARCHAR), false) as "accord_old"
 from c)
 , w as (update "notes" t set "deleted_at" = $3::TIMESTAMP WITH TIME ZONE
 from f
 where t."id" = f."id" and not f."accord_deleted" and f."accord_old"
 returning t.*) select f."accord_found" as "accord_found", f."accord_deleted" as "accord_deleted", f."accord_old" as "accord_old", (select p."id"
 from w p) as "key"
 from (select 1) o
 left join f on true
