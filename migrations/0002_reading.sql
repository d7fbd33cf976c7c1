-- What is read for people: pages, histories, live events, the summary; and what their requests leave behind.
--
-- A program that knows 0001 alone runs beside it: nothing goes away that it names. The indexes are built in this transaction and
-- not concurrently: a concurrent build waits for every transaction that is open, that of another replica waiting for this
-- migration's lock among them. Writing to the two large tables waits while theirs are built; reading goes on.

-- What belongs to a lead lies together, and is found without an index of its own: as cheap to write as before, with the
-- page's index below in place of that one. `on conflict (freelancer_id, lead_id)` means this key as well.
alter table freelancer_lead_interactions
    drop constraint freelancer_lead_interactions_pkey,
    add primary key (lead_id, freelancer_id);
drop index freelancer_lead_interactions_lead;

-- A page in the order in which it is shown. What was never notified is never shown. With the status in it, neither counting
-- nor looking for a rare one fetches the rows themselves, which lie far apart: 5,000 of one freelancer, unread for a
-- while, took 160 ms to count. Every change of status writes to all indexes of the table anyway, since one of 0001 is
-- about open offers.
create index freelancer_lead_interactions_page on freelancer_lead_interactions
    (freelancer_id, notified_at desc, lead_id desc) include (status)
    where notified_at is not null;

-- A day out of years. A block range index costs writers next to nothing, and rows of one day lie together.
create index freelancer_lead_interactions_day on freelancer_lead_interactions
    using brin (notified_at) with (autosummarize = on);

-- Live events read its right edge and need columns of the row itself, which has just been written: to include one here
-- would spare nothing. Whoever resumes goes by the freelancer's own rows, so that it is not the order of that either.
create index lead_interaction_history_position on lead_interaction_history (transaction_id, id);

create index lead_interaction_history_day on lead_interaction_history
    using brin (occurred_at) with (autosummarize = on);

-- Tokens name users. Not unique: it is not this service that says so.
create index freelancers_user on freelancers (user_id) where user_id is not null;

create table idempotency_keys (
    freelancer_id uuid not null,
    route text not null,
    key text not null check (length(key) between 1 and 255),
    fingerprint bytea not null,
    status smallint check (status between 100 and 599),
    body bytea,
    created_at timestamptz not null default now(),
    primary key (freelancer_id, route, key),
    constraint idempotency_keys_answer_is_whole check ((status is null) = (body is null))
);

create index idempotency_keys_created on idempotency_keys (created_at);

comment on table idempotency_keys is
    'Requests of the last 24 hours that came with an Idempotency-Key, each with its answer, so that a repeat gets the same.';
comment on column idempotency_keys.freelancer_id is 'Whose request.';
comment on column idempotency_keys.route is 'To what; a key means something else on another route.';
comment on column idempotency_keys.key is 'The header''s value.';
comment on column idempotency_keys.fingerprint is 'By which the same request is told from another one with the same key.';
comment on column idempotency_keys.status is
    'The HTTP status of the answer; null until it is known, which only the transaction that answers can see.';
comment on column idempotency_keys.body is 'The answer, byte for byte.';
comment on column idempotency_keys.created_at is 'When the first of them came.';

create table admin_actions (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    user_id text not null,
    action text not null,
    details jsonb not null
);

comment on table admin_actions is 'Everything that administrators changed, for ever. Only ever added to.';
comment on column admin_actions.at is 'When it was recorded.';
comment on column admin_actions.user_id is 'The sub of the administrator''s token.';
comment on column admin_actions.action is 'What was done: check-missed-leads, set-response-window, replay-parked, discard-parked.';
comment on column admin_actions.details is 'With what, and what came of it.';
