//! The administrator's pages.

mod check;
mod outage;
mod parked;
mod window;

use lapin::BasicProperties;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::client::{Client, send};
use crate::harness::{Leftover, Offer, comes_to, eventually};
use crate::stage::{QUEUE, admin, audit, world};
use crate::token::Claims;
use crate::{Page, look};

const OVERVIEW: &str = "/admin";
const CHECK: &str = "/admin/check";
const WINDOW: &str = "/admin/window";
const PARKED: &str = "/admin/parked";

fn routes() -> Vec<(Method, String)> {
    let pages = [OVERVIEW, CHECK, WINDOW, PARKED].map(|path| (Method::GET, path.to_owned()));
    let message = format!("{PARKED}/{}", Uuid::new_v4());
    let forms = [CHECK.to_owned(), WINDOW.to_owned(), format!("{message}/replay"), format!("{message}/discard")];
    pages.into_iter().chain(forms.map(|path| (Method::POST, path))).collect()
}

#[tokio::test]
async fn the_pages_are_closed_to_all_but_administrators() {
    let world = world(60_000).await;
    let service = world.start().await;
    let nobody = Client::anonymous(&service);
    let freelancer = Client::freelancer(&service, Uuid::new_v4());
    let bad = nobody.clone().with_token("not.a.token".to_owned());

    for (method, path) in routes() {
        let ask = async |client: &Client| Page::read(&send(client.request(method.clone(), &path)).await);
        for page in [ask(&nobody).await, ask(&bad).await] {
            assert_eq!(page.status, 401, "{method} {path}");
            page.says("Please sign in");
        }
        let page = ask(&freelancer).await;
        assert_eq!(page.status, 403, "{method} {path}");
        page.says("This page is not for you");
        page.says("Go to your leads");
        assert!(!page.has("run") && !page.has("change"), "{method} {path}");
    }
    assert_eq!(audit(&world).await, []);
    world.close().await;
}

#[tokio::test]
async fn a_session_cookie_signs_in_and_no_other_site_uses_it() {
    let world = world(60_000).await;
    let service = world.start().await;
    let cookie = format!("hirelocal_session={}", Claims::admin().sign());
    let client = Client::anonymous(&service);
    let request = |method: &Method, path: &str| client.request(method.clone(), path).header("cookie", &cookie);

    let page = Page::read(&send(request(&Method::GET, OVERVIEW)).await);
    assert_eq!(page.status, 200);
    page.says("an administrator");
    for (method, path) in routes().into_iter().filter(|(method, _)| method == Method::POST) {
        let forged = request(&method, &path).header("sec-fetch-site", "cross-site");
        let page = Page::read(&send(forged).await);
        assert_eq!(page.status, 403, "{path}");
    }
    assert_eq!(audit(&world).await, []);
    world.close().await;
}

#[tokio::test]
async fn an_address_of_a_form_leads_to_its_page() {
    let world = world(60_000).await;
    let service = world.start().await;

    let answer = admin(&service).get(&format!("{PARKED}/{}/replay", Uuid::new_v4())).await;

    assert_eq!((answer.status, answer.header("location")), (303, PARKED));
    world.close().await;
}

#[tokio::test]
async fn a_quiet_service_says_so() {
    let world = world(60_000).await;
    let service = world.start().await;

    let page = look(&admin(&service), OVERVIEW).await;

    assert_eq!(page.status, 200);
    for (id, word) in [
        ("tile-offers", ">0<"),
        ("tile-response-time", "nobody has answered"),
        ("tile-lateness", "no timer has found a miss"),
        ("tile-sweep", ">0<"),
        ("state-database", "Answers"),
        ("state-broker", "Connected"),
        ("state-consumer", "Consumes"),
        ("state-outbox", "Empty"),
        ("state-parked", "None"),
        ("state-window", "1 min"),
        ("record", "Nothing yet"),
    ] {
        assert!(page.element(id).contains(word), "{id}: {}", page.element(id));
    }
    world.close().await;
}

#[tokio::test]
async fn the_overview_tells_of_the_last_day_and_of_the_service() {
    let world = world(2_000).await;
    world.leaves(Leftover::Parked);
    let subscriber = world.subscriber().await;
    let service = world.start().await;
    let offers = Offer::many(4);
    let publisher = world.publisher().await;
    publisher.send_all(offers.iter().map(Offer::notified)).await;
    publisher.send(offers[0].responded("accepted").at(offers[0].notified_at)).await;
    publisher.send(offers[1].responded("ignored").at(offers[1].notified_at)).await;
    let busy = offers[2].responded("missed").with("reason", json!("busy")).at(offers[2].notified_at);
    publisher.send(busy).await;
    publisher.send_bytes("lead.viewed", b"?", BasicProperties::default()).await;
    comes_to("parked messages", Some(1), async || world.amqp().ready(QUEUE).await).await;
    subscriber.wait_for("lead.missed", offers[3].key()).await;
    let client = admin(&service);
    eventually("the relay has published all", async || {
        look(&client, OVERVIEW).await.element("state-outbox").contains("Empty")
    })
    .await;

    let page = look(&client, OVERVIEW).await;

    for (id, words) in [
        ("tile-offers", &[">4<", "0 still wait"][..]),
        ("tile-answered", &[">2<", "50 % of the offers: 1 accepted, 1 ignored"]),
        ("tile-missed", &[">2<", "50 % of the offers"]),
        ("tile-response-time", &["0 ms", "median; 90 % within 0 ms"]),
        ("tile-lateness", &["median; 99 % within"]),
        ("tile-sweep", &[">0<", "1 found by timers"]),
        ("state-parked", &["1 parked", "href=\"/admin/parked\""]),
        ("state-window", &["2 s"]),
    ] {
        let element = page.element(id);
        assert!(words.iter().all(|word| element.contains(word)), "{id}: {element}");
    }
    page.says("No response in time: 1, The job was gone: 0, Busy: 1, Not interested: 0");
    page.says("By their timer: 1, By the sweep: 0, By a check: 0, The freelancer said so: 1, The lead was gone: 0");
    assert_eq!(page.element("hours").matches("<svg").count(), 4, "a chart and its legend");
    assert_eq!(page.element("hours").matches("<tr>").count(), 25, "the same as a table");
    world.close().await;
}
