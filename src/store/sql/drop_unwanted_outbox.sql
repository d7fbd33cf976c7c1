delete from outbox
where kind = any($1) and recorded_at < now() - interval '24 hours'
