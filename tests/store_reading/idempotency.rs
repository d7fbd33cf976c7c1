//! Keys and their answers: once, whatever runs at the same time and whatever fails.

use lead_tracker::store::{Answer, Claim, Client, IdempotencyKey, Ledger};

use crate::books::{Books, number};
use crate::wait::eventually;

const ROUTE: &str = "accept";

fn key(key: &str) -> IdempotencyKey<'_> {
    IdempotencyKey { freelancer_id: number(0xf1), route: ROUTE, key }
}

fn answer() -> Answer {
    Answer { status: 409, body: b"{\"taken\":true}".to_vec() }
}

async fn client(books: &Books) -> Client {
    books.store.client().await.expect("a connection")
}

/// Claims a key, and where it is the first time commits an answer.
async fn request(books: &Books, key: &IdempotencyKey<'_>, fingerprint: &[u8]) -> Claim {
    let mut client = client(books).await;
    let ledger = Ledger::begin(&mut client).await.expect("a transaction");
    let claim = ledger.claim_key(key, fingerprint).await.expect("an answer");
    if claim == Claim::First {
        ledger.remember_answer(key, &answer()).await.expect("it is remembered");
    }
    ledger.commit().await.expect("it is committed");
    claim
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_another_request_is_told_apart() {
    let books = Books::open().await;
    assert_eq!(request(&books, &key("k"), b"one").await, Claim::First);
    assert_eq!(request(&books, &key("k"), b"one").await, Claim::Answered(answer()));
    assert_eq!(request(&books, &key("k"), b"two").await, Claim::OtherRequest);
    assert_eq!(request(&books, &key("K"), b"two").await, Claim::First);
    assert_eq!(request(&books, &IdempotencyKey { route: "ignored", ..key("k") }, b"two").await, Claim::First);
    let of_another = IdempotencyKey { freelancer_id: number(0xf2), ..key("k") };
    assert_eq!(request(&books, &of_another, b"two").await, Claim::First);
    let longest = "ü".repeat(255);
    assert_eq!(request(&books, &key(&longest), b"one").await, Claim::First);
    books.close().await;
}

#[tokio::test]
async fn what_is_not_committed_was_not_claimed() {
    let books = Books::open().await;
    let mut client = client(&books).await;
    let ledger = Ledger::begin(&mut client).await.expect("a transaction");
    assert_eq!(ledger.claim_key(&key("k"), b"one").await.expect("an answer"), Claim::First);
    ledger.remember_answer(&key("k"), &answer()).await.expect("it is remembered");
    drop(ledger);
    drop(client);
    assert_eq!(request(&books, &key("k"), b"two").await, Claim::First);
    books.close().await;
}

/// Runs a request beside one that has claimed the same key, and ends that one when the twin waits for it.
async fn twin_of(books: &Books, commits: bool) -> Claim {
    let mut client = client(books).await;
    let first = Ledger::begin(&mut client).await.expect("a transaction");
    assert_eq!(first.claim_key(&key("k"), b"one").await.expect("an answer"), Claim::First);
    let twin = key("k");
    let twin = request(books, &twin, b"one");
    let ending = async {
        eventually("the twin waits", async || {
            let waiting = "select exists (select from pg_stat_activity
                                          where datname = current_database() and wait_event_type = 'Lock')";
            books.database.client().query_one(waiting, &[]).await.expect("an answer").get(0)
        })
        .await;
        first.remember_answer(&key("k"), &answer()).await.expect("it is remembered");
        match commits {
            true => first.commit().await.expect("it is committed"),
            false => drop(first),
        }
    };
    let (claim, ()) = tokio::join!(twin, ending);
    claim
}

#[tokio::test]
async fn a_twin_waits_for_the_answer() {
    let books = Books::open().await;
    assert_eq!(twin_of(&books, true).await, Claim::Answered(answer()));
    books.close().await;
}

#[tokio::test]
async fn a_twin_of_what_failed_is_the_first() {
    let books = Books::open().await;
    assert_eq!(twin_of(&books, false).await, Claim::First);
    books.close().await;
}

#[tokio::test]
async fn after_24_hours_a_key_is_free_again_and_forgotten() {
    let books = Books::open().await;
    for name in ["old", "older", "new"] {
        assert_eq!(request(&books, &key(name), b"one").await, Claim::First);
    }
    let age = "update idempotency_keys set created_at = now() - interval '24 hours 1 second' where key like 'old%'";
    books.execute(age).await;
    assert_eq!(request(&books, &key("old"), b"two").await, Claim::First);
    assert_eq!(request(&books, &key("old"), b"two").await, Claim::Answered(answer()));
    assert_eq!(books.store.forget_idempotency_keys().await.expect("it is done"), 1);
    assert_eq!(request(&books, &key("older"), b"two").await, Claim::First);
    assert_eq!(request(&books, &key("new"), b"one").await, Claim::Answered(answer()));
    books.close().await;
}
