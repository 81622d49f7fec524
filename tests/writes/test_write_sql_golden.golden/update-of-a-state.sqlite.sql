-- flags: accord_found, accord_match
-- check
with c as (select t.*
 from "devices" t
 where t."id" = ?1)
 , n as (select c."id" as "id", ?2 as "label", c."owner" as "owner", c."price" as "price", c."weight" as "weight", c."active" as "active", c."blob" as "blob", c."uptime" as "uptime", c."made_on" as "made_on", c."extra" as "extra", c."mode" as "mode"
 from c)
 , f as (select n.*, true as "accord_found", true as "accord_match"
 from n, c) select f."accord_found" as "accord_found", f."accord_match" as "accord_match", (select json_array(substr(c."id", 1, 8) || '-' || substr(c."id", 9, 4) || '-' || substr(c."id", 13, 4) || '-' || substr(c."id", 17, 4) || '-' || substr(c."id", 21, 12), c."label", substr(c."owner", 1, 8) || '-' || substr(c."owner", 9, 4) || '-' || substr(c."owner", 13, 4) || '-' || substr(c."owner", 17, 4) || '-' || substr(c."owner", 21, 12), iif(c."price" is null, null, printf('%.3f', c."price")), json(iif(c."weight" is null or abs(c."weight") > 1.7976931348623157e308, null, printf('%!.17g', c."weight"))), json(case when c."active" then 'true' when c."active" is not null then 'false' end), replace(replace(accord_b64(c."blob"), '-', '+'), '_', '/') || substr('==', 1, (3 - length(c."blob") % 3) % 3), strftime('%s', c."uptime") * 1000000 + substr(c."uptime", 21, 6), c."made_on", json(c."extra"), c."mode")
 from c) as "state"
 from (select 1 as one) o
 left join f on true
-- change
update "devices" set "label" = ?1
 where "id" = ?2
