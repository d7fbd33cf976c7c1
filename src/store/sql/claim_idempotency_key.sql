-- Inserting waits for a transaction that has inserted the same key; a known key is locked even where it is not replaced.
insert into idempotency_keys as known (freelancer_id, route, key, fingerprint)
values ($1, $2, $3, $4)
on conflict (freelancer_id, route, key) do update
set fingerprint = excluded.fingerprint, status = null, body = null, created_at = excluded.created_at
where known.created_at < now() - interval '24 hours'
returning true
