//! The leads page.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::client::{Client, send};
use crate::harness::{Event, Offer, World, eventually};
use crate::stage::world;
use crate::token::Claims;
use crate::{Page, look, submit};

const LEADS: &str = "/freelancer/leads";

fn address(offer: &Offer, action: &str) -> String {
    format!("{LEADS}/{}{action}", offer.lead)
}

/// Publishes an offer with everything that may be said of it, and waits until it is recorded.
async fn offered(world: &World, offer: Offer) -> Offer {
    world.publisher().await.send(offer.notified_in_full()).await;
    eventually("the offer is recorded", async || world.interaction(offer.key()).await.is_some()).await;
    offer
}

async fn told(world: &World, event: Event, offer: &Offer, status: &str) {
    world.publisher().await.send(event).await;
    let is_so = async || world.interaction(offer.key()).await.is_some_and(|row| row.status == status);
    eventually("it is told", is_so).await;
}

#[tokio::test]
async fn the_pages_are_for_freelancers_with_a_plan() {
    let world = world(60_000).await;
    let service = world.start().await;
    let nobody = Client::anonymous(&service);
    let admin = nobody.clone().with_token(Claims::admin().sign());
    let free = nobody.clone().with_token(Claims::freelancer(Uuid::new_v4()).without("leadPlanEndsAt").sign());
    let lead = format!("{LEADS}/{}", Uuid::new_v4());
    let forms = ["viewed", "accept", "missed", "ignored"].map(|action| (Method::POST, format!("{lead}/{action}")));

    for (method, path) in [(Method::GET, LEADS.to_owned()), (Method::GET, lead)].into_iter().chain(forms) {
        let ask = async |client: &Client| Page::read(&send(client.request(method.clone(), &path)).await);
        let page = ask(&nobody).await;
        assert_eq!(page.status, 401, "{method} {path}");
        page.says("href=\"/login\"");
        assert_eq!(ask(&admin).await.status, 403, "{method} {path}");
        let page = ask(&free).await;
        assert_eq!(page.status, 200, "{method} {path}");
        page.says("href=\"/subscription-plans\"");
        page.says("1 minute to respond");
    }
    world.close().await;
}

#[tokio::test]
async fn a_card_says_everything_that_is_known_and_the_number_only_to_who_accepted() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber_of(&["lead.responded"]).await;
    let service = world.start().await;
    let offer = offered(&world, Offer::now()).await;
    let client = Client::freelancer(&service, offer.freelancer);

    let page = look(&client, LEADS).await;
    for text in ["Kitchen sink leaks", "Plumbing", "Indiranagar, Bengaluru 560038", "₹500 – ₹1,500", "today evening"]
    {
        page.says(text);
    }
    page.says("Meenakshi Sundaram");
    page.says("Pending");
    assert!(!page.html.contains("919845098450"), "{}", page.html);

    let page = submit(&client, &address(&offer, "/accept"), &[]).await;
    page.notice(200, "You have accepted this lead.");
    page.says("href=\"tel:+919845098450\"");
    let again = submit(&client, &address(&offer, "/accept"), &[]).await;
    again.notice(200, "You have accepted this lead.");
    assert_eq!(world.history().await.len(), 2, "an action that is repeated adds nothing");
    world.close().await;
}

#[tokio::test]
async fn why_a_lead_is_missed_is_asked_and_kept() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber_of(&["lead.responded", "lead.missed"]).await;
    let service = world.start().await;
    let offer = offered(&world, Offer::now()).await;
    let client = Client::freelancer(&service, offer.freelancer);
    let form = address(&offer, "/missed");

    let page = look(&client, &form).await;
    page.says(&format!("action=\"{form}\""));
    page.says("Busy with other work");
    let refused = submit(&client, &form, &[("reason", "asleep")]).await;
    assert_eq!(refused.status, 422);
    refused.says("reason: it must be expired, no_response, busy or not_interested");
    let refused = submit(&client, &form, &[("reason", "busy"), ("notes", &"x".repeat(2001))]).await;
    assert_eq!(refused.status, 422);
    refused.says("notes: it must be a text of up to 2000 characters");

    let page = submit(&client, &form, &[("reason", "busy"), ("notes", "At <another> site")]).await;
    page.notice(200, "Noted: busy with other work.");
    page.says("At &lt;another&gt; site");
    let again = submit(&client, &form, &[("reason", "not_interested")]).await;
    again.notice(200, "You have said already why you missed this lead.");
    world.close().await;
}

#[tokio::test]
async fn a_lost_race_explains_itself() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber().await;
    let service = world.start().await;
    let offer = offered(&world, Offer::now()).await;
    let other = offered(&world, Offer::of(offer.lead, Uuid::new_v4())).await;
    told(&world, other.responded("accepted"), &offer, "missed").await;

    let page = submit(&Client::freelancer(&service, offer.freelancer), &address(&offer, "/accept"), &[]).await;

    page.notice(200, "Another freelancer accepted this lead at ");
    page.notice(200, " before you pressed.");
    page.says("Taken by another freelancer");
    world.close().await;
}

#[tokio::test]
async fn the_list_is_filtered_paged_and_counted() {
    let world = world(60_000).await;
    let service = world.start().await;
    let freelancer = Uuid::new_v4();
    let offers: Vec<Offer> = (0..21).map(|_| Offer::of(Uuid::new_v4(), freelancer)).collect();
    for offer in &offers {
        offered(&world, *offer).await;
    }
    let ignored = &offers[0];
    told(&world, ignored.responded("ignored").at(ignored.notified_at), ignored, "ignored").await;
    let client = Client::freelancer(&service, freelancer);

    let page = look(&client, LEADS).await;
    assert_eq!(page.html.matches("<article").count(), 20);
    page.says("All <span class=\"count\">21</span>");
    page.says("Ignored <span class=\"count\">1</span>");
    let next = page.html.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
    let page = look(&client, &next.expect("there is more").replace("&amp;", "&")).await;
    assert_eq!(page.html.matches("<article").count(), 1);

    let page = look(&client, &format!("{LEADS}?status=ignored&tz=Asia/Dubai")).await;
    assert_eq!(page.html.matches("<article").count(), 1);
    page.says(&format!("href=\"{}?tz=Asia%2FDubai\"", address(ignored, "")));
    page.says("Days and times are those of Asia/Dubai.");
    let page = look(&client, &format!("{LEADS}?month=2020-01")).await;
    page.says("Nothing fits these filters.");
    let page = look(&client, &format!("{LEADS}?month=January")).await;
    assert_eq!(page.status, 422);
    page.says("month: it must be a month");
    world.close().await;
}

#[tokio::test]
async fn nothing_is_done_for_another_site_or_for_a_lead_of_others() {
    let world = world(60_000).await;
    let service = world.start().await;
    let offer = offered(&world, Offer::now()).await;
    let other = Client::freelancer(&service, Uuid::new_v4());
    assert_eq!(look(&other, &address(&offer, "")).await.status, 404);
    assert_eq!(submit(&other, &address(&offer, "/accept"), &[]).await.status, 404);

    let cookie = format!("hirelocal_session={}", Claims::freelancer(offer.freelancer).sign());
    let nobody = Client::anonymous(&service);
    let forged = nobody.request(Method::POST, &address(&offer, "/accept")).header("cookie", cookie);
    let page = Page::read(&send(forged.header("sec-fetch-site", "cross-site")).await);
    assert_eq!(page.status, 403);
    page.says("on behalf of another site");
    assert_eq!(world.interaction(offer.key()).await.map(|row| row.status).as_deref(), Some("notified"));
    world.close().await;
}

#[tokio::test]
async fn the_files_are_kept_for_good_and_compressed() {
    let world = world(60_000).await;
    let service = world.start().await;
    let client = Client::freelancer(&service, Uuid::new_v4());
    let page = look(&client, LEADS).await;
    let files: Vec<&str> =
        page.html.split('"').filter(|text| text.starts_with("/assets/page.") && text.len() > 40).collect();
    assert_eq!(files.len(), 2, "a stylesheet and a module: {}", page.html);

    for file in files {
        let answer = send(client.request(Method::GET, file).header("accept-encoding", "gzip")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("content-encoding"), "gzip");
    }
    world.close().await;
}

#[tokio::test]
async fn a_plan_that_is_told_of_opens_the_page() {
    let world = world(60_000).await;
    let service = world.start().await;
    let offer = Offer::now();
    let ends_at = json!({ "leadPlanEndsAt": "2099-01-01T00:00:00Z", "fullName": "Asha Rao" });
    world.publisher().await.send(offer.notified().with("freelancer", ends_at)).await;
    eventually("the offer is recorded", async || world.interaction(offer.key()).await.is_some()).await;
    let token = Claims::freelancer(offer.freelancer).without("leadPlanEndsAt").sign();

    let page = look(&Client::anonymous(&service).with_token(token), LEADS).await;

    page.says("Asha Rao");
    page.says("A job without a title");
    world.close().await;
}
