//! What all pages have around them.

use maud::{DOCTYPE, Markup, html};

use super::assets::{ICON, MODULE, STYLESHEET};
use super::{ADMIN, LEADS, icon, sign_in};

/// Who looks at a page.
#[derive(Debug, Clone, Copy)]
pub(super) enum Visitor<'a> {
    /// Somebody who is not known.
    Nobody,
    /// A freelancer, by name where it is known.
    Freelancer(Option<&'a str>),
    /// An administrator, by user id.
    Admin(&'a str),
}

/// A whole page.
pub(super) struct Page<'a> {
    /// What it is called: in the browser's tab, and as the heading.
    pub(super) title: &'a str,
    /// Who looks at it.
    pub(super) visitor: Visitor<'a>,
    /// Whether signing out is this service's business: after a trial sign-in.
    pub(super) is_trial: bool,
    /// What it shows.
    pub(super) main: Markup,
}

impl Page<'_> {
    /// Draws it.
    pub(super) fn draw(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en-IN" {
                head {
                    meta charset="utf-8";
                    title { (self.title) " · HireLocal" }
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    link rel="icon" type="image/svg+xml" href=(ICON.path);
                    link rel="stylesheet" href=(STYLESHEET.path);
                    script type="module" src=(MODULE.path) {}
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    (self.header())
                    main #main tabindex="-1" { (self.main) }
                    div #toasts role="status" aria-live="polite" {}
                }
            }
        }
    }

    fn header(&self) -> Markup {
        let home = if matches!(self.visitor, Visitor::Admin(_)) { ADMIN } else { LEADS };
        html! {
            header.top {
                a.brand href=(home) { (icon::mark()) "HireLocal" }
                @if let Some(name) = self.visitor.name() {
                    span.visitor { (name) }
                    @if self.is_trial {
                        form method="post" action=(sign_in::OUT) { button.quiet { "Sign out" } }
                    }
                }
            }
        }
    }
}

impl<'a> Visitor<'a> {
    fn name(self) -> Option<&'a str> {
        match self {
            Self::Nobody => None,
            Self::Freelancer(name) => Some(name.unwrap_or("Freelancer")),
            Self::Admin(user_id) => Some(user_id),
        }
    }
}
