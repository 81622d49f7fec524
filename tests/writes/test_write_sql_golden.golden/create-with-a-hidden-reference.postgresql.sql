-- flags: accord_ref_project, accord_ref_assignee, accord_new
-- single
with n as (select null::INTEGER as "id", $1::text as "project_id", $2::text as "title", $3::INTEGER as "points", $4::text as "assignee_id")
 , f as (select n.*, (n."project_id" is null or exists (select 1
 from "projects" t0
 where t0."id" = n."project_id" and (t0.owner_id = $5::VARCHAR))) as "accord_ref_project", (n."assignee_id" is null or exists (select 1
 from "people" t1
 where t1."id" = n."assignee_id" and (t1.role != 'boss'))) as "accord_ref_assignee", coalesce((EXISTS (SELECT 1 
FROM projects 
WHERE projects.id = n.project_id AND projects.owner_id = $5::VARCHAR)), false) as "accord_new"
 from n)
 , w as (insert into "tasks" ("project_id", "title", "points", "assignee_id") select f."project_id", f."title", f."points", f."assignee_id"
 from f
 where f."accord_ref_project" and f."accord_ref_assignee" and f."accord_new"
 returning *) select f."accord_ref_project" as "accord_ref_project", f."accord_ref_assignee" as "accord_ref_assignee", f."accord_new" as "accord_new", (select p."id"
 from w p) as "key"
 from (select 1) o
 left join f on true
