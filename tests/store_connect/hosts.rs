//! Several hosts, of which some are away or only read.

use super::*;

#[tokio::test]
async fn hosts_are_tried_in_turn() {
    let database = Database::create().await;
    let (_silent, silent) = silent_address().await;
    let hosts = format!("{},{silent},{}", dead_address().await, database.address());
    let store = store(database.by(&hosts, "connect_timeout=1"));
    assert_eq!(ask(&store, "select current_database()::text").await, database.name);
    store.migrate().await.expect("sqlx gets there as well");
    database.drop().await;
}

#[tokio::test]
async fn a_unix_domain_socket_is_a_host_too() {
    let database = Database::create().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let listener = UnixListener::bind(folder.path().join(".s.PGSQL.7777")).expect("a socket");
    let upstream = database.address();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let upstream = upstream.clone();
            tokio::spawn(async move {
                let mut server = TcpStream::connect(upstream).await?;
                copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    let folder = folder.path().display().to_string();
    let encoded = database.by(&format!("{}:7777", folder.replace('/', "%2F")), "");
    for url in [encoded, database.by("", &format!("host={folder}&port=7777"))] {
        let store = store(url);
        assert_eq!(ask(&store, "select current_database()::text").await, database.name);
        store.migrate().await.expect("sqlx connects as well");
    }
    database.drop().await;
}

#[tokio::test]
async fn each_host_that_fails_is_named_with_its_reason() {
    let (_silent, silent) = silent_address().await;
    let dead = dead_address().await;
    let message = refusal(format!("postgres://u:hunter2@{dead},{silent}/d?connect_timeout=1")).await;
    assert!(message.contains(&format!("{dead}: error connecting to server: Connection refused")), "{message}");
    assert!(message.contains(&format!("{silent}: no answer within 1s")), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[tokio::test]
async fn a_database_that_only_reads_is_passed_over() {
    let (reading, writing) = (Database::create().await, Database::create().await);
    let alter = format!("alter database {} set default_transaction_read_only = on", reading.name);
    execute(reading.url.as_str(), &alter).await;
    let message = refusal(reading.url.to_string()).await;
    assert!(message.contains("does not allow writes"), "{message}");
    let error = store(reading.url.to_string()).migrate().await.expect_err("sqlx refuses it as well");
    assert!(error.to_string().contains("does not allow writes"), "{error}");
    assert!(error.is_read_only(), "{error:?}");
    let error = store(reading.url.to_string()).ping().await.expect_err("so does the traffic");
    assert!(error.is_read_only(), "{error:?}");
    store(format!("{}?target_session_attrs=any", reading.url)).ping().await.expect("any server will do");
    reading.drop().await;
    writing.drop().await;
}

#[tokio::test]
async fn a_host_that_only_reads_is_passed_over_for_the_writable_one() {
    let database = Database::create().await;
    let reader = read_only_before(database.address()).await;
    let store = store(database.by(&format!("{reader},{}", database.address()), "sslmode=disable"));
    assert_eq!(ask(&store, "select current_setting('transaction_read_only')").await, "off");
    store.migrate().await.expect("sqlx gets there as well");
    database.drop().await;
}

/// The same server, through which every session begins read-only: the option is slipped into the startup message.
async fn read_only_before(upstream: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let upstream = upstream.clone();
            tokio::spawn(async move {
                let length = client.read_u32().await?;
                let mut startup = vec![0; length as usize - 4];
                client.read_exact(&mut startup).await?;
                startup.pop();
                startup.extend_from_slice(b"default_transaction_read_only\0on\0\0");
                let mut server = TcpStream::connect(upstream).await?;
                server.write_u32(u32::try_from(startup.len() + 4).expect("a short message")).await?;
                server.write_all(&startup).await?;
                copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    address
}
