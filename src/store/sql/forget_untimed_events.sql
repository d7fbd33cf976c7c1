delete from untimed_events
where received_at < now() - interval '7 days'
