//! The pages as HTTP tells them: the real binary, asked over a real socket.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "these tests need less of the harness than others do")]
mod harness;

mod admin;
#[path = "../api/client.rs"]
#[allow(dead_code, reason = "the tests of the routes ask for more")]
mod client;
mod leads;
mod sign_in;
#[path = "../admin/stage.rs"]
mod stage;
#[path = "../api/token.rs"]
#[allow(dead_code, reason = "the tests of the routes need more kinds of tokens")]
mod token;

use client::{Answer, Client, send};
use reqwest::Method;
use url::form_urlencoded::Serializer;

/// Looks at a page.
async fn look(client: &Client, path: &str) -> Page {
    Page::read(&client.get(path).await)
}

/// Sends a form, and looks at the page that answers it.
async fn submit(client: &Client, path: &str, fields: &[(&str, &str)]) -> Page {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = client.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
    Page::read(&send(request.body(body)).await)
}

/// A page that was answered with.
struct Page {
    status: u16,
    html: String,
}

impl Page {
    /// Fails where the answer is no page, or one that its own policy would break.
    fn read(answer: &Answer) -> Self {
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("script-src 'self'; style-src 'self'") && !policy.contains("unsafe"), "{policy}");
        let html = answer.text.clone();
        for forbidden in ["<style", " style=", "<script>", " onclick="] {
            assert!(!html.contains(forbidden), "{forbidden}: {html}");
        }
        Self { status: answer.status, html }
    }

    /// The text between the tag of the element with this id and the next end of such an element.
    fn element(&self, id: &str) -> &str {
        let (before, rest) =
            self.html.split_once(&format!(" id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}: {}", self.html));
        let name = before.rsplit('<').next().and_then(|tag| tag.split_whitespace().next()).unwrap_or_default();
        rest.split(&format!("</{name}>")).next().unwrap_or_default()
    }

    /// Whether there is an element with this id.
    fn has(&self, id: &str) -> bool {
        self.html.contains(&format!(" id=\"{id}\""))
    }

    /// Fails where the page does not say this.
    #[track_caller]
    fn says(&self, text: &str) {
        assert!(self.html.contains(text), "not there: {text}\n{}", self.html);
    }

    /// Fails where the status or the sentence about what came of a form is another.
    #[track_caller]
    fn notice(&self, status: u16, sentence: &str) {
        assert_eq!(self.status, status, "{}", self.html);
        let notice = self.element("notice");
        assert!(notice.contains(sentence), "{notice}");
    }
}
