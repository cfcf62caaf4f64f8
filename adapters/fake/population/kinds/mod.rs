//! What each source calls each kind of case. `config/kinds.toml` reads these words back into kinds.

mod table;

use uuid::Uuid;
use uuid::uuid;

pub use self::table::KINDS;
use super::ids::{Room, stable};

/// [DK] sagstype, with the words of every source that holds such cases.
#[derive(Debug, Clone, Copy)]
pub struct CaseKind {
    /// The kind's code in `config/kinds.toml`.
    pub code: &'static str,
    /// A usual title.
    pub title: &'static str,
    /// The law as the index writes it (free text).
    pub law: &'static str,
    /// [DK] KLE-emne. Only the numbers of main groups are real; most subjects are invented.
    pub kle: &'static str,
    /// Its title.
    pub kle_title: &'static str,
    /// Usual sensitivity in the index, 0–3.
    pub level: u8,
    /// Each source's own words; several for one source are alternatives.
    pub words: &'static [Words],
}

/// What one source calls a kind.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// `sbsys`, `fasit`, `dubu`, `case_index` or `oio`.
    pub source: &'static str,
    /// The unit that usually has such cases there.
    pub unit: &'static str,
    /// SBSYS template id, Fasit target group code, DUBU type key, the index' master system, OIO class URN.
    pub code: &'static str,
    /// SBSYS template name, Fasit target group name, DUBU type title, OIO class title.
    pub name: &'static str,
}

impl CaseKind {
    /// The usual words of `source`.
    pub fn words_of(&self, source: &str) -> Option<&'static Words> {
        self.words.iter().find(|words| words.source == source)
    }
}

impl Words {
    /// The UUID of the kind in sources that have one (Fasit target groups, OIO classes).
    pub fn id(&self) -> Uuid {
        // The one target group whose UUID is publicly known.
        if (self.source, self.code) == ("fasit", "6.3") {
            return uuid!("a65c6a8e-1b27-e111-9ada-005056a823a6");
        }
        let all = KINDS.iter().flat_map(|kind| kind.words);
        let at = (1..).zip(all).find(|(_, words)| (words.source, words.code) == (self.source, self.code));
        stable(Room::Kind, at.map_or(0, |(at, _)| at))
    }
}

/// The kind with this code.
pub fn kind(code: &str) -> Option<&'static CaseKind> {
    KINDS.iter().find(|kind| kind.code == code)
}
