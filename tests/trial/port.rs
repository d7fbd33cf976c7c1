//! Where the trial's service listens.

use std::net::{SocketAddr, TcpListener};

const USUAL: u16 = 3000;

/// The port that `PORT` names; else the usual one, or any other where that is taken.
pub(crate) fn choose() -> Result<SocketAddr, String> {
    match std::env::var("PORT") {
        Err(_) => free(USUAL).or_else(|_| free(0)),
        Ok(text) => free(text.parse().map_err(|_| format!("PORT is {text:?}: it must be a number from 0 to 65535"))?),
    }
}

fn free(port: u16) -> Result<SocketAddr, String> {
    let listener = TcpListener::bind(("127.0.0.1", port)).and_then(|listener| listener.local_addr());
    listener.map_err(|error| format!("cannot listen on port {port}: {error}"))
}
