//! A row on its way into the index: whose it is, which case, where it stood, and its fact as bytes. Rows of one citizen and one case
//! stand together when the bytes before the fact are sorted, the later one last.

use glasplade_adapters::contract::CprNumber;

use crate::audit::Pseudonym;
use crate::target_groups::index::FactKey;

const WHO: usize = 16;
const KEY: usize = WHO + 8;
const PLACE: usize = KEY + 8;
const SOURCE: usize = PLACE + 1;
const FLAGS: usize = SOURCE + 1;
const NUMBER: usize = FLAGS + 10;

/// What stands in a row besides its fact.
pub(super) struct Head {
    pub(super) who: Pseudonym,
    pub(super) key: FactKey,
    /// Part and place in its file: the later one counts.
    pub(super) place: u64,
    /// Which of the extracts.
    pub(super) source: u8,
    /// The case runs, or begins later.
    pub(super) is_open: bool,
    /// The number is a former one of whoever has the pseudonym.
    pub(super) is_former: bool,
    pub(super) number: CprNumber,
}

/// Appends a row, with its length before it. Without a fact it says that the case is not taken.
pub(super) fn push(bytes: &mut Vec<u8>, head: &Head, fact: &[u8]) {
    let length = u16::try_from(NUMBER + fact.len()).expect("a fact of sixteen numbers has some 250 bytes");
    // One piece first: each costs a call.
    let mut begin = [0; 2 + NUMBER];
    let (before, row) = begin.split_at_mut(2);
    before.copy_from_slice(&length.to_be_bytes());
    row[..WHO].copy_from_slice(head.who.bytes());
    row[WHO..KEY].copy_from_slice(&head.key.0.to_be_bytes());
    row[KEY..PLACE].copy_from_slice(&head.place.to_be_bytes());
    row[PLACE] = head.source;
    row[SOURCE] = u8::from(head.is_open) | u8::from(head.is_former) << 1;
    row[FLAGS..NUMBER].copy_from_slice(head.number.expose().as_bytes());
    bytes.extend_from_slice(&begin);
    bytes.extend_from_slice(fact);
}

/// A row as it comes back.
#[derive(Clone, Copy)]
pub(super) struct Row<'a>(&'a [u8]);

impl<'a> Row<'a> {
    /// By what rows are sorted.
    pub(super) fn order(self) -> &'a [u8] {
        &self.0[..PLACE]
    }

    /// The first eight bytes of the order, as a number.
    pub(super) fn begins(self) -> u64 {
        u64::from_be_bytes(*self.0.first_chunk().expect("a row is longer"))
    }

    pub(super) fn who(self) -> Pseudonym {
        Pseudonym::from_bytes(&self.0[..WHO]).expect("sixteen bytes")
    }

    pub(super) fn key(self) -> FactKey {
        let mut key = [0; 8];
        key.copy_from_slice(&self.0[WHO..KEY]);
        FactKey(u64::from_be_bytes(key))
    }

    pub(super) fn source(self) -> usize {
        usize::from(self.0[PLACE])
    }

    pub(super) fn is_open(self) -> bool {
        self.0[SOURCE] & 1 != 0
    }

    pub(super) fn is_former(self) -> bool {
        self.0[SOURCE] & 2 != 0
    }

    pub(super) fn number(self) -> CprNumber {
        let digits = std::str::from_utf8(&self.0[FLAGS..NUMBER]).ok();
        digits.and_then(|digits| CprNumber::parse(digits).ok()).expect("what was a number when it was written")
    }

    /// The fact; `None` when the case is not taken.
    pub(super) fn fact(self) -> Option<&'a [u8]> {
        Some(&self.0[NUMBER..]).filter(|fact| !fact.is_empty())
    }
}

/// The rows of a part, as they were pushed.
pub(super) fn rows(bytes: &[u8]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut rest = bytes;
    while let Some((length, more)) = rest.split_first_chunk::<2>() {
        let (row, more) = more.split_at(usize::from(u16::from_be_bytes(*length)));
        rows.push(Row(row));
        rest = more;
    }
    rows
}
