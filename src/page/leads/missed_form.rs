//! The form that asks why a lead was or will be missed: on a page of its own, or in a dialog over the list.

use maud::{Markup, html};
use strum::VariantArray;

use super::words;
use crate::domain::event::MissedReason;

/// So long may notes be, in characters.
pub(super) const NOTES: usize = 2000;

/// The form, sent to `address`.
pub(super) fn draw(address: &str) -> Markup {
    html! {
        form.why method="post" action=(address) data-action="missed" {
            fieldset {
                legend { "Why do you miss this lead?" }
                @for reason in MissedReason::VARIANTS.iter().rev() {
                    label.choice {
                        input type="radio" name="reason" value=(<&str>::from(*reason)) required;
                        (words::reason(*reason))
                    }
                }
            }
            label { "Notes" span.muted { " (optional)" }
                textarea name="notes" rows="3" maxlength=(NOTES) {}
            }
            div.actions {
                button.button.primary { "Mark missed" }
                button.button.quiet type="button" data-close hidden { "Cancel" }
            }
        }
    }
}

/// The same, waiting for the module to say which lead it is about.
pub(super) fn dialog() -> Markup {
    html! {
        dialog #why aria-labelledby="why-title" {
            h2 #why-title {}
            (draw(""))
        }
    }
}
