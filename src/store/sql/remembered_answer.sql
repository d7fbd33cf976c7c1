select fingerprint, status, body
from idempotency_keys
where freelancer_id = $1 and route = $2 and key = $3
