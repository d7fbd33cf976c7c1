use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::parse::percent_decode;
use super::*;

fn parse(url: &str) -> Target {
    Target::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn hosts(url: &str) -> Vec<String> {
    parse(url).hosts.iter().map(Host::to_string).collect()
}

#[test]
fn a_whole_url() {
    let target = parse(
        "postgresql://tr%40cker:p%2Fw%3A%3F@db.example:6432/leads?sslmode=verify-full&sslrootcert=/etc/ca.pem\
         &options=-c%20search_path%3Dtracker&application_name=tracker-a&connect_timeout=2",
    );
    assert_eq!(target.user, "tr@cker");
    assert_eq!(target.password.as_deref(), Some("p/w:?"));
    assert_eq!(target.dbname, "leads");
    assert_eq!(target.hosts, [Host { address: Address::Tcp("db.example".into()), port: 6432 }]);
    assert_eq!(target.ssl_mode, SslMode::VerifyFull);
    assert_eq!(target.root_cert, RootCert::File("/etc/ca.pem".into()));
    assert_eq!(target.options.as_deref(), Some("-c search_path=tracker"));
    assert_eq!(target.application_name, "tracker-a");
    assert_eq!(target.connect_timeout, Duration::from_secs(2));
    assert!(target.writable);
}

#[test]
fn a_short_url_has_defaults() {
    let target = parse("postgres://postgres@localhost");
    assert_eq!(target.hosts[0].port, 5432);
    assert_eq!(target.dbname, "postgres");
    assert_eq!(target.ssl_mode, SslMode::Prefer);
    assert_eq!(target.root_cert, RootCert::System);
    assert_eq!(target.application_name, "lead-tracker");
    assert_eq!(target.connect_timeout, Duration::from_secs(5));
}

#[test]
fn hosts_and_ports() {
    let cases: &[(&str, &[&str])] = &[
        ("postgres://u@a,b/d", &["a:5432", "b:5432"]),
        ("postgres://u@a:1,b:2/d", &["a:1", "b:2"]),
        ("postgres://u@a,b:2/d", &["a:5432", "b:2"]),
        ("postgres://u@[::1]:7,[fe80::1]/d", &["[::1]:7", "[fe80::1]:5432"]),
        ("postgres://u@/d?host=/var/run/postgresql", &["/var/run/postgresql/.s.PGSQL.5432"]),
        ("postgres://u@%2Fvar%2Frun%2Fpostgresql:7/d", &["/var/run/postgresql/.s.PGSQL.7"]),
        ("postgres:///d?host=a,b&port=7&user=u", &["a:7", "b:7"]),
        ("postgres:///d?host=a,b&port=7,8&user=u", &["a:7", "b:8"]),
        ("postgres://u@ignored:1/d?host=a&port=2", &["a:2"]),
    ];
    for (url, expected) in cases {
        assert_eq!(hosts(url), *expected, "{url}");
    }
}

#[test]
fn encryption_as_libpq_understands_it() {
    let cases = [
        ("sslmode=disable", SslMode::Disable),
        ("sslmode=allow", SslMode::Prefer),
        ("sslmode=prefer", SslMode::Prefer),
        ("sslmode=require", SslMode::Require),
        ("sslmode=require&sslrootcert=/ca.pem", SslMode::VerifyCa),
        ("sslmode=verify-ca", SslMode::VerifyCa),
        ("sslmode=verify-full", SslMode::VerifyFull),
        ("sslrootcert=system", SslMode::VerifyFull),
    ];
    for (options, expected) in cases {
        assert_eq!(parse(&format!("postgres://u@h/d?{options}")).ssl_mode, expected, "{options}");
    }
}

#[test]
fn what_is_wrong_is_said_in_one_line_without_the_password() {
    let cases = [
        ("mysql://u:hunter2@h/d", "postgres://"),
        ("", "postgres://"),
        ("postgres://h/d", "no user"),
        ("postgres://u:hunter2@/d", "no host"),
        ("postgres://u:hunter2@a,,b/d", "no host"),
        ("postgres://u:hunter2@h:0/d", "port"),
        ("postgres://u:hunter2@h:70000/d", "port"),
        ("postgres://u:pa/hunter2@h/d", "no user"),
        ("postgres://u:pa?hunter2=@h/d", "option"),
        ("postgres://u:hunter2@h:1,i:2/d?port=1,2,3", "3 ports for 2 hosts"),
        ("postgres://u:hunter2%4@h/d", "%25"),
        ("postgres://u:hunter2@h/d?sslmode=maybe", "verify-full"),
        ("postgres://u:hunter2@h/d?sslmode=require&sslrootcert=system", "verify-full"),
        ("postgres://u:hunter2@h/d?connect_timeout=5s", "seconds"),
        ("postgres://u:hunter2@h/d?target_session_attrs=standby", "read-write"),
        ("postgres://u:hunter2@h/d?sslcert=/x", "\"sslcert\" is not known"),
    ];
    for (url, expected) in cases {
        let message = Target::parse(url).expect_err(url).to_string();
        assert!(message.contains(expected), "{url}: {message}");
        assert!(!message.contains("hunter2") && !message.contains('\n'), "{url}: {message}");
    }
}

#[test]
fn debug_output_has_no_password() {
    assert_eq!(format!("{:?}", parse("postgres://u:hunter2@h/d")), "Target(u@d (h:5432))");
}

#[test]
fn percent_encoding_is_undone() {
    for text in ["", "plain", "p@ss/w:rd?#%+&", "-c search_path=a\\ b", "schlüssel"] {
        let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        assert_eq!(percent_decode(&encoded).as_deref(), Ok(text));
    }
    for text in ["%", "%4", "%zz", "%+1", "%ff"] {
        assert_eq!(percent_decode(text), Err(UrlError::Encoding), "{text}");
    }
}

#[test]
fn another_schema_replaces_the_default_one_and_leaves_the_rest() {
    let cases = [
        ("postgres://u:p%2Fw@a:1,b:2/d", "-c search_path=trial"),
        ("postgres://u@a/d?sslmode=require", "-c search_path=trial"),
        (
            "postgres://u@a/d?options=-c%20search_path%3Dleads%20-c%20jit%3Doff&sslmode=require",
            "-c search_path=leads -c jit=off -c search_path=trial",
        ),
    ];
    for (url, options) in cases {
        let (before, after) = (parse(url), parse(&Target::in_schema(url, "trial").expect(url)));
        assert_eq!(after.options.as_deref(), Some(options), "{url}");
        assert_eq!(Target { options: before.options.clone(), ..after }, before, "{url}");
    }
}
