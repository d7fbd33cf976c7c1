//! The files of the pages: a stylesheet, a module and an icon, put into the binary.
//!
//! Their addresses have a hash of what is in them, so that browsers keep them for good and never a wrong one.

use std::sync::LazyLock;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;
use uuid::Uuid;

/// A year: as good as for ever.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A file, and where it is served.
pub(super) struct Asset {
    /// Its address, with the hash in it.
    pub(super) path: String,
    kind: HeaderValue,
    text: &'static str,
}

/// How the pages look.
pub(super) static STYLESHEET: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("page", "css", "text/css; charset=utf-8", include_str!("assets/page.css")));
/// What makes them live.
pub(super) static MODULE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("page", "js", "text/javascript; charset=utf-8", include_str!("assets/page.js")));
/// What stands on the browser's tab.
pub(super) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")));

impl Asset {
    fn new(name: &str, ending: &str, kind: &'static str, text: &'static str) -> Self {
        let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).simple();
        Self { path: format!("/assets/{name}.{hash}.{ending}"), kind: HeaderValue::from_static(kind), text }
    }
}

/// The files, for everybody.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    [&*STYLESHEET, &*MODULE, &*ICON].into_iter().fold(Router::new(), |router, asset| {
        let headers = [(header::CONTENT_TYPE, asset.kind.clone()), (header::CACHE_CONTROL, FOR_GOOD)];
        router.route(&asset.path, get(async move || (headers, asset.text)))
    })
}
