//! Where PostgreSQL and RabbitMQ are, from the environment.

use std::net::SocketAddr;

use url::Url;

/// The two addresses that everything here needs.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    /// PostgreSQL, with a user who may create databases.
    pub(crate) database: Url,
    /// RabbitMQ, with a user who may configure everything in its virtual host.
    pub(crate) amqp: Url,
}

impl Addresses {
    /// Reads `DATABASE_URL` and `AMQP_URL`; the error is one sentence that says what is missing.
    pub(crate) fn from_env() -> Result<Self, String> {
        Ok(Self { database: url_from("DATABASE_URL")?, amqp: url_from("AMQP_URL")? })
    }
}

fn url_from(name: &str) -> Result<Url, String> {
    let text = std::env::var(name).map_err(|_| {
        format!("{name} is not set: PostgreSQL and RabbitMQ are needed, by DATABASE_URL and AMQP_URL (see `make test`)")
    })?;
    text.parse().map_err(|error| format!("{name} is not a URL: {error}"))
}

/// The same URL with another host and port, for going through a proxy.
pub(crate) fn at(url: &Url, address: SocketAddr) -> Url {
    let mut url = url.clone();
    url.set_host(Some(&address.ip().to_string())).expect("the URL has a host");
    url.set_port(Some(address.port())).expect("the URL may have a port");
    url
}

/// Where the URL points to, with the default port of its kind.
pub(crate) fn endpoint(url: &Url) -> String {
    let default = if url.scheme().starts_with("amqp") { 5672 } else { 5432 };
    format!("{}:{}", url.host_str().unwrap_or("127.0.0.1"), url.port().unwrap_or(default))
}
