//! The part of the test runner's command line that callers use: `cargo test`, nextest, and people with a filter.

/// What is wanted of this run.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line, each by its own name")]
pub(crate) struct Arguments {
    /// Name the promises instead of running them.
    pub(crate) list: bool,
    /// Nothing but the names, as nextest reads them.
    pub(crate) terse: bool,
    /// A filter is a whole name, of a promise or of a room with all its promises.
    pub(crate) exact: bool,
    /// Only what is ignored, and nothing here ever is.
    ignored: bool,
    filters: Vec<String>,
    skipped: Vec<String>,
}

/// Flags whose value is the next word, unless it comes after `=`.
const WITH_VALUE: &[&str] = &["--format", "--test-threads", "--color", "--logfile", "--skip", "--shuffle-seed", "-Z"];

impl Arguments {
    /// Reads the words after the program's name. A flag that means nothing here (`--nocapture`, `-q`) is passed over.
    pub(crate) fn read(words: impl IntoIterator<Item = String>) -> Self {
        let mut arguments = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            if !word.starts_with('-') {
                arguments.filters.push(word);
                continue;
            }
            let (flag, value) = match word.split_once('=') {
                Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
                None if WITH_VALUE.contains(&word.as_str()) => (word, words.next()),
                None => (word, None),
            };
            match flag.as_str() {
                "--list" => arguments.list = true,
                "--exact" => arguments.exact = true,
                "--ignored" => arguments.ignored = true,
                "--format" => arguments.terse = value.as_deref() == Some("terse"),
                "--skip" => arguments.skipped.extend(value),
                _ => {}
            }
        }
        arguments
    }

    /// The promise with this name is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let is_exact =
            |filter: &str| name.strip_prefix(filter).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        let hits = |filter: &String| if self.exact { is_exact(filter) } else { name.contains(filter.as_str()) };
        !self.ignored && (self.filters.is_empty() || self.filters.iter().any(hits)) && !self.skipped.iter().any(hits)
    }
}
