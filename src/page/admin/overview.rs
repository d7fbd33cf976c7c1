//! The first of the pages: how the last day went, how the service stands, and what administrators did.

use futures::{join, try_join};
use maud::{Markup, html};

use super::desk::{Desk, Tab, unknown};
use super::{day, detail, record, standing};
use crate::api::admin::summary::parked_messages;
use crate::api::problem::Problem;
use crate::store::{OutboxDepth, RecordedAction, Summary, WindowSetting};

/// So many of the things are shown that administrators did.
const ACTIONS: usize = 6;

/// What the database tells.
pub(super) struct Told {
    pub(super) summary: Summary,
    pub(super) outbox: OutboxDepth,
    pub(super) setting: WindowSetting,
    pub(super) actions: Vec<RecordedAction>,
}

impl Told {
    async fn read(desk: &Desk) -> Result<Self, Problem> {
        let store = &desk.state.store;
        let (summary, outbox, setting, actions) = try_join!(
            store.summary(desk.now),
            store.outbox_depth(),
            store.response_window_setting(),
            store.admin_actions(ACTIONS),
        )?;
        Ok(Self { summary, outbox, setting, actions })
    }
}

/// Shows what is known; where the database or the broker is away, that is said where its figures would be.
pub(in crate::page) async fn overview(desk: Desk) -> Markup {
    let (told, parked) = join!(Told::read(&desk), parked_messages(&desk.state));
    let body = html! {
        div #overview {
            section #day aria-labelledby="day-title" {
                div.heading {
                    h1 #day-title { "The last 24 hours" }
                    p #connection role="status" {}
                }
                @match &told {
                    Ok(told) => (day::draw(&desk, &told.summary)),
                    Err(problem) => (unknown("The figures of the day cannot be shown", problem)),
                }
            }
            (standing::draw(&desk, told.as_ref().ok(), parked))
            @if let Ok(told) = &told { (detail::draw(&desk, &told.summary)) }
            @if let Ok(told) = &told { (record::draw(&desk, &told.actions)) }
        }
    };
    desk.draw(Tab::Overview, None, &body)
}
