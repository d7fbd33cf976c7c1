insert into leads (id)
select unnest($1::uuid[])
on conflict (id) do nothing
