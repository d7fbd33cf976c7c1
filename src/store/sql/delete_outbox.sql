delete from outbox
using unnest($1::text[], $2::int8[]) as done (kind, id)
where outbox.kind = done.kind and outbox.id = done.id
