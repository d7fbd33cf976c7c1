//! The table of events once more, read literally: everything that happened, one thing after the other in the order of
//! time, each looked up in the cell of its row and of the state that it meets.
//!
//! It shares nothing with the code under test but the vocabulary.

use std::collections::BTreeMap;

use super::scenario::Step;
use crate::domain::event::{MissedReason, Outcome, Response};

const WINDOW: i64 = 30;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Open,
    Accepted,
    Ignored,
    Missed(MissedReason),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) state: State,
    /// Whether its `lead.missed` was announced and not retracted.
    pub(super) stands: bool,
    deadline: Option<i64>,
}

/// What became of a lead to whose freelancers it was offered once.
#[derive(Debug, Default)]
pub(super) struct Fold {
    pub(super) rows: BTreeMap<char, Row>,
    pub(super) acceptor: Option<char>,
    closed: bool,
    now: i64,
}

/// One thing that happens at its time. What happens at the same time does so in the order of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Notified(char),
    Ignored(char),
    /// With a reason before without one.
    Missed(bool, MissedReason, char),
    /// The lower id first; an answer before a closing's word of it.
    Accepted(char, bool),
    Closed,
    /// After all that is in time.
    Deadline(char),
}

/// What is left of it in the end, all timers fired.
pub(super) fn fold(steps: &[Step]) -> Fold {
    let mut happenings: Vec<_> = steps.iter().flat_map(|step| happenings(*step)).collect();
    happenings.sort_unstable();
    let mut fold = Fold::default();
    for (at, happening) in happenings {
        fold.now = at;
        fold.happen(happening);
    }
    fold
}

fn happenings(step: Step) -> Vec<(i64, Happening)> {
    match step {
        Step::Notified(who, at) => {
            vec![(at, Happening::Notified(who)), (at + WINDOW, Happening::Deadline(who))]
        }
        Step::Responded(who, at, Response::Accepted) => vec![(at, Happening::Accepted(who, false))],
        Step::Responded(who, at, Response::Ignored) => vec![(at, Happening::Ignored(who))],
        Step::Responded(who, at, Response::Missed(reason)) => {
            vec![(at, Happening::Missed(reason == MissedReason::NoResponse, reason, who))]
        }
        Step::Closed(at, _, Some(who)) => vec![(at, Happening::Accepted(who, true)), (at, Happening::Closed)],
        Step::Closed(at, _, None) => vec![(at, Happening::Closed)],
        // A view changes no status that is left in the end; a timer is the deadline, whenever it fires.
        Step::Viewed(..) | Step::Timer(..) => vec![],
    }
}

impl Fold {
    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Notified(who) => self.notified(who),
            Happening::Accepted(who, by_closing) => self.accepted(who, by_closing),
            Happening::Ignored(who) => self.ignored(who),
            Happening::Missed(_, reason, who) => self.missed(who, reason),
            Happening::Closed => {
                self.closed = true;
                self.gone_for_all_but(None);
            }
            Happening::Deadline(who) => {
                if self.row(who).state == State::Open {
                    self.miss(who, MissedReason::NoResponse);
                }
            }
        }
    }

    /// The row, which begins open; but of a lead that is gone it is missed, and the acceptor's is accepted.
    fn row(&mut self, who: char) -> &mut Row {
        let state = match self.acceptor {
            Some(acceptor) if acceptor == who => State::Accepted,
            Some(_) => State::Missed(MissedReason::Expired),
            None if self.closed => State::Missed(MissedReason::Expired),
            None => State::Open,
        };
        self.rows.entry(who).or_insert(Row { state, stands: false, deadline: None })
    }

    fn in_time(&mut self, who: char) -> bool {
        let now = self.now;
        self.row(who).deadline.is_none_or(|deadline| now <= deadline)
    }

    /// A row without `lead.notified` is announced when that arrives.
    fn notified(&mut self, who: char) {
        let now = self.now;
        let row = self.row(who);
        row.deadline = Some(now + WINDOW);
        row.stands = matches!(row.state, State::Missed(_));
    }

    fn miss(&mut self, who: char, reason: MissedReason) {
        let row = self.row(who);
        row.state = State::Missed(reason);
        row.stands = row.deadline.is_some();
    }

    fn accepted(&mut self, who: char, by_closing: bool) {
        match self.acceptor {
            // The earliest counts already.
            Some(acceptor) if acceptor == who => {}
            // It counts as an acceptance only if no earlier one is known.
            _ if by_closing && self.is_gone() => {}
            _ if self.is_gone() => self.expire_if_unexplained(who),
            _ => {
                if self.rows.contains_key(&who) || !by_closing {
                    let in_time = self.in_time(who);
                    let row = self.row(who);
                    row.stands &= !in_time;
                    row.state = State::Accepted;
                }
                self.acceptor = Some(who);
                self.gone_for_all_but(Some(who));
            }
        }
    }

    fn is_gone(&self) -> bool {
        self.closed || self.acceptor.is_some()
    }

    fn expire_if_unexplained(&mut self, who: char) {
        match self.row(who).state {
            State::Open => self.miss(who, MissedReason::Expired),
            State::Missed(MissedReason::NoResponse) => self.row(who).state = State::Missed(MissedReason::Expired),
            State::Missed(_) | State::Ignored | State::Accepted => {}
        }
    }

    fn gone_for_all_but(&mut self, acceptor: Option<char>) {
        let others: Vec<_> = self.rows.keys().copied().filter(|who| Some(*who) != acceptor).collect();
        for who in others {
            if self.in_time(who) {
                self.expire_if_unexplained(who);
            }
        }
    }

    fn ignored(&mut self, who: char) {
        let in_time = self.in_time(who);
        let row = self.row(who);
        match row.state {
            State::Open => row.state = State::Ignored,
            State::Missed(_) if in_time => (row.state, row.stands) = (State::Ignored, false),
            State::Missed(_) | State::Ignored | State::Accepted => {}
        }
    }

    fn missed(&mut self, who: char, reason: MissedReason) {
        match self.row(who).state {
            State::Open => self.miss(who, reason),
            State::Missed(MissedReason::NoResponse) => self.row(who).state = State::Missed(reason),
            State::Missed(_) | State::Ignored | State::Accepted => {}
        }
    }
}

/// The outcome of the last closing; of two at the same time, of the one that says more.
pub(super) fn outcome(steps: &[Step]) -> Option<Outcome> {
    let closing = |step: &Step| match step {
        Step::Closed(at, outcome, _) => Some((*at, *outcome)),
        _ => None,
    };
    steps.iter().filter_map(closing).max().map(|(_, outcome)| outcome)
}
