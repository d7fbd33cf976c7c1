//! The runbooks: their SQL runs as written. `tests/documents` runs their commands.

use crate::{files, text, world};

#[tokio::test]
async fn the_queries_of_every_page_run_against_the_schema() {
    let world = world(60_000).await;
    world.run(&["migrate"]).await.succeeded();
    let mut queries = 0;
    for page in files("docs/runbooks", "md") {
        for block in text(&page).split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let reading = format!("begin read only; {block}; rollback");
            let ran = world.sql().batch_execute(&reading).await;
            ran.unwrap_or_else(|error| panic!("{}: {error:?}: {block}", page.display()));
            queries += 1;
        }
    }
    assert!(queries > 0, "the pages have queries");
    world.close().await;
}
