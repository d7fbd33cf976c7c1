//! The standard variables of OpenTelemetry, checked before the SDK reads them: it passes over what it does not understand.

use url::Url;

/// A variable that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{variable}: {accepted}")]
pub struct WrongVariable {
    variable: &'static str,
    /// What is accepted; the value itself may be a secret.
    accepted: &'static str,
}

/// Where the collector is, for everything and for traces alone.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

const URL: &str = "must be a URL such as http://localhost:4318";
const PROTOCOL: &str = "must be http/protobuf, the only protocol that is spoken here; collectors take it on port 4318";
const LIST: &str = "must be a list such as name=value,other=value";
const COMPRESSION: &str = "must be none or gzip";
const TIMEOUT: &str = "must be a number of milliseconds, at least 1";
const CERTIFICATE: &str = "is not supported: the system's certificates are trusted, or those of the file SSL_CERT_FILE";
const CLIENT: &str = "is not supported: there is no certificate of the client";
const COUNT: &str = "must be a whole number, at least 1";

type Check = (&'static str, fn(&str) -> bool, &'static str);

const CHECKS: [Check; 25] = [
    ("OTEL_SDK_DISABLED", is_boolean, "must be true or false"),
    ("OTEL_TRACES_EXPORTER", |text| ["otlp", "none"].contains(&text), "must be otlp or none"),
    (ENDPOINTS[0], is_url, URL),
    (ENDPOINTS[1], is_url, URL),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", is_protocol, PROTOCOL),
    ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", is_protocol, PROTOCOL),
    ("OTEL_EXPORTER_OTLP_HEADERS", are_headers, LIST),
    ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", are_headers, LIST),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", is_compression, COMPRESSION),
    ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", is_compression, COMPRESSION),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", is_count, TIMEOUT),
    ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", is_count, TIMEOUT),
    ("OTEL_EXPORTER_OTLP_CERTIFICATE", never, CERTIFICATE),
    ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", never, CERTIFICATE),
    ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", never, CLIENT),
    ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", never, CLIENT),
    ("OTEL_RESOURCE_ATTRIBUTES", are_attributes, LIST),
    (
        "OTEL_TRACES_SAMPLER",
        is_sampler,
        "must be always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or \
         parentbased_traceidratio",
    ),
    ("OTEL_BSP_SCHEDULE_DELAY", is_count, TIMEOUT),
    ("OTEL_BSP_MAX_QUEUE_SIZE", is_count, COUNT),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", is_count, COUNT),
    ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", is_count, COUNT),
    ("OTEL_SPAN_EVENT_COUNT_LIMIT", is_count, COUNT),
    (super::export::LINK_LIMIT, is_count, COUNT),
    ("OTEL_TRACES_SAMPLER_ARG", is_ratio, "must be a number from 0 to 1"),
];

/// Whether traces are to be exported. `variable` reads the environment, in which an empty variable counts as none.
///
/// # Errors
///
/// [`WrongVariable`] where they are, and a variable says something that cannot be done.
pub(super) fn is_export_wanted(variable: impl Fn(&str) -> Option<String>) -> Result<bool, WrongVariable> {
    let says = |name, word| variable(name).is_some_and(|text| text.eq_ignore_ascii_case(word));
    let has_endpoint = ENDPOINTS.into_iter().any(|name| variable(name).is_some());
    if !has_endpoint || says("OTEL_SDK_DISABLED", "true") || says("OTEL_TRACES_EXPORTER", "none") {
        return Ok(false);
    }
    // The argument of another sampler means something else, and nothing to this one.
    let has_ratio = variable("OTEL_TRACES_SAMPLER").is_some_and(|sampler| sampler.ends_with("traceidratio"));
    let is_read = |name: &str| name != "OTEL_TRACES_SAMPLER_ARG" || has_ratio;
    let is_wrong = |(name, is_good, _): &&Check| is_read(name) && variable(name).is_some_and(|text| !is_good(&text));
    match CHECKS.iter().find(is_wrong) {
        Some(&(variable, _, accepted)) => Err(WrongVariable { variable, accepted }),
        None => Ok(true),
    }
}

fn is_boolean(text: &str) -> bool {
    ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn is_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host())
}

fn is_protocol(text: &str) -> bool {
    text == "http/protobuf"
}

fn are_headers(text: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    is_list(text, |name, value| name.chars().all(is_token) && !value.contains(char::is_control))
}

fn are_attributes(text: &str) -> bool {
    is_list(text, |_, _| true)
}

fn is_list(text: &str, is_good: impl Fn(&str, &str) -> bool) -> bool {
    let is_pair = |(name, value): (&str, &str)| !name.trim().is_empty() && is_good(name.trim(), value);
    text.split_terminator(',').all(|pair| pair.split_once('=').is_some_and(is_pair))
}

fn is_compression(text: &str) -> bool {
    ["none", "gzip"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn is_sampler(text: &str) -> bool {
    ["always_on", "always_off", "traceidratio"].contains(&text.strip_prefix("parentbased_").unwrap_or(text))
}

fn is_ratio(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|ratio| (0.0..=1.0).contains(&ratio))
}

fn is_count(text: &str) -> bool {
    text.parse::<u32>().is_ok_and(|count| count > 0)
}

fn never(_: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");

    fn wanted(variables: &[(&str, &str)]) -> Result<bool, String> {
        let find =
            |name: &str| variables.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned());
        is_export_wanted(find).map_err(|error| error.to_string())
    }

    #[test]
    fn traces_are_exported_where_a_collector_is_named() {
        let traces_only = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/v1/traces");
        for on in [&[ON][..], &[traces_only], &[ON, ("OTEL_SDK_DISABLED", "False")]] {
            assert_eq!(wanted(on), Ok(true), "{on:?}");
        }
        let off = [("OTEL_SDK_DISABLED", "TRUE"), ("OTEL_TRACES_EXPORTER", "none")];
        for off in [&[][..], &[("OTEL_TRACES_SAMPLER", "odd")], &[ON, off[0]], &[ON, off[1]]] {
            assert_eq!(wanted(off), Ok(false), "{off:?}");
        }
    }

    #[test]
    fn what_the_sdk_would_pass_over_is_named() {
        for (name, wrong, right) in [
            ("OTEL_SDK_DISABLED", "yes", "false"),
            ("OTEL_TRACES_EXPORTER", "console", "otlp"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4318", "http://collector:4318/v1/traces"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "secret", "authorization=Bearer%20secret,x=y"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "gzip"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "10000"),
            ("OTEL_RESOURCE_ATTRIBUTES", "production", "deployment.environment.name=production"),
            ("OTEL_TRACES_SAMPLER", "parentbased_jaeger_remote", "parentbased_always_off"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "0", "4096"),
            ("OTEL_SPAN_LINK_COUNT_LIMIT", "many", "128"),
        ] {
            assert_eq!(wanted(&[ON, (name, right)]), Ok(true), "{name}={right}");
            let error = wanted(&[ON, (name, wrong)]).expect_err(wrong);
            assert!(error.starts_with(&format!("{name}: ")) && !error.contains("secret"), "{error}");
        }
        for name in ["OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"] {
            assert!(wanted(&[ON, (name, "/etc/ssl/ca.pem")]).is_err(), "{name}");
        }
    }

    #[test]
    fn a_ratio_counts_for_the_samplers_that_take_one() {
        let wanted =
            |sampler, ratio| wanted(&[ON, ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", ratio)]);
        assert_eq!(wanted("parentbased_traceidratio", "0.1"), Ok(true));
        assert_eq!(wanted("always_on", "endpoint=http://elsewhere"), Ok(true));
        for wrong in ["1.5", "-0.1", "10%"] {
            let error = wanted("traceidratio", wrong).expect_err(wrong);
            assert!(error.starts_with("OTEL_TRACES_SAMPLER_ARG: "), "{error}");
        }
    }
}
