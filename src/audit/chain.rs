//! The hash chain: every record holds the hash of the one before, so no record can be changed, moved or removed unseen.
//!
//! Pure: no files, no clock. A chain alone cannot see that its *end* is missing; whoever kept a later hash can.

use std::fmt;

use aws_lc_rs::digest;

use super::hex;

/// What the hash is made of, before the record: a record of another format has another hash.
const FORMAT: &[u8] = b"glasplade-audit-1\n";

/// The SHA-256 hash of one record and, through it, of every record before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// What stands before the first record.
    pub const GENESIS: Self = Self([0; 32]);

    /// The hash of the record `seq` with these bytes after `prev`: `SHA-256(format ‖ prev ‖ seq as 8 bytes ‖ entry)`.
    pub fn of(prev: Self, seq: u64, entry: &[u8]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(FORMAT);
        context.update(&prev.0);
        context.update(&seq.to_be_bytes());
        context.update(entry);
        let mut bytes = [0_u8; 32];
        bytes.copy_from_slice(context.finish().as_ref());
        Self(bytes)
    }

    /// Reads the 64 characters that it prints; `None` for every other text.
    pub fn parse(text: &[u8]) -> Option<Self> {
        hex::decode(text).map(Self)
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ChainHash({self})")
    }
}

/// What a record says about its place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The number of the record, from 1.
    pub seq: u64,
    /// The hash of the record before.
    pub prev: ChainHash,
    /// The hash of this record.
    pub hash: ChainHash,
}

/// Why a record does not belong at the end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A record is missing, repeated or moved.
    #[error("record {found} stands where record {wanted} belongs")]
    Sequence {
        /// The number that comes next.
        wanted: u64,
        /// The number that the record has.
        found: u64,
    },
    /// The record before was another one when this was written.
    #[error("the record names another predecessor")]
    Predecessor,
    /// The record was changed after it was written.
    #[error("the record does not have the hash it says")]
    Hash,
}

/// The end of a chain: what the next record must build on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    last_seq: u64,
    last_hash: ChainHash,
}

impl Chain {
    /// The chain without records.
    pub const EMPTY: Self = Self { last_seq: 0, last_hash: ChainHash::GENESIS };

    /// The chain as the record `link` found it; for reading from the middle, where earlier records are past retention.
    pub fn before(link: &Link) -> Self {
        Self { last_seq: link.seq.saturating_sub(1), last_hash: link.prev }
    }

    /// The number of the last record; 0 when there is none.
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// The hash of the last record.
    pub fn last_hash(&self) -> ChainHash {
        self.last_hash
    }

    /// The number that the next record gets.
    pub fn next_seq(&self) -> u64 {
        self.last_seq + 1
    }

    /// Puts a new record at the end and says what it must say about its place.
    pub fn extend(&mut self, entry: &[u8]) -> Link {
        let (seq, prev) = (self.next_seq(), self.last_hash);
        let link = Link { seq, prev, hash: ChainHash::of(prev, seq, entry) };
        (self.last_seq, self.last_hash) = (seq, link.hash);
        link
    }

    /// Takes a record that was read, if it is the one that belongs here.
    ///
    /// # Errors
    /// [`Misfit`]; the chain stays where it was.
    pub fn accept(&mut self, link: &Link, entry: &[u8]) -> Result<(), Misfit> {
        if link.seq != self.next_seq() {
            return Err(Misfit::Sequence { wanted: self.next_seq(), found: link.seq });
        }
        if link.prev != self.last_hash {
            return Err(Misfit::Predecessor);
        }
        if link.hash != ChainHash::of(link.prev, link.seq, entry) {
            return Err(Misfit::Hash);
        }
        (self.last_seq, self.last_hash) = (link.seq, link.hash);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    type Written = Vec<(Link, Vec<u8>)>;

    fn written(entries: Vec<Vec<u8>>) -> Written {
        let mut chain = Chain::EMPTY;
        entries.into_iter().map(|entry| (chain.extend(&entry), entry)).collect()
    }

    fn read(records: &Written) -> Result<Chain, Misfit> {
        let mut chain = Chain::EMPTY;
        records.iter().try_for_each(|(link, entry)| chain.accept(link, entry))?;
        Ok(chain)
    }

    fn records(least: usize) -> impl Strategy<Value = Written> {
        vec(vec(any::<u8>(), 1..40), least..20).prop_map(written)
    }

    proptest! {
        #[test]
        fn what_was_written_is_accepted(records in records(0)) {
            let end = read(&records).expect("nothing was changed");
            prop_assert_eq!(end.last_seq(), records.len() as u64);
        }

        #[test]
        fn any_flipped_bit_of_an_entry_is_found(mut records in records(1), at: Index, byte: Index, bit in 0_u8..8) {
            let at = at.index(records.len());
            let byte = byte.index(records[at].1.len());
            records[at].1[byte] ^= 1 << bit;
            prop_assert_eq!(read(&records), Err(Misfit::Hash));
        }

        #[test]
        fn any_flipped_bit_of_a_hash_is_found(mut records in records(1), at: Index, byte in 0_usize..32, bit in 0_u8..8) {
            let mut earlier = records.clone();
            let at = at.index(records.len());
            records[at].0.hash.0[byte] ^= 1 << bit;
            prop_assert_eq!(read(&records), Err(Misfit::Hash));
            earlier[at].0.prev.0[byte] ^= 1 << bit;
            prop_assert_eq!(read(&earlier), Err(Misfit::Predecessor));
        }

        #[test]
        fn a_dropped_record_is_found(mut records in records(2), at: Index) {
            let at = at.index(records.len() - 1);
            records.remove(at);
            prop_assert!(read(&records).is_err());
        }

        #[test]
        fn a_dropped_record_is_found_even_when_the_rest_is_renumbered(mut records in records(2), at: Index) {
            let at = at.index(records.len() - 1);
            records.remove(at);
            records[at..].iter_mut().for_each(|(link, _)| link.seq -= 1);
            prop_assert_eq!(read(&records), Err(Misfit::Predecessor));
        }

        #[test]
        fn swapped_records_are_found(mut records in records(2), one: Index, other: Index) {
            let one = one.index(records.len());
            // Any other one, by construction: long runs would give up over too many pairs of the same.
            let other = (one + 1 + other.index(records.len() - 1)) % records.len();
            records.swap(one, other);
            prop_assert!(read(&records).is_err());
        }

        #[test]
        fn an_entry_cut_in_the_middle_of_the_chain_is_found(mut records in records(1), at: Index) {
            let at = at.index(records.len());
            records[at].1.pop();
            prop_assert_eq!(read(&records), Err(Misfit::Hash));
        }

        #[test]
        fn a_record_written_anew_breaks_the_one_after(mut records in records(2), at: Index) {
            let at = at.index(records.len() - 1);
            let (link, entry) = &mut records[at];
            entry.push(0);
            link.hash = ChainHash::of(link.prev, link.seq, entry);
            prop_assert_eq!(read(&records), Err(Misfit::Predecessor));
        }
    }

    #[test]
    fn the_hash_is_sha_256_so_that_another_program_can_check_it() {
        // printf 'glasplade-audit-1\n' + 32 zero bytes + 0000000000000001 + '{}' | sha256sum
        let expected = digest::digest(&digest::SHA256, &[FORMAT, &[0; 32], &[0, 0, 0, 0, 0, 0, 0, 1], b"{}"].concat());
        assert_eq!(ChainHash::of(ChainHash::GENESIS, 1, b"{}").to_string(), hex::encode(expected.as_ref()));
    }

    #[test]
    fn a_chain_may_be_read_from_the_middle() {
        let records = written(vec![b"one".to_vec(), b"two".to_vec(), b"three".to_vec()]);
        let mut chain = Chain::before(&records[1].0);
        assert_eq!(chain.accept(&records[1].0, &records[1].1), Ok(()));
        assert_eq!(chain.accept(&records[2].0, &records[2].1), Ok(()));
        assert_eq!(chain.last_hash(), records[2].0.hash);
    }
}
