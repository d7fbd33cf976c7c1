//! A TCP proxy whose connections can be cut, for outages that leave the real services alone.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use url::Url;

use super::environment::{at, endpoint};

/// Stands in front of PostgreSQL or RabbitMQ.
pub(crate) struct Proxy {
    url: Url,
    state: Arc<Mutex<State>>,
}

struct State {
    open: bool,
    streams: Vec<TcpStream>,
}

impl Proxy {
    /// A proxy that passes everything on to where `upstream` points.
    pub(crate) fn passing(upstream: &Url) -> Self {
        Self::new(upstream, true)
    }

    /// A proxy that closes every connection until it is opened.
    pub(crate) fn refusing(upstream: &Url) -> Self {
        Self::new(upstream, false)
    }

    fn new(upstream: &Url, open: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let state = Arc::new(Mutex::new(State { open, streams: Vec::new() }));
        let (target, shared) = (endpoint(upstream), Arc::clone(&state));
        thread::spawn(move || accept(&listener, &target, &shared));
        Self { url: at(upstream, address), state }
    }

    /// The upstream's URL by way of this proxy.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Drops every connection; new ones are let through. Returns how many were open.
    pub(crate) fn cut(&self) -> usize {
        let streams = std::mem::take(&mut self.lock().streams);
        let open = streams.iter().filter(|stream| stream.shutdown(Shutdown::Both).is_ok()).count();
        open / 2
    }

    /// Drops every connection, and lets none through until it is opened.
    pub(crate) fn close(&self) {
        self.lock().open = false;
        self.cut();
    }

    /// Lets connections through.
    pub(crate) fn open(&self) {
        self.lock().open = true;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding the lock")
    }
}

fn accept(listener: &TcpListener, target: &str, state: &Arc<Mutex<State>>) {
    for client in listener.incoming().flatten() {
        let mut state = state.lock().expect("nobody panics while holding the lock");
        if !state.open {
            continue;
        }
        if let Ok(streams) = TcpStream::connect(target).and_then(|server| pass_on(client, server)) {
            state.streams.extend(streams);
        }
    }
}

fn pass_on(client: TcpStream, server: TcpStream) -> io::Result<[TcpStream; 2]> {
    let handles = [client.try_clone()?, server.try_clone()?];
    copy(client.try_clone()?, server.try_clone()?);
    copy(server, client);
    Ok(handles)
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        // An error is an end like any other here: the connection was cut, or either side went away.
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}
