//! The Markdown files of the project, and what the tests want of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::PROJECT;

/// A Markdown file.
pub(crate) struct Page {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// All of it.
    pub(crate) text: String,
}

/// A block of code.
pub(crate) struct Block {
    /// What stands beside the fence; `None` where there is no fence, and the block is indented.
    pub(crate) info: Option<String>,
    /// The code.
    pub(crate) code: String,
}

/// Who runs a block of shell commands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Runs {
    /// We do.
    Here,
    /// We do, beside what follows.
    Background,
    /// Another test, in this folder.
    Elsewhere(String),
    /// Nobody, for this reason.
    Nowhere(String),
}

impl Page {
    /// Every page of the project.
    pub(crate) fn all() -> Vec<Self> {
        let mut pages = Vec::new();
        let mut folders = vec![PathBuf::from(PROJECT)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the project can be read") {
                let path = entry.expect("the project can be read").path();
                let name = path.file_name().expect("it is in a folder").to_string_lossy();
                if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
                    folders.push(path);
                } else if name.ends_with(".md") {
                    pages.push(Self::read(&path));
                }
            }
        }
        pages
    }

    /// The page in this file.
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path: path.to_owned(), text }
    }

    /// Its blocks of code, in order.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for event in self.events() {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                    open = Some(Block { info: None, code: String::new() });
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    open = Some(Block { info: Some(info.to_string()), code: String::new() });
                }
                Event::Text(text) => open.iter_mut().for_each(|block| block.code.push_str(&text)),
                Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
                _ => {}
            }
        }
        blocks
    }

    /// Its shell commands, a line each, and the code within its sentences.
    pub(crate) fn code(&self) -> Vec<String> {
        let shell = self.blocks().into_iter().filter(|block| block.runs().is_some());
        let mut code: Vec<_> = shell.flat_map(|block| block.lines()).collect();
        code.extend(self.events().filter_map(|event| match event {
            Event::Code(code) => Some(code.to_string()),
            _ => None,
        }));
        code
    }

    /// Where its links lead.
    pub(crate) fn links(&self) -> Vec<String> {
        let link = |event| match event {
            Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.to_string()),
            _ => None,
        };
        self.events().filter_map(link).collect()
    }

    /// The anchors of its headings, as GitHub makes them.
    pub(crate) fn anchors(&self) -> BTreeSet<String> {
        let mut anchors = BTreeSet::new();
        let mut heading: Option<String> = None;
        for event in self.events() {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::Text(text) | Event::Code(text) => {
                    heading.iter_mut().for_each(|heading| heading.push_str(&text));
                }
                Event::End(TagEnd::Heading(_)) => anchors.extend(heading.take().map(|heading| anchor(&heading))),
                _ => {}
            }
        }
        anchors
    }

    fn events(&self) -> Parser<'_> {
        Parser::new_ext(&self.text, Options::ENABLE_TABLES)
    }
}

impl Block {
    /// Who runs it; `None` where it is no shell commands.
    pub(crate) fn runs(&self) -> Option<Runs> {
        let (language, who) = self.info.as_ref()?.split_once(' ').unwrap_or((self.info.as_ref()?, ""));
        if language != "sh" {
            return None;
        }
        Some(match who.split_once(' ').unwrap_or((who, "")) {
            ("", _) => Runs::Here,
            ("background", "") => Runs::Background,
            ("no-run", why) if why.len() > "\"\"".len() => Runs::Nowhere(why.to_owned()),
            (test, "") if test.starts_with("tests/") => Runs::Elsewhere(test.to_owned()),
            _ => panic!("what is to become of a block of `sh {who}`?"),
        })
    }

    /// Its lines, those that go on put together.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.code.replace("\\\n", " ").lines().map(str::to_owned).collect()
    }
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
