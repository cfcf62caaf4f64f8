//! A signed note (C2SP signed-note): a text, an empty line, and one line for each signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{Signer, Verifier};

/// What stands before the name in a line of signature: an em dash and a space.
const MARK: &str = "\u{2014} ";
/// Longer is no note of ours, in bytes.
const BYTES_MAX: usize = 64 * 1024;
/// More signatures than any log and its witnesses make.
const SIGNATURES_MAX: usize = 32;

/// A note that was taken apart; nothing in it is believed before [`Note::is_signed_by`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is signed, with its last line end.
    pub text: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl Note {
    /// The text, signed; it must end with a line end.
    pub fn sign(text: &str, signer: &Signer) -> String {
        let signature = [&signer.id()[..], &signer.sign(text.as_bytes())].concat();
        format!("{text}\n{MARK}{} {}\n", signer.name(), STANDARD.encode(signature))
    }

    /// Reads a note; `None` for every other text.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let note = str::from_utf8(bytes).ok().filter(|note| note.len() <= BYTES_MAX)?;
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return None;
        }
        let end = note.rfind("\n\n")?;
        let (text, lines) = (&note[..=end], &note[end + 2..]);
        let lines = lines.strip_suffix('\n')?;
        let signatures: Vec<_> = lines.split('\n').map(signature).collect::<Option<_>>()?;
        (signatures.len() <= SIGNATURES_MAX).then(|| Self { text: text.to_owned(), signatures })
    }

    /// Whether this key signed it. A bad signature of this key is none; those of other keys are not looked at.
    pub fn is_signed_by(&self, verifier: &Verifier) -> bool {
        let mut own = self.signatures.iter().filter(|one| one.name == verifier.name() && one.id == verifier.id());
        let mut any = false;
        own.all(|one| {
            any = true;
            verifier.verifies(self.text.as_bytes(), &one.bytes)
        }) && any
    }
}

fn signature(line: &str) -> Option<Signature> {
    let (name, encoded) = line.strip_prefix(MARK)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, bytes) = bytes.split_first_chunk()?;
    let is_name = !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '+');
    is_name.then(|| Signature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing;

    /// The example of the specification, with the key that belongs to it.
    const KNOWN: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const KNOWN_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn a_note_of_another_program_is_verified() {
        let verifier = Verifier::parse(KNOWN_KEY).expect("a key of another program");
        let note = Note::parse(KNOWN.as_bytes()).expect("a note");
        assert!(note.is_signed_by(&verifier));
        assert!(!note.is_signed_by(&testing::signer().verifier()));
        let changed = Note::parse(KNOWN.replace("answer", "Answer").as_bytes()).expect("a note");
        assert!(!changed.is_signed_by(&verifier));
    }

    #[test]
    fn every_flipped_bit_of_a_note_is_found() {
        let signer = testing::signer();
        let note = Note::sign("log.example\n7\nroot\n", &signer).into_bytes();
        assert!(Note::parse(&note).expect("our own").is_signed_by(&signer.verifier()));
        for at in 0..note.len() * 8 {
            let mut flipped = note.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            let believed = Note::parse(&flipped).is_some_and(|read| read.is_signed_by(&signer.verifier()));
            assert!(!believed, "bit {at}");
        }
    }

    #[test]
    fn other_texts_are_no_notes() {
        for text in [
            "",
            "a\n",
            "a\n\n",
            "a\n\n\u{2014} x\n",
            "a\n\n\u{2014} x !\n",
            "a\n\n\u{2014} x AAAA",
            "a\tb\n\n\u{2014} x AAAAAAAA\n",
        ] {
            assert_eq!(Note::parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
