//! Icons: drawn in the colour of the text beside them, which says the same, so that no reader needs to see them.

use maud::{Markup, PreEscaped, html};

/// The paths are drawn on a square of 24 by 24 with round strokes.
fn stroked(paths: &'static str) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" { (PreEscaped(paths)) }
    }
}

/// The product's mark.
pub(super) fn mark() -> Markup {
    stroked(r#"<path d="M12 21s-7-6.2-7-11a7 7 0 0 1 14 0c0 4.8-7 11-7 11z"/><path d="m9 10 2 2 4-4"/>"#)
}

/// Time that runs.
pub(super) fn clock() -> Markup {
    stroked(r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>"#)
}

/// Done.
pub(super) fn check() -> Markup {
    stroked(r#"<circle cx="12" cy="12" r="9"/><path d="m8 12 3 3 5-6"/>"#)
}

/// Missed.
pub(super) fn cross() -> Markup {
    stroked(r#"<circle cx="12" cy="12" r="9"/><path d="m9 9 6 6m0-6-6 6"/>"#)
}

/// Put aside.
pub(super) fn dash() -> Markup {
    stroked(r#"<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>"#)
}

/// A place.
pub(super) fn pin() -> Markup {
    stroked(r#"<path d="M12 21s-7-6.2-7-11a7 7 0 0 1 14 0c0 4.8-7 11-7 11z"/><circle cx="12" cy="10" r="2.5"/>"#)
}

/// Money.
pub(super) fn wallet() -> Markup {
    stroked(r#"<rect x="3" y="6" width="18" height="13" rx="2"/><path d="M16 12.5h2M3 10h18"/>"#)
}

/// A day.
pub(super) fn calendar() -> Markup {
    stroked(r#"<rect x="4" y="5" width="16" height="15" rx="2"/><path d="M4 10h16M8 3v4m8-4v4"/>"#)
}

/// A telephone.
pub(super) fn phone() -> Markup {
    stroked(
        r#"<path d="M5 4h4l1.5 5-2 1.5a11 11 0 0 0 5 5l1.5-2 5 1.5v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z"/>"#,
    )
}

/// A person.
pub(super) fn person() -> Markup {
    stroked(r#"<circle cx="12" cy="8" r="4"/><path d="M5 20c1-4 4-5.5 7-5.5s6 1.5 7 5.5"/>"#)
}

/// News.
pub(super) fn bell() -> Markup {
    stroked(r#"<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15z"/><path d="M10 20.5h4"/>"#)
}

/// A list.
pub(super) fn list() -> Markup {
    stroked(r#"<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01"/>"#)
}
