select json_group_array(json_object('id', p."id", 'status', p."status", 'total', iif(p."total" is null, null, printf('%.2f', p."total")), 'created_at', replace(p."created_at", ' ', 'T') || 'Z')) filter (where p.accord_n <= 20) as "data", count(*) as "count", max(case when p.accord_n = 1 then json_array(replace(p."created_at", ' ', 'T') || 'Z', p."id") end) as "first", max(case when p.accord_n = 20 then json_array(replace(p."created_at", ' ', 'T') || 'Z', p."id") end) as "last",
  (select count(*)
  from "orders" t2) as "total"
from 
  (select t1.*, row_number() over () as accord_n
  from 
    (select t0.*
    from "orders" t0
    order by t0."created_at" desc, t0."id" desc limit 21 offset ?1) t1) p

-- 1: value 0
-- columns: data, count, first, last, total
