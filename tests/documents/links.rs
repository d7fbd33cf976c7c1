//! The links between the pages, and to other files.

use std::path::Path;

use crate::page::Page;

#[test]
fn every_link_leads_somewhere() {
    for page in Page::all() {
        for link in page.links().iter().filter(|link| !link.contains("://")) {
            assert!(leads_somewhere(&page, link), "{}: {link} leads nowhere", page.path.display());
        }
    }
}

fn leads_somewhere(page: &Page, link: &str) -> bool {
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let folder = page.path.parent().expect("a page is in a folder");
    let target = if file.is_empty() { page.path.clone() } else { folder.join(file) };
    target.exists() && anchor.is_none_or(|anchor| has_anchor(&target, anchor))
}

fn has_anchor(page: &Path, anchor: &str) -> bool {
    Page::read(page).anchors().contains(anchor)
}
