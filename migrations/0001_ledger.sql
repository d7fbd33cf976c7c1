-- The ledger of every freelancer's dealings with every lead. All times are timestamptz to the microsecond.

create type lead_status as enum ('pending', 'accepted', 'completed', 'cancelled', 'missed', 'ignored');
create type interaction_status as enum ('notified', 'viewed', 'accepted', 'missed', 'ignored');
create type missed_reason as enum ('expired', 'no_response', 'busy', 'not_interested');
create type plan_status as enum ('active', 'expired', 'cancelled');
create type actor_type as enum ('freelancer', 'customer', 'system', 'admin');

create table leads (
    id uuid primary key,
    status lead_status not null default 'pending',
    title text,
    description text,
    location text,
    pincode text,
    budget_min double precision,
    budget_max double precision,
    preferred_time text,
    created_at timestamptz,
    category jsonb,
    customer jsonb,
    mobile_number text,
    claimed_by uuid,
    claimed_at timestamptz,
    closed_at timestamptz,
    closed_outcome lead_status check (closed_outcome in ('accepted', 'completed', 'cancelled')),
    closed_outcome_at timestamptz,
    accepted_by uuid generated always as
        (case when closed_at is null or claimed_at <= closed_at then claimed_by end) stored,
    accepted_at timestamptz generated always as
        (case when closed_at is null or claimed_at <= closed_at then claimed_at end) stored,
    recorded_at timestamptz not null default now(),
    constraint leads_claim_is_whole check ((claimed_by is null) = (claimed_at is null)),
    constraint leads_closing_is_whole check (num_nulls(closed_at, closed_outcome, closed_outcome_at) in (0, 3))
);

comment on table leads is 'A customer''s job requests. The row is the lock for everything that happens to the lead.';
comment on column leads.status is 'Open: pending, missed, ignored. Gone: accepted, completed, cancelled.';
comment on column leads.budget_min is 'Rupees, as the publisher''s JSON number.';
comment on column leads.budget_max is 'Rupees, as the publisher''s JSON number.';
comment on column leads.created_at is 'When the customer posted it.';
comment on column leads.category is '{ id, name, icon, color }';
comment on column leads.customer is '{ id, firstName, lastName }';
comment on column leads.mobile_number is 'The customer''s; shown to nobody but the freelancer who accepted.';
comment on column leads.claimed_by is 'Who made the earliest acceptance known, whether or not a closing came before it.';
comment on column leads.claimed_at is 'When that acceptance was given.';
comment on column leads.closed_at is 'When the lead was first closed.';
comment on column leads.closed_outcome is 'What the last word on the closing says.';
comment on column leads.closed_outcome_at is 'When that was said.';
comment on column leads.accepted_by is 'The freelancer whose acceptance counts.';
comment on column leads.accepted_at is 'When it was given.';
comment on column leads.recorded_at is 'When this service first heard of the lead.';

-- No foreign keys between these tables: every row is written in a transaction that holds its lead's row lock, and a
-- check of each row would cost more than writing it.

create table freelancer_lead_interactions (
    freelancer_id uuid not null,
    lead_id uuid not null,
    offer integer not null default 1 check (offer >= 1),
    status interaction_status not null,
    missed_reason missed_reason,
    notes text,
    notified_at timestamptz,
    deadline_at timestamptz,
    viewed_at timestamptz,
    responded_at timestamptz,
    missed_at timestamptz,
    late boolean not null default false,
    accepted_at timestamptz,
    ignored_at timestamptz,
    marked_at timestamptz,
    marked_reason missed_reason,
    announced boolean not null default false,
    retracted boolean not null default false,
    traceparent text,
    recorded_at timestamptz not null default now(),
    primary key (freelancer_id, lead_id),
    constraint interactions_deadline_follows check
        ((notified_at is null) = (deadline_at is null) and (notified_at is null or deadline_at > notified_at)),
    constraint interactions_missed_has_reason check
        ((status = 'missed') = (missed_reason is not null) and (status = 'missed') = (missed_at is not null)),
    constraint interactions_answer_has_time check (status not in ('accepted', 'ignored') or responded_at is not null),
    constraint interactions_late_is_accepted check (not late or status = 'accepted'),
    constraint interactions_mark_is_whole check ((marked_at is null) = (marked_reason is null)),
    constraint interactions_announced_first check
        ((announced or not retracted) and (notified_at is not null or not announced))
);

create index freelancer_lead_interactions_lead on freelancer_lead_interactions (lead_id);
create index freelancer_lead_interactions_open on freelancer_lead_interactions (deadline_at, freelancer_id, lead_id)
    where status in ('notified', 'viewed') and deadline_at is not null;

comment on table freelancer_lead_interactions is
    'One row for each freelancer and lead: the facts of the current offer and the state that follows from them.';
comment on column freelancer_lead_interactions.offer is 'The number of the current offer; each one has its own deadline.';
comment on column freelancer_lead_interactions.notes is 'What the freelancer last said with an answer that counted.';
comment on column freelancer_lead_interactions.notified_at is
    'When the freelancer was notified; null until that is known, and the row is then neither listed nor announced.';
comment on column freelancer_lead_interactions.deadline_at is
    'notified_at plus the response window in force when it was recorded; never rewritten.';
comment on column freelancer_lead_interactions.viewed_at is 'When the freelancer first looked.';
comment on column freelancer_lead_interactions.responded_at is 'When the answer that counts was given.';
comment on column freelancer_lead_interactions.missed_at is 'When it was missed; of a timeout, the deadline.';
comment on column freelancer_lead_interactions.late is 'Accepted after the deadline.';
comment on column freelancer_lead_interactions.accepted_at is 'When the freelancer first accepted, whether or not that won.';
comment on column freelancer_lead_interactions.ignored_at is 'When the freelancer first ignored it, in time or not.';
comment on column freelancer_lead_interactions.marked_at is 'When the freelancer said that it was missed.';
comment on column freelancer_lead_interactions.marked_reason is 'The reason that the freelancer gave.';
comment on column freelancer_lead_interactions.announced is 'Whether lead.missed was recorded for this offer.';
comment on column freelancer_lead_interactions.retracted is 'Whether lead.missed_retracted was.';
comment on column freelancer_lead_interactions.traceparent is 'The W3C trace context of the notification.';
comment on column freelancer_lead_interactions.recorded_at is 'When this service first heard of the interaction.';

create table past_offers (
    lead_id uuid not null,
    freelancer_id uuid not null,
    offer integer not null,
    notified_at timestamptz not null,
    deadline_at timestamptz not null,
    retracted boolean not null default false,
    primary key (lead_id, freelancer_id, offer)
);

comment on table past_offers is
    'Announced offers that a later one followed, since an answer that was given in time may still arrive.';

create table lead_interaction_history (
    id bigint generated always as identity,
    transaction_id xid8 not null default pg_current_xact_id(),
    lead_id uuid not null,
    freelancer_id uuid not null,
    offer integer not null,
    status interaction_status not null,
    previous_status interaction_status,
    reason missed_reason,
    notes text,
    actor_type actor_type not null,
    actor_id uuid,
    source text not null,
    event_id text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null default now(),
    primary key (lead_id, freelancer_id, id)
);

comment on table lead_interaction_history is 'Every change of status and every answer, for ever. Only ever added to.';
comment on column lead_interaction_history.transaction_id is
    'The writing transaction: ids commit out of order, so a reader that resumes reads by this, then by id.';
comment on column lead_interaction_history.previous_status is 'Null for the first entry of a row.';
comment on column lead_interaction_history.source is 'How the service learned of it: a routing key, api, timer, sweep or admin.';
comment on column lead_interaction_history.event_id is 'The event that told it, the timer''s message, or the run of a check.';
comment on column lead_interaction_history.occurred_at is 'When it happened.';
comment on column lead_interaction_history.recorded_at is 'When it was recorded.';

create table untimed_events (
    event_id text not null,
    routing_key text not null,
    lead_id uuid not null,
    freelancer_id uuid not null,
    received_at timestamptz not null default now(),
    primary key (event_id, routing_key, lead_id, freelancer_id)
);

create index untimed_events_received on untimed_events (received_at);

comment on table untimed_events is
    'Events of the last week without a time of their own: all others are known again by their time.';
comment on column untimed_events.lead_id is 'All zeros for an event that concerns no lead.';
comment on column untimed_events.freelancer_id is 'All zeros for an event that concerns no freelancer.';

create table freelancers (
    id uuid primary key,
    user_id text,
    full_name text,
    plan_status plan_status,
    plan_ends_at timestamptz,
    plan_stated_at timestamptz,
    constraint freelancers_plan_is_whole check ((plan_status is null) = (plan_stated_at is null))
) with (fillfactor = 80);

comment on table freelancers is 'What events told of freelancers.';
comment on column freelancers.user_id is 'The sub of the freelancer''s tokens.';
comment on column freelancers.plan_status is 'The newest statement about the lead plan; null where nobody made one.';
comment on column freelancers.plan_ends_at is 'When the plan ends or ended; null where there is none.';
comment on column freelancers.plan_stated_at is 'When that was so; an older statement does not replace it.';

create table outbox (
    id bigint generated always as identity,
    kind text not null,
    delay_ms bigint,
    message_id text not null,
    follows text,
    lead_id uuid,
    traceparent text,
    occurred_at timestamptz not null,
    due_at timestamptz not null default now(),
    recorded_at timestamptz not null default now(),
    body bytea not null,
    -- By kind, so that messages of a kind that nobody takes are not in the way of the others.
    primary key (kind, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- Only what another message follows is ever looked up by its id.
create index outbox_announcement on outbox (message_id) where kind = 'lead.missed';
create index outbox_scheduled on outbox (due_at) where kind = 'timer' and delay_ms is null;

comment on table outbox is 'Messages to publish, each deleted when the broker has confirmed it.';
comment on column outbox.kind is 'The routing key on the exchange, or timer for a message to the service itself.';
comment on column outbox.delay_ms is
    'Of a timer: the delay queue that it goes to; null for one that goes straight to the dead-letter queue.';
comment on column outbox.follows is 'The id of a message that is to be published before.';
comment on column outbox.lead_id is 'The correlation id.';
comment on column outbox.due_at is 'Not to be published before.';

create table settings (
    id boolean primary key default true check (id),
    response_window_ms bigint check (response_window_ms between 100 and 604800000),
    changed_at timestamptz not null default now(),
    changed_by text
);

insert into settings default values;

comment on table settings is 'What administrators change while the service runs; one row. A change is notified on lead_tracker_settings.';
comment on column settings.response_window_ms is 'For offers from now on, in milliseconds; null: as configured.';

create table response_windows (
    ms bigint primary key,
    used_since timestamptz not null default now()
);

comment on table response_windows is 'Every response window that was ever in force, each with a delay queue of its own.';
