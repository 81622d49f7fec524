-- flags: none
-- change
insert into "projects" ("id", "code", "title", "budget", "state", "owner_id", "version") values ($1::text, $2::text, $3::text, $4::numeric, $5::project_state, $6::text, $7::INTEGER)
 returning "id" as key
