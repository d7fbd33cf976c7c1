update idempotency_keys
set status = $4, body = $5
where freelancer_id = $1 and route = $2 and key = $3
