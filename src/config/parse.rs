//! From texts to values. What is refused is answered with what is accepted.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use url::Url;

use crate::broker::{self, MAX_PREFIX};
use crate::store;

/// The response windows that are accepted.
const WINDOW: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(7 * 24 * 3600));

/// A time with its unit.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    // humantime takes a bare 0, which leaves open what it is 0 of.
    let bare = text.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = humantime::parse_duration(text).ok().filter(|_| !bare);
    parsed.ok_or_else(|| format!("{text:?} is no duration; write a number with a unit, such as 30min, 10s or 500ms"))
}

/// A time with its unit between two bounds.
pub(crate) fn duration_between(least: Duration, most: Duration) -> impl Fn(&str) -> Result<Duration, String> {
    move |text| {
        let value = duration(text)?;
        let bounds = || {
            let (least, most) = (humantime::format_duration(least), humantime::format_duration(most));
            format!("{text:?} is out of range; accepted is {least} to {most}")
        };
        if (least..=most).contains(&value) { Ok(value) } else { Err(bounds()) }
    }
}

/// A response window, in whole milliseconds, since a queue's name and its TTL count these.
pub(crate) fn response_window(text: &str) -> Result<Duration, String> {
    let window = duration_between(WINDOW.0, WINDOW.1)(text)?;
    if window.subsec_nanos() % 1_000_000 != 0 {
        return Err(format!("{text:?} is no whole number of milliseconds"));
    }
    Ok(window)
}

/// A switch.
pub(crate) fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(format!("{text:?} must be true or false")),
    }
}

/// A number of connections.
pub(crate) fn pool_size(text: &str) -> Result<usize, String> {
    let size = text.parse().ok().filter(|size| (1..=1000).contains(size));
    size.ok_or_else(|| format!("{text:?} must be a number from 1 to 1000"))
}

/// Where to listen.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{text:?} must be an IP address with a port, such as 0.0.0.0:3000 or [::]:3000"))
}

/// What is put before the broker's names.
pub(crate) fn prefix(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if text.len() > MAX_PREFIX || !text.bytes().all(allowed) {
        return Err(format!("{text:?} must be up to {MAX_PREFIX} letters, digits and - _ . :"));
    }
    if text.to_ascii_lowercase().starts_with("amq.") {
        return Err(format!("{text:?} begins with amq., which RabbitMQ keeps for itself"));
    }
    Ok(text.to_owned())
}

/// A page of this site or another.
pub(crate) fn link(text: &str) -> Result<String, String> {
    // A browser takes // and /\ for the beginning of another site.
    let path = text.starts_with('/') && !text[1..].starts_with(['/', '\\']);
    if (path && !text.contains(char::is_control)) || http_url(text).is_ok() {
        return Ok(text.to_owned());
    }
    Err(format!("{text:?} must be a path such as /subscription-plans, or an http or https URL"))
}

/// The address of a JWKS document. It may hold a key, so it is not repeated.
pub(crate) fn http_url(text: &str) -> Result<(), String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.map(|_| ()).ok_or_else(|| "must be an http or https URL".to_owned())
}

/// A PostgreSQL URL, and the file that it names.
pub(crate) fn database_url(text: &str) -> Result<(), String> {
    let target = store::Target::parse(text).map_err(|error| error.to_string())?;
    target.root_cert_file().map_or(Ok(()), |file| readable("sslrootcert", file))
}

/// A RabbitMQ URL, and the file that it names. The password is not repeated.
pub(crate) fn amqp_url(text: &str) -> Result<(), String> {
    let address = broker::Address::parse(text).map_err(|error| error.to_string())?;
    address.ca_file().map_or(Ok(()), |file| readable("cacertfile", file))
}

/// Opened now, a file that is missing stops the start; later, it would only keep the service from connecting.
fn readable(option: &str, file: &Path) -> Result<(), String> {
    let read = std::fs::read(file).map(drop);
    read.map_err(|error| format!("the file {} of the option {option} cannot be read: {error}", file.display()))
}

/// Any text.
pub(crate) fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}
