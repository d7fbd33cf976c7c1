//! What the pages name: targets of make, commands and their options, settings, metrics, files and functions.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use lead_tracker::config::Settings;
use lead_tracker::contract::routing_key::INBOUND;

use crate::page::Page;
use crate::{BINARY, PROJECT};

/// Fails with the page and the name of the first that is not there.
fn assert_all(names: impl Fn(&Page) -> Vec<String>, is_there: impl Fn(&str) -> bool) {
    for page in Page::all() {
        for name in names(&page) {
            assert!(is_there(&name), "{}: there is no {name}", page.path.display());
        }
    }
}

fn text(file: &str) -> String {
    fs::read_to_string(Path::new(PROJECT).join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn every_target_of_make_is_in_the_makefile() {
    let makefile = text("Makefile");
    let targets = |page: &Page| {
        let code = page.code();
        let targets = code.iter().filter_map(|code| code.strip_prefix("make ")?.split_whitespace().next());
        targets.map(str::to_owned).collect()
    };
    assert_all(targets, |target| makefile.contains(&format!("\n{target}:")));
}

#[test]
fn every_command_has_the_options_that_it_is_given() {
    let mut helps = BTreeMap::new();
    for page in Page::all() {
        for words in page.code().iter().flat_map(|line| line.split(['|', ';', '&'])).filter_map(arguments) {
            let is_subcommand = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
            let command: Vec<_> = words.iter().copied().take_while(is_subcommand).map(str::to_owned).collect();
            let help = helps.entry(command.clone()).or_insert_with_key(|command| help(command));
            for option in words.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    help.split_whitespace().any(|word| word == *option),
                    "{}: {command:?} has no {option}",
                    page.path.display()
                );
            }
        }
    }
}

/// The words behind `lead-tracker` in a command line that calls it.
fn arguments(line: &str) -> Option<Vec<&str>> {
    let mut words = line.split_whitespace().skip_while(|word| word.contains('='));
    let program = words.next()?;
    (program == "lead-tracker" || program.ends_with("/lead-tracker")).then(|| words.collect())
}

fn help(command: &[String]) -> String {
    let output = Command::new(BINARY).args(command).arg("--help").output().expect("the binary can be run");
    assert!(output.status.success(), "there is no command {command:?}");
    String::from_utf8(output.stdout).expect("help is text")
}

#[test]
fn every_variable_is_a_setting() {
    let variables = |page: &Page| names(&page.text, "LEAD_TRACKER_", |c| c.is_ascii_uppercase());
    assert_all(variables, |variable| match Settings::load(None, [(variable, "1")]) {
        Ok(settings) => settings.warnings.iter().all(|warning| !warning.contains("is not a setting")),
        // It is known, and wants another value.
        Err(error) => error.to_string().contains(variable),
    });
}

#[test]
fn the_defaults_are_those_that_the_readme_tells() {
    let defaults = format!("{:?}", Settings::load::<&str, &str>(None, []).expect("the defaults are right"));
    for row in text("README.md").lines().filter(|line| line.starts_with("| `LEAD_TRACKER_")) {
        let cells: Vec<_> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        // Without a default there is none to tell, and such settings share a row.
        if let [_, variable, default, ..] = cells[..] {
            let told = Settings::load(None, [(variable, default)]).expect("a default is accepted");
            assert_eq!(format!("{told:?}"), defaults, "{variable}");
        }
    }
}

#[test]
fn publishers_are_told_of_every_event() {
    let page = text("docs/publishing.md");
    for key in INBOUND {
        assert!(page.contains(&format!("\n| `{key}` |")), "{key}");
    }
}

#[test]
fn every_metric_is_kept() {
    let kept = sources(&Path::new(PROJECT).join("src/telemetry"));
    let metrics = |page: &Page| names(&page.text, "lead_tracker_", |c| c.is_ascii_lowercase());
    assert_all(metrics, |metric| kept.contains(&format!("\"{metric}\"")));
}

/// The words of `text` that begin with `prefix` and go on in this case.
fn names(text: &str, prefix: &str, is_of_case: impl Fn(char) -> bool) -> Vec<String> {
    let words = text.split(|c| !is_of_case(c) && !c.is_ascii_digit() && c != '_');
    words.filter(|word| word.len() > prefix.len() && word.starts_with(prefix)).map(str::to_owned).collect()
}

#[test]
fn every_file_is_there() {
    let roots = [Path::new(PROJECT).to_owned(), Path::new(PROJECT).join("src")];
    let is_ours = |path: &str| {
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        !folder.is_empty() && folder != "target" && roots.iter().any(|root| root.join(folder).is_dir())
    };
    let is_name = |code: &String| !code.contains([' ', '*', '…']) && is_ours(code);
    let files = |page: &Page| page.code().into_iter().filter(is_name).collect();
    assert_all(files, |file| roots.iter().any(|root| root.join(file).exists()));
}

#[test]
fn every_function_is_there() {
    let sources = sources(&Path::new(PROJECT).join("src"));
    let function = |code: &String| {
        let (_, name) = code.split('(').next()?.rsplit_once("::")?;
        let is_function = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_function.then(|| name.to_owned())
    };
    let functions = |page: &Page| page.code().iter().filter_map(function).collect();
    assert_all(functions, |name| ["(", "<"].iter().any(|next| sources.contains(&format!("fn {name}{next}"))));
}

fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("src can be read").map(|entry| entry.expect("src can be read").path());
    entries
        .map(|path| if path.is_dir() { sources(&path) } else { fs::read_to_string(path).expect("a source is text") })
        .collect()
}
