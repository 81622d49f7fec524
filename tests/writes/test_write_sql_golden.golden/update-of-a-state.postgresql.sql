-- flags: accord_found, accord_match
-- check
with c as materialized (select t.*
 from "devices" t
 where t."id" = $1 for update)
 , n as (select c."id" as "id", $2::text as "label", c."owner" as "owner", c."price" as "price", c."weight" as "weight", c."active" as "active", c."blob" as "blob", c."uptime" as "uptime", c."made_on" as "made_on", c."extra" as "extra", c."mode" as "mode"
 from c)
 , f as (select n.*, true as "accord_found", true as "accord_match"
 from n, c) select f."accord_found" as "accord_found", f."accord_match" as "accord_match", (select json_build_array((c."id")::text, c."label", (c."owner")::text, nullif((c."price")::text, 'NaN'), case when c."weight" not in ('NaN', 'Infinity', '-Infinity') then c."weight" end, c."active", translate(encode(c."blob", 'base64'), E'\n', ''), (extract(epoch
 from c."uptime") * 1000000)::bigint, case when c."made_on" between '0001-01-01' and '9999-12-31' then c."made_on" end, c."extra", (c."mode")::text)
 from c) as "state"
 from (select 1 as one) o
 left join f on true
-- change
update "devices" set "label" = $1::text
 where "id" = $2
