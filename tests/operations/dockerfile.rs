//! What the image is, read from the Dockerfile's last stage.

use crate::{project, text};

/// The image, as far as whoever runs it has to know.
pub(crate) struct Image {
    /// Where the binary is.
    pub(crate) binary: String,
    /// The numbers of user and group.
    pub(crate) user: u32,
    pub(crate) group: u32,
    /// What runs when nothing else is asked for.
    pub(crate) command: Vec<String>,
}

impl Image {
    /// Reads the Dockerfile.
    pub(crate) fn read() -> Self {
        let file = text(project("Dockerfile")).replace("\\\n", " ");
        let stage = file.rsplit_once("\nFROM ").expect("the Dockerfile has two stages").1;
        let only = |instruction: &str| {
            let mut found = stage.lines().filter_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '));
            let value = found.next().unwrap_or_else(|| panic!("the image has no {instruction}"));
            assert!(found.next().is_none(), "the image has two of {instruction}: what is the second?");
            value
        };
        let (_, binary) = only("COPY").rsplit_once(' ').expect("COPY says where to");
        let (user, group) = only("USER").split_once(':').expect("USER says the group as well");
        let number = |text: &str| text.parse().expect("USER is given by numbers");
        let command = [only("ENTRYPOINT"), only("CMD")].map(words).concat();
        Self { binary: binary.to_owned(), user: number(user), group: number(group), command }
    }
}

fn words(list: &str) -> Vec<String> {
    serde_json::from_str(list).unwrap_or_else(|error| panic!("{list} would need a shell: {error}"))
}
