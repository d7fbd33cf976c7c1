use std::io::Write;

use super::*;

const DATABASE: &str = "postgres://u:hunter2@db/leads";
const AMQP: &str = "amqp://u:hunter2@mq/%2f";

fn file(content: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(content.as_bytes()).expect("it takes what is written");
    file
}

fn from_env(environment: &[(&str, &str)]) -> Settings {
    Settings::load(None, environment.iter().copied()).unwrap_or_else(|error| panic!("{environment:?}: {error}"))
}

fn from_file(content: &str, environment: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    Settings::load(Some(file(content).path()), environment.iter().copied())
}

/// The one line that refuses these settings.
fn refusal(content: &str, environment: &[(&str, &str)]) -> String {
    let error = from_file(content, environment).expect_err(content).to_string();
    assert!(!error.contains('\n') && !error.contains("hunter2"), "{error}");
    error
}

#[test]
fn defaults() {
    let settings = from_env(&[]);
    assert_eq!(settings.response_window, Duration::from_secs(30 * 60));
    assert_eq!(settings.http.address.to_string(), "0.0.0.0:3000");
    assert_eq!(settings.broker.prefix, "");
    assert!(settings.broker.declare && settings.database.migrate && !settings.auth.allow_trial_tokens);
    assert_eq!(settings.sweep.interval, Duration::from_secs(30));
    assert_eq!(settings.sweep.grace, Duration::from_secs(5));
    assert_eq!(settings.upgrade_url, "/subscription-plans");
    assert_eq!(settings.log.format, LogFormat::Text);
    assert_eq!(settings.database.pool_size, 10);
    assert!(settings.warnings.is_empty());
}

#[test]
fn every_variable() {
    let settings = from_env(&[
        ("DATABASE_URL", DATABASE),
        ("AMQP_URL", AMQP),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "10s"),
        ("LEAD_TRACKER_HTTP__ADDRESS", "127.0.0.1:0"),
        ("LEAD_TRACKER_BROKER__PREFIX", "test-1."),
        ("LEAD_TRACKER_BROKER__DECLARE", "false"),
        ("LEAD_TRACKER_SWEEP__INTERVAL", "500ms"),
        ("LEAD_TRACKER_SWEEP__GRACE", "0s"),
        ("LEAD_TRACKER_AUTH__HS256_SECRET", "0123456789abcdef0123456789abcdef"),
        ("LEAD_TRACKER_AUTH__JWKS_URL", "https://id.example/jwks.json"),
        ("LEAD_TRACKER_AUTH__ISSUER", "hirelocal"),
        ("LEAD_TRACKER_AUTH__AUDIENCE", "leads"),
        ("LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS", "true"),
        ("LEAD_TRACKER_UPGRADE_URL", "https://hirelocal.example/plans"),
        ("LEAD_TRACKER_DATABASE__MIGRATE", "false"),
        ("LEAD_TRACKER_DATABASE__POOL_SIZE", "4"),
        ("LEAD_TRACKER_LOG__FORMAT", "json"),
    ]);
    assert_eq!(settings.database_url().expect("given").read().expect("given"), DATABASE);
    assert_eq!(settings.amqp_url().expect("given").read().expect("given"), AMQP);
    assert_eq!(settings.response_window, Duration::from_secs(10));
    assert_eq!(settings.http.address.port(), 0);
    assert_eq!(settings.broker.prefix, "test-1.");
    assert!(!settings.broker.declare && !settings.database.migrate && settings.auth.allow_trial_tokens);
    assert_eq!((settings.sweep.interval, settings.sweep.grace), (Duration::from_millis(500), Duration::ZERO));
    assert_eq!(settings.auth.issuer.as_deref(), Some("hirelocal"));
    assert_eq!(settings.auth.audience.as_deref(), Some("leads"));
    assert_eq!(settings.upgrade_url, "https://hirelocal.example/plans");
    assert_eq!(settings.database.pool_size, 4);
    assert_eq!(settings.log.format, LogFormat::Json);
    assert!(settings.require_auth().is_ok());
    assert!(settings.warnings.is_empty(), "{:?}", settings.warnings);
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let content = "response_window = \"10s\"\n[sweep]\ninterval = \"2s\"\ngrace = \"1s\"\n[broker]\ndeclare = false\n\
                   [database]\npool_size = 3\n";
    let environment = [("LEAD_TRACKER_SWEEP__GRACE", "3s"), ("LEAD_TRACKER_RESPONSE_WINDOW", "")];
    let settings = from_file(content, &environment).expect("good settings");
    assert_eq!(settings.response_window, Duration::from_secs(10));
    assert_eq!((settings.sweep.interval, settings.sweep.grace), (Duration::from_secs(2), Duration::from_secs(3)));
    assert!(!settings.broker.declare);
    assert_eq!(settings.database.pool_size, 3);
    assert_eq!(settings.upgrade_url, "/subscription-plans");
}

#[test]
fn a_wrong_value_is_named_with_what_is_accepted() {
    let long = "x".repeat(201);
    let cases: &[(&str, &str, &str)] = &[
        ("DATABASE_URL", "mysql://u:hunter2@h/d", "postgres://"),
        ("DATABASE_URL", "postgres://u:hunter2@h/d?sslmod=require", "\"sslmod\" is not known"),
        ("AMQP_URL", "http://u:hunter2@h", "amqp://"),
        ("AMQP_URL", "amqp://u:hunter2@", "host"),
        ("AMQP_URL", "amqp://u:hunter2@a:x", "port"),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "0s", "100ms to 7days"),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "0", "unit"),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "30", "unit"),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "99ms", "100ms to 7days"),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "8days", "100ms to 7days"),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "1s 500us", "milliseconds"),
        ("LEAD_TRACKER_HTTP__ADDRESS", "3000", "0.0.0.0:3000"),
        ("LEAD_TRACKER_BROKER__PREFIX", "a b", "letters"),
        ("LEAD_TRACKER_BROKER__PREFIX", &long, "200"),
        ("LEAD_TRACKER_BROKER__PREFIX", "amq.x", "RabbitMQ"),
        ("LEAD_TRACKER_BROKER__DECLARE", "maybe", "true or false"),
        ("LEAD_TRACKER_SWEEP__INTERVAL", "0s", "100ms"),
        ("LEAD_TRACKER_SWEEP__GRACE", "-1s", "unit"),
        ("LEAD_TRACKER_AUTH__JWKS_URL", "ftp://hunter2", "https"),
        ("LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS", "2", "true or false"),
        ("LEAD_TRACKER_UPGRADE_URL", "//evil.example", "path"),
        ("LEAD_TRACKER_UPGRADE_URL", "javascript:alert(1)", "path"),
        ("LEAD_TRACKER_DATABASE__POOL_SIZE", "0", "1 to 1000"),
        ("LEAD_TRACKER_LOG__FORMAT", "xml", "text or json"),
    ];
    for (variable, value, expected) in cases {
        let message = refusal("", &[(variable, value)]);
        assert!(message.starts_with(variable), "{variable}={value}: {message}");
        assert!(message.contains(expected), "{variable}={value}: {message}");
    }
}

#[test]
fn several_brokers_are_a_good_url() {
    for url in ["amqp://h", "amqps://u:p@a:5671,b:5671/prod?heartbeat=10", "amqp://[::1]:5672", "amqp://[::1]"] {
        from_env(&[("AMQP_URL", url)]);
    }
}

#[test]
fn an_unknown_key_of_the_file_is_named_with_its_neighbours() {
    let message = refusal("[sweep]\nintervall = \"10s\"\n", &[]);
    assert!(message.contains(r#""sweep.intervall"; [sweep] knows interval, grace"#), "{message}");
    let message = refusal("[swep]\ninterval = \"10s\"\n", &[]);
    assert!(message.contains(r#""swep.interval"; known are [database], [amqp], response_window"#), "{message}");
    let message = refusal("sweep = \"10s\"\n", &[]);
    assert!(message.contains(r#"unknown key "sweep""#), "{message}");
    let message = refusal("[auth]\nsecret = \"hunter2\"\n", &[]);
    assert!(message.contains("hs256_secret, hs256_secret_file, jwks_url"), "{message}");
}

#[test]
fn an_empty_section_is_named_too_where_it_is_unknown() {
    let message = refusal("[junk]\n", &[]);
    assert!(message.contains(r#"unknown key "junk"; known are [database], [amqp], response_window"#), "{message}");
    let message = refusal("[sweep.junk]\n", &[]);
    assert!(message.contains(r#"unknown key "sweep.junk"; [sweep] knows interval, grace"#), "{message}");
    from_file("[sweep]\n[database]\n", &[]).expect("known sections may be empty");
}

#[test]
fn a_file_that_is_no_toml_is_refused_without_showing_it() {
    let message = refusal("[database]\nurl = \"postgres://u:hunter2@h/d\n", &[]);
    assert!(message.contains("line 2"), "{message}");
    let message = refusal("[sweep]\ninterval = [1]\n", &[]);
    assert!(message.starts_with("LEAD_TRACKER_SWEEP__INTERVAL (in the file: sweep.interval): must be"), "{message}");
    let missing = Settings::load(Some(Path::new("/no/such/file.toml")), [("", ""); 0]).expect_err("no file");
    assert!(missing.to_string().contains("/no/such/file.toml"), "{missing}");
}

#[test]
fn an_unknown_variable_is_only_warned_of() {
    let settings = from_env(&[
        ("LEAD_TRACKER_SERVICE_HOST", "10.0.0.1"),
        ("LEAD_TRACKER_BROKER__PREFIX_FILE", "/x"),
        ("LEAD_TRACKER_AUTH__HS256_SECRET", "short"),
        ("PATH", "/bin"),
    ]);
    let [prefix, service, secret] = &settings.warnings[..] else { panic!("{:?}", settings.warnings) };
    assert!(prefix.contains("LEAD_TRACKER_BROKER__PREFIX_FILE"), "{prefix}");
    assert!(service.contains("LEAD_TRACKER_SERVICE_HOST"), "{service}");
    assert!(secret.contains("5 bytes"), "{secret}");
}

#[test]
fn a_secret_in_a_file_is_read_again() {
    let secret = file("postgres://u:one@h/d\n");
    let path = secret.path().to_str().expect("a plain path");
    let settings = from_env(&[("DATABASE_URL_FILE", path)]);
    let url = settings.database_url().expect("given");
    assert_eq!(url.read().expect("readable"), "postgres://u:one@h/d");
    std::fs::write(path, "postgres://u:two@h/d\r\n").expect("writable");
    assert_eq!(url.read().expect("readable"), "postgres://u:two@h/d");
    drop(secret);
    assert!(url.read().is_err());
}

#[test]
fn a_secret_has_one_source() {
    let secret = file(DATABASE);
    let path = secret.path().to_str().expect("a plain path");
    let message = refusal("", &[("DATABASE_URL", DATABASE), ("DATABASE_URL_FILE", path)]);
    assert!(message.starts_with("DATABASE_URL (in the file: database.url) and its _FILE variant"), "{message}");
    let settings = from_file("[database]\nurl = \"postgres://u@other/d\"\n", &[("DATABASE_URL_FILE", path)]);
    assert_eq!(settings.expect("good").database.url, Some(Secret::File(path.into())));
    let settings = from_file(&format!("[database]\nurl_file = \"{path}\"\n"), &[]);
    assert_eq!(settings.expect("good").database.url, Some(Secret::File(path.into())));
}

#[test]
fn a_bad_secret_file_stops_the_start() {
    let message = refusal("", &[("AMQP_URL_FILE", "/no/such/secret")]);
    assert!(message.starts_with("AMQP_URL") && message.contains("/no/such/secret"), "{message}");
    let empty = file("\n");
    let path = empty.path().to_str().expect("a plain path");
    assert!(refusal("", &[("LEAD_TRACKER_AUTH__HS256_SECRET_FILE", path)]).contains("is empty"));
    let wrong = file("mysql://u:hunter2@h/d");
    let path = wrong.path().to_str().expect("a plain path");
    assert!(refusal("", &[("DATABASE_URL_FILE", path)]).contains("postgres://"));
}

#[test]
fn a_certificate_file_that_cannot_be_read_stops_the_start() {
    let wrong = [
        (
            "DATABASE_URL",
            "postgres://u:hunter2@h/d?sslmode=verify-full&sslrootcert=/no%2Fsuch/c+a.pem",
            "/no/such/c+a.pem",
        ),
        ("AMQP_URL", "amqps://u:hunter2@a,b/v?heartbeat=5&cacertfile=/no/such/ca.pem", "/no/such/ca.pem"),
        ("AMQP_URL", "amqps://h?cacertfile=/", "the file / of the option cacertfile"),
    ];
    for (variable, url, expected) in wrong {
        let message = refusal("", &[(variable, url)]);
        assert!(message.starts_with(variable) && message.contains(expected), "{message}");
    }
    let pem = file("");
    let path = pem.path().to_str().expect("a plain path");
    from_env(&[
        ("DATABASE_URL", &format!("{DATABASE}?sslmode=verify-ca&sslrootcert={path}")),
        ("AMQP_URL", &format!("{AMQP}?cacertfile={path}")),
    ]);
    from_env(&[("DATABASE_URL", &format!("{DATABASE}?sslrootcert=system"))]);
}

#[test]
fn what_a_command_needs_is_asked_for_by_name() {
    let settings = from_env(&[]);
    let messages = [
        settings.database_url().expect_err("none").to_string(),
        settings.amqp_url().expect_err("none").to_string(),
        settings.require_auth().expect_err("none").to_string(),
    ];
    let variables = ["DATABASE_URL", "AMQP_URL", "LEAD_TRACKER_AUTH__HS256_SECRET"];
    for (message, variable) in messages.iter().zip(variables) {
        assert!(message.starts_with(&format!("{variable} is not set: ")), "{message}");
    }
}

#[test]
fn debug_output_shows_no_secret() {
    let settings = from_env(&[
        ("DATABASE_URL", DATABASE),
        ("AMQP_URL", AMQP),
        ("LEAD_TRACKER_AUTH__HS256_SECRET", "hunter2-hunter2-hunter2-hunter2-"),
        ("LEAD_TRACKER_AUTH__JWKS_URL", "https://u:hunter2@id.example/jwks.json"),
    ]);
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn the_readme_tells_of_every_setting() {
    let readme = include_str!("../../README.md");
    for variable in key::KEYS.iter().map(key::Key::variable) {
        assert!(readme.contains(&format!("`{variable}`")), "{variable}");
    }
}
