//! What one source said about one citizen, once: checked to be about that citizen.

use std::sync::Arc;

use glasplade_adapters::contract::Record;
use jiff::Timestamp;

/// One source's rows about one citizen. The unit of the cache; never a decision, never a joined file.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// The rows.
    pub records: Vec<Arc<Record>>,
    /// When they were read.
    pub as_of: Timestamp,
    /// Rows that could not be read.
    pub unreadable: u32,
    /// Rows about somebody else, dropped.
    pub wrong_citizen: u32,
    /// There were more rows than the limit.
    pub cut_short: bool,
    /// The highest level of any row, 0–3, which sets how long it is kept.
    pub level: u8,
}

impl Slice {
    /// Everything that the source had, and about the right citizen.
    pub fn is_whole(&self) -> bool {
        self.unreadable == 0 && self.wrong_citizen == 0 && !self.cut_short
    }

    /// An estimate of the memory that it holds, in bytes, for the cache's bound.
    pub fn weight(&self) -> u32 {
        let bytes: usize = self.records.iter().map(|record| weight(record)).sum();
        u32::try_from(bytes + size_of::<Self>()).unwrap_or(u32::MAX)
    }
}

fn weight(record: &Record) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::capacity);
    let actors: usize = record
        .actors
        .iter()
        .map(|actor| {
            size_of_val(actor)
                + [&actor.native_id, &actor.employee_id, &actor.name, &actor.email, &actor.phone, &actor.mobile]
                    .into_iter()
                    .map(text)
                    .sum::<usize>()
        })
        .sum();
    let texts = [&record.number, &record.title, &record.law, &record.link].into_iter().map(text).sum::<usize>();
    let numbers: usize = record.keys.numbers.iter().map(String::capacity).sum();
    size_of::<Record>() + record.native_id.len() + actors + texts + numbers + record.status.raw.capacity() + 128
}
