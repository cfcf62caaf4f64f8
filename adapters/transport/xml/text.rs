//! The text of an element while it is open: one piece of the source as long as that will do.

use super::characters::BLANKS;
use super::tree::{Text, Tree};
use super::{TEXT_BYTES_MAX, XmlError};

/// What has been read of one element's text.
#[derive(Debug, Default)]
pub(super) enum Pending {
    /// Nothing but blanks.
    #[default]
    Blank,
    /// One piece of the source.
    Piece { start: usize, bytes: usize },
    /// Several pieces, or one that differs from the source.
    Joined(String),
}

/// How many bytes the tree may still take.
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// How many things of this size there is room for.
    pub(super) fn room(&self, bytes: usize) -> usize {
        self.0 / bytes
    }

    pub(super) fn take(&mut self, bytes: usize, place: u64) -> Result<(), XmlError> {
        self.0 = self.0.checked_sub(bytes).ok_or(XmlError::OverLimit(place))?;
        Ok(())
    }

    fn give_back(&mut self, bytes: usize) {
        self.0 += bytes;
    }
}

/// Bytes that a text of its own takes beside its characters: its place in the list, while the list grows, too.
const OWN_TEXT_BYTES: usize = 4 * size_of::<Box<str>>();

impl Pending {
    /// Adds `piece`, which stands at `start` of the source unless it differs from it.
    pub(super) fn add(
        &mut self,
        piece: &str,
        start: Option<usize>,
        source: &str,
        budget: &mut Budget,
        place: u64,
    ) -> Result<(), XmlError> {
        let bytes = piece.len();
        let long_already = match self {
            // A text is trimmed, so that blanks before it are nothing.
            Self::Blank if piece.trim_start_matches(BLANKS).is_empty() => return Ok(()),
            Self::Blank => 0,
            Self::Piece { bytes, .. } => *bytes,
            Self::Joined(text) => text.len(),
        };
        if long_already + bytes > TEXT_BYTES_MAX {
            return Err(XmlError::OverLimit(place));
        }
        if let (Self::Blank, Some(start)) = (&self, start) {
            *self = Self::Piece { start, bytes };
            return Ok(());
        }
        // A string that grows may take twice what it holds.
        budget.take(2 * bytes, place)?;
        match self {
            Self::Joined(text) => text.push_str(piece),
            Self::Blank => *self = Self::Joined(piece.to_owned()),
            Self::Piece { start, bytes: first } => {
                budget.take(2 * *first + OWN_TEXT_BYTES, place)?;
                *self = Self::Joined([&source[*start..*start + *first], piece].concat());
            }
        }
        Ok(())
    }

    /// The finished text.
    pub(super) fn close(self, source: &str, tree: &mut Tree, budget: &mut Budget) -> Result<Text, XmlError> {
        let number = |number: usize| u32::try_from(number).map_err(|_| XmlError::OverLimit(0));
        match self {
            Self::Blank => Ok(Text::NONE),
            Self::Piece { start, bytes } => {
                let text = source[start..start + bytes].trim_end_matches(BLANKS);
                let kept = text.trim_start_matches(BLANKS);
                Ok(Text { start: number(start + text.len() - kept.len())?, bytes: number(kept.len())? })
            }
            Self::Joined(text) => {
                let kept = text.trim_matches(BLANKS);
                budget.give_back(2 * text.len() - kept.len());
                if kept.is_empty() {
                    return Ok(Text::NONE);
                }
                tree.texts.push(kept.into());
                Ok(Text { start: number(tree.texts.len() - 1)?, bytes: Text::OWN })
            }
        }
    }
}
