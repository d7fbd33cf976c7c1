select min(due_at)
from outbox
where kind = 'timer' and delay_ms is null and due_at > $1
