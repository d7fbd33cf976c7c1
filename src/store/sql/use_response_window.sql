insert into response_windows (ms)
values ($1)
on conflict (ms) do nothing
