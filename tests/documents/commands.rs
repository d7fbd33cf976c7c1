//! The shell commands of every page, run in order.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use crate::harness::{Addresses, World};
use crate::page::{Page, Runs};
use crate::{BINARY, PROJECT};

/// Before the commands of a page: the first that fails ends it, and nothing outlives it.
const BEGIN: &str = r#"
set -euo pipefail
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
is_ready() {
    exec 3<>"/dev/tcp/${LEAD_TRACKER_HTTP__ADDRESS/://}"
    printf 'GET /health/ready HTTP/1.0\r\n\r\n' >&3
    grep -q ' 200 ' <&3
}
# The pages ask a service on port 3000, which may not be ours. What has just been published may not be recorded yet.
curl() {
    command curl --fail-with-body --retry 10 --retry-all-errors "${@/localhost:3000/$LEAD_TRACKER_HTTP__ADDRESS}"
}
"#;
/// Behind what goes on in the background.
const WAIT: &str = r#" &
background=$!
until (is_ready) 2>/dev/null; do
    kill -0 "$background"
    sleep 0.1
done
"#;
/// After the commands of a page.
const END: &str = r#"
if [[ -v background ]]; then
    kill "$background"
    wait "$background"
fi
"#;

/// A window that an administrator sets on one of the pages, so that its delay queue goes with the world.
const WINDOW: Duration = Duration::from_secs(45 * 60);

#[tokio::test]
async fn the_commands_of_every_page_run_in_order() {
    for page in Page::all() {
        let runs: Vec<_> = page.blocks().iter().filter_map(|block| block.runs()).collect();
        if !runs.contains(&Runs::Here) && !runs.contains(&Runs::Background) {
            continue;
        }
        let world = world().await;
        // What a page tells of belongs to a service that runs, unless the page itself starts one.
        if runs.contains(&Runs::Background) {
            run(&world, &page, free_address()).await;
            // Works off what the page's own service has not got to.
            world.start().await;
        } else {
            let service = world.start().await;
            run(&world, &page, service.address()).await;
        }
        world.close().await;
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("a listener has an address")
}

async fn world() -> World {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    World::new(BINARY.into(), addresses, Duration::from_secs(60)).await
}

async fn run(world: &World, page: &Page, address: SocketAddr) {
    world.delay_queue(WINDOW);
    let mut shell = world.program("bash");
    shell.args(["-c", &script(page)]).current_dir(PROJECT);
    let binaries = Path::new(BINARY).parent().expect("a binary is in a folder").display();
    shell.env("PATH", format!("{binaries}:{}", std::env::var("PATH").expect("there is a PATH")));
    shell.env("LEAD_TRACKER_HTTP__ADDRESS", address.to_string());
    let finished = world.run_program(shell).await;
    assert!(finished.status.success(), "{}: {}\n{}", page.path.display(), finished.stdout, finished.stderr);
}

/// What runs of a page, each command told of on stderr.
fn script(page: &Page) -> String {
    let mut script = format!("{BEGIN}set -x\n");
    for block in page.blocks() {
        match block.runs() {
            Some(Runs::Here) => script.push_str(&block.code),
            Some(Runs::Background) => script.extend([block.code.trim_end(), WAIT]),
            _ => {}
        }
    }
    script + END
}

#[test]
fn commands_have_a_fence() {
    let is_drawn = |line: &str| line.contains(['─', '│', '→']);
    for page in Page::all() {
        for block in page.blocks().iter().filter(|block| block.info.is_none()) {
            assert!(
                block.code.lines().any(is_drawn),
                "{}: fence this with ```sh:\n{}",
                page.path.display(),
                block.code
            );
        }
    }
}

#[test]
fn what_runs_elsewhere_has_a_test_there() {
    for page in Page::all() {
        for test in page.blocks().iter().filter_map(|block| match block.runs() {
            Some(Runs::Elsewhere(test)) => Some(test),
            _ => None,
        }) {
            assert!(Path::new(PROJECT).join(&test).join("main.rs").exists(), "{}: {test}", page.path.display());
        }
    }
}
