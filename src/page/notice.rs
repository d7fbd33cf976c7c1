//! A sentence at the top of a page that says what an action came to.

use maud::{Markup, html};

/// What an action came to.
pub(super) struct Notice {
    /// Whether it did what it was to do.
    pub(super) is_good: bool,
    /// The truth about it.
    pub(super) text: String,
}

impl Notice {
    /// Draws it.
    pub(super) fn draw(&self) -> Markup {
        html! { p #notice class={ "notice " (if self.is_good { "good" } else { "bad" }) } role="status" { (self.text) } }
    }
}
