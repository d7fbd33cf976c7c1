//! What each file of `ci` renders to, kept in `golden` so that every change of it is seen.

use std::fs;
use std::path::Path;

use crate::helm::Values;
use crate::{PROJECT, files, text};

/// Whether what is made now is to be kept, and not compared: `make golden`.
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

#[test]
fn every_case_renders_to_what_is_kept() {
    let folder = Path::new(PROJECT).join("tests/chart/golden");
    for (name, values) in Values::cases() {
        let (kept, rendered) = (folder.join(format!("{name}.yaml")), without_copies(&values.rendered()));
        if is_update() {
            fs::write(&kept, rendered).expect("a file of the project can be written");
        } else {
            assert_same(&name, &fs::read_to_string(&kept).unwrap_or_default(), &rendered);
        }
    }
}

#[test]
fn nothing_is_kept_of_a_case_that_is_gone() {
    let cases: Vec<_> = Values::cases().into_iter().map(|(name, _)| format!("{name}.yaml")).collect();
    for kept in files(&Path::new(PROJECT).join("tests/chart/golden"), ".yaml") {
        let name = kept.file_name().expect("a file has a name").to_string_lossy().into_owned();
        assert!(cases.contains(&name), "{} is of no case", kept.display());
        assert!(!text(&kept).is_empty(), "{} is empty", kept.display());
    }
}

/// Without what is a file of the chart already: the test of `alerts` compares it with that.
fn without_copies(rendered: &str) -> String {
    let is_copy = |document: &&str| {
        ["prometheusrule", "dashboard"].iter().any(|name| document.contains(&format!("/{name}.yaml\n")))
    };
    rendered.split("---\n").filter(|document| !is_copy(document)).collect::<Vec<_>>().join("---\n")
}

fn assert_same(name: &str, kept: &str, rendered: &str) {
    let lines = kept.lines().zip(rendered.lines());
    let number = lines.take_while(|(kept, rendered)| kept == rendered).count();
    let line = |text: &str| text.lines().nth(number).unwrap_or("(the end)").to_owned();
    assert!(
        kept == rendered,
        "{name} renders differently from line {} on; `make golden` keeps it so:\n- {}\n+ {}",
        number + 1,
        line(kept),
        line(rendered)
    );
}
