-- flags: accord_ref_project, accord_ref_assignee, accord_new
-- check
with n as (select null as "id", ?1 as "project_id", ?2 as "title", ?3 as "points", ?4 as "assignee_id")
 , f as (select n.*, (n."project_id" is null or exists (select 1
 from "projects" t0
 where t0."id" = n."project_id" and (t0.owner_id = ?5))) as "accord_ref_project", (n."assignee_id" is null or exists (select 1
 from "people" t1
 where t1."id" = n."assignee_id" and (t1.role != 'boss'))) as "accord_ref_assignee", coalesce((EXISTS (SELECT 1 
FROM projects 
WHERE projects.id = n.project_id AND projects.owner_id = ?5)), false) as "accord_new"
 from n) select f."accord_ref_project" as "accord_ref_project", f."accord_ref_assignee" as "accord_ref_assignee", f."accord_new" as "accord_new"
 from (select 1 as one) o
 left join f on true
-- change
insert into "tasks" ("project_id", "title", "points", "assignee_id") values (?1, ?2, ?3, ?4)
 returning "id" as key
