select count(*), coalesce(extract(epoch from now() - min(due_at)), 0)::float8
from outbox
where due_at <= now()
