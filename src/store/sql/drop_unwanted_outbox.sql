delete from outbox as message
where kind = $1
    and recorded_at < now() - interval '24 hours'
    and (follows is null or not exists (
        select from outbox as first where first.kind = 'lead.missed' and first.message_id = message.follows
    ))
