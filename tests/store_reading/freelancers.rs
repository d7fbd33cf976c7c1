//! Who a user is.

use lead_tracker::domain::event::{Fact, FreelancerId};

use crate::books::{Books, minutes_ago, notified, number};

async fn introduce(books: &Books, id: FreelancerId, user_id: &str) {
    let mut offer = notified(id, number(1), minutes_ago(10));
    let Fact::Notified(fact) = &mut offer else { unreachable!("it is one") };
    fact.freelancer.user_id = Some(user_id.to_owned());
    fact.freelancer.full_name = Some("Ravi".to_owned());
    books.tell([offer]).await;
}

#[tokio::test]
async fn a_freelancer_is_found_by_id_and_by_user() {
    let books = Books::open().await;
    introduce(&books, number(0xf1), "u-1").await;
    let by_id = books.store.freelancer(number(0xf1)).await.expect("an answer").expect("known");
    assert_eq!((by_id.user_id.as_deref(), by_id.full_name.as_deref()), (Some("u-1"), Some("Ravi")));
    assert_eq!(books.store.freelancer_of_user("u-1").await.expect("an answer"), Some(by_id));
    assert_eq!(books.store.freelancer(number(0xf2)).await.expect("an answer"), None);
    assert_eq!(books.store.freelancer_of_user("u-2").await.expect("an answer"), None);
    books.close().await;
}

#[tokio::test]
async fn a_user_of_several_freelancers_is_none_of_them() {
    let books = Books::open().await;
    introduce(&books, number(0xf1), "u-1").await;
    introduce(&books, number(0xf2), "u-1").await;
    assert_eq!(books.store.freelancer_of_user("u-1").await.expect("an answer"), None);
    books.close().await;
}
