update outbox
set delay_ms = null, due_at = occurred_at + delay_ms * interval '1 millisecond'
where kind = 'timer' and id = any($1)
