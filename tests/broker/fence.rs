//! What a fence waits for, and what it does not take for an answer.

use super::*;

#[tokio::test]
async fn passes_only_behind_what_was_there_before() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, .. } = &sandbox;
    sandbox.publish_events(&["1", "2", "3"]).await;
    let mut fence = Fence::open(connection, names.inbox()).await.unwrap();
    let answerer = FenceAnswerer::open(connection).await.unwrap();
    let mut waiting = pin!(fence.wait(PATIENCE));
    let consumed = async {
        let mut inbound = sandbox.inbound(names.inbox()).await;
        let mut seen = 0;
        loop {
            for delivery in inbound.receive(1, AT_ONCE).await.unwrap() {
                match delivery.fence() {
                    None => seen += 1,
                    Some(request) => {
                        answerer.answer(&request).unwrap();
                        return seen;
                    }
                }
            }
        }
    };
    let (outcome, seen) = within(futures::future::join(&mut waiting, consumed)).await;
    assert_eq!((outcome.unwrap(), seen), (FenceOutcome::Passed, 3));
}

#[tokio::test]
async fn does_not_take_a_late_answer_for_the_next_one() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, .. } = &sandbox;
    let mut fence = Fence::open(connection, names.inbox()).await.unwrap();
    let answerer = FenceAnswerer::open(connection).await.unwrap();
    let short = Duration::from_millis(100);
    assert_eq!(fence.wait(short).await.unwrap(), FenceOutcome::TimedOut);

    let mut inbound = sandbox.inbound(names.inbox()).await;
    let late = within(inbound.receive(1, AT_ONCE)).await.unwrap()[0].fence().unwrap();
    answerer.answer(&late).unwrap();
    assert_eq!(fence.wait(short).await.unwrap(), FenceOutcome::TimedOut);
}

#[tokio::test]
async fn needs_an_inbox() {
    let sandbox = Sandbox::new().await;
    let mut fence = Fence::open(&sandbox.connection, sandbox.names.inbox()).await.unwrap();
    let error = fence.wait(PATIENCE).await.unwrap_err();
    assert!(matches!(error, BrokerError::MissingQueue { .. }), "{error:?}");
}

#[tokio::test]
async fn is_none_where_the_answer_would_go_to_a_queue_of_someones_choice() {
    let sandbox = Sandbox::declared().await;
    let inbox = sandbox.names.inbox();
    let mut headers = FieldTable::default();
    headers.insert("x-lead-tracker-fence".into(), text("1"));
    let properties = BasicProperties::default().with_headers(headers).with_reply_to(inbox.into());
    sandbox.publish_raw("", inbox, b"", properties).await;
    let received = within(sandbox.inbound(inbox).await.receive(1, AT_ONCE)).await.unwrap();
    assert_eq!(received[0].fence(), None);
}
