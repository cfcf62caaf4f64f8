//! A checkpoint (C2SP tlog-checkpoint): whose log, how many leaves, which root.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Note, Signer};
use crate::audit::tree::TreeHash;

/// The state of a log at one size. Whoever keeps one can tell later whether anything before it was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: TreeHash,
}

impl Checkpoint {
    /// The signed note.
    pub fn sign(&self, signer: &Signer) -> String {
        let text = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.as_bytes()));
        Note::sign(&text, signer)
    }

    /// Reads what a note says; `None` for every other text. Whether it is signed is [`Note::is_signed_by`]'s to tell.
    ///
    /// Lines behind the root would be extensions; we write none, so a note that has some is not ours.
    pub fn parse(note: &Note) -> Option<Self> {
        let mut lines = note.text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let is_number = size == "0" || (!size.starts_with('0') && size.bytes().all(|byte| byte.is_ascii_digit()));
        if lines.next().is_some() || origin.is_empty() || !is_number {
            return None;
        }
        let root = <[u8; 32]>::try_from(STANDARD.decode(root).ok()?).ok()?;
        Some(Self { origin: origin.to_owned(), size: size.parse().ok()?, root: TreeHash::from_bytes(root) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing;

    #[test]
    fn a_checkpoint_is_read_back_and_looks_like_the_specification() {
        let checkpoint = Checkpoint { origin: "log.example".to_owned(), size: 7, root: TreeHash::empty() };
        let signed = checkpoint.sign(&testing::signer());
        assert!(signed.starts_with(
            "log.example\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u{2014} log.example/prove "
        ));
        let note = Note::parse(signed.as_bytes()).expect("our own");
        assert_eq!(Checkpoint::parse(&note), Some(checkpoint));
    }

    #[test]
    fn other_spellings_are_no_checkpoint() {
        let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        for text in [
            format!("log\n07\n{root}\n"),
            format!("log\n+7\n{root}\n"),
            format!("log\n\n{root}\n"),
            format!("\n7\n{root}\n"),
            format!("log\n7\n{root}\nmore\n"),
            "log\n7\n47DE\n".to_owned(),
            "log\n7\n".to_owned(),
        ] {
            let note = Note::parse(Note::sign(&text, &testing::signer()).as_bytes()).expect("a note");
            assert_eq!(Checkpoint::parse(&note), None, "{text}");
        }
    }
}
