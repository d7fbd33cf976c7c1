//! The pages in a real browser. The specs beside this file are run by Playwright in Chromium, against the real service.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "these tests need less of the harness than others do")]
mod harness;

mod trial;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use harness::{Addresses, World};

const WINDOW: Duration = Duration::from_secs(30 * 60);
/// To what the administrator's spec changes it.
const OTHER_WINDOW: Duration = Duration::from_secs(45 * 60);

/// Where the specs are.
fn specs() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    assert!(folder.join("node_modules").exists(), "Playwright is missing: run `make browser`");
    folder
}

#[tokio::test]
async fn the_pages_do_what_the_specs_say() {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    let world = World::new(env!("CARGO_BIN_EXE_lead-tracker").into(), addresses, WINDOW).await;
    world.delay_queue(OTHER_WINDOW);
    let _notifications = world.subscriber_of(&["lead.missed", "lead.missed_retracted", "lead.responded"]).await;
    let service = world.spawn(world.service().env("LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS", true));
    service.ready().await;

    let mut playwright = world.program("node");
    playwright.current_dir(specs()).stdin(Stdio::null());
    playwright.args(["node_modules/@playwright/test/cli.js", "test"]);
    playwright.env("BASE_URL", service.url("")).env("LEAD_TRACKER", env!("CARGO_BIN_EXE_lead-tracker"));
    playwright
        .env("LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS", "true")
        .env("BROWSER_OUTPUT", world.folder().join("browser"));
    let output = tokio::task::spawn_blocking(move || playwright.output()).await.expect("running it does not panic");
    let output = output.expect("node can be run");
    let [told, complaint] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{told}{complaint}");

    world.close().await;
}
