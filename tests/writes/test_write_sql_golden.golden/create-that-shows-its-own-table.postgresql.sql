-- flags: none
-- change
insert into "people" ("id", "email", "name", "role", "handle", "updated_at", "version", "seen_at") values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::TIMESTAMP WITH TIME ZONE, $7::INTEGER, now())
 returning "id" as key
-- document
select (select row_to_json(x)
 from (select p."id" as "id", (select row_to_json(x)
 from (select t0."id" as "id"
 from "people" t0
 where t0."id" = p."boss_id") x) as "boss") x) as "data", p."version" as "version", case when p."updated_at" >= '0001-01-01' and p."updated_at" < '10000-01-01' then to_char(p."updated_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as "modified"
 from "people" p
 where p."id" = $1
