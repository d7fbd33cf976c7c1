//! The statements: one `.sql` file each, listed once, prepared and cached for each connection.

/// One statement of `sql/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// The file's name without its ending.
    pub name: &'static str,
    /// What PostgreSQL gets to read.
    pub text: &'static str,
}

/// Gives every listed file a constant and a place in [`STATEMENTS`].
macro_rules! statements {
    ($($constant:ident = $name:literal;)*) => {
        $(pub(crate) const $constant: Statement =
            Statement { name: $name, text: include_str!(concat!("sql/", $name, ".sql")) };)*

        /// Every statement that the service runs, so that a test can prepare each against the migrated schema.
        pub const STATEMENTS: &[Statement] = &[$($constant),*];
    };
}

statements! {
    ADMIN_ACTIONS = "admin_actions";
    APPEND_HISTORY = "append_history";
    APPEND_OUTBOX = "append_outbox";
    APPLIED_MIGRATIONS = "applied_migrations";
    CLAIM_BY_INDEX = "claim_by_index";
    CLAIM_IDEMPOTENCY_KEY = "claim_idempotency_key";
    CLAIM_OUTBOX = "claim_outbox";
    COUNT_LEADS = "count_leads";
    COUNT_OVERDUE_OFFERS = "count_overdue_offers";
    DELETE_OUTBOX = "delete_outbox";
    DROP_UNWANTED_OUTBOX = "drop_unwanted_outbox";
    FORGET_IDEMPOTENCY_KEYS = "forget_idempotency_keys";
    FORGET_UNTIMED_EVENTS = "forget_untimed_events";
    FREELANCERS_BY_ID = "freelancers_by_id";
    FREELANCERS_OF_USER = "freelancers_of_user";
    HISTORY_OF_LEAD = "history_of_lead";
    INSERT_MISSING_LEADS = "insert_missing_leads";
    INTERACTIONS_OF_LEADS = "interactions_of_leads";
    LISTED_LEAD = "listed_lead";
    LIVE_CHANGES = "live_changes";
    LIVE_CHANGES_OF_FREELANCER = "live_changes_of_freelancer";
    LIVE_POSITION = "live_position";
    LOCK_LEADS = "lock_leads";
    NEXT_OUTBOX = "next_outbox";
    NOTIFY = "notify";
    OUTBOX_DEPTH = "outbox_depth";
    OVERDUE_OFFERS = "overdue_offers";
    PAGE_OF_LEADS = "page_of_leads";
    PAST_OFFERS_OF_LEADS = "past_offers_of_leads";
    RECORD_ADMIN_ACTION = "record_admin_action";
    REMEMBER_ANSWER = "remember_answer";
    REMEMBER_UNTIMED_EVENTS = "remember_untimed_events";
    REMEMBERED_ANSWER = "remembered_answer";
    REROUTE_TIMERS = "reroute_timers";
    RESPONSE_WINDOW = "response_window";
    RESPONSE_WINDOW_SETTING = "response_window_setting";
    RESPONSE_WINDOWS = "response_windows";
    SAVE_FREELANCERS = "save_freelancers";
    SAVE_INTERACTIONS = "save_interactions";
    SAVE_LEADS = "save_leads";
    SAVE_PAST_OFFERS = "save_past_offers";
    SET_RESPONSE_WINDOW = "set_response_window";
    SOME_FREELANCERS = "some_freelancers";
    SUMMARY_DETECTIONS = "summary_detections";
    SUMMARY_OFFERS = "summary_offers";
    SUMMARY_RESPONSE_TIMES = "summary_response_times";
    USE_RESPONSE_WINDOW = "use_response_window";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sql");
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        let files: BTreeSet<String> = entries
            .map(|entry| entry.expect("the folder can be read").file_name().to_string_lossy().into_owned())
            .collect();
        let listed: BTreeSet<String> = STATEMENTS.iter().map(|statement| format!("{}.sql", statement.name)).collect();
        assert_eq!(files, listed);
    }
}
