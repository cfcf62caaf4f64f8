//! [DK] udsøgning: a page of UUIDs, and the objects behind them.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::place::Place;
use super::reads::ReadBack;
use super::translate::Reader;
use super::{Oio, wire};
use crate::contract::{CallContext, CasePage, ListQuestion, PageToken, SourceError};
use crate::page_words::{self, Seal};

impl Oio {
    /// One page of one class.
    pub(super) async fn page(&self, ctx: &CallContext, question: &ListQuestion<'_>) -> Result<CasePage, SourceError> {
        let settings = &self.reads.settings;
        let place = Place::of(question, settings, ctx.clock.now()).ok_or_else(|| page_words::unreadable("list"))?;
        let operation = place.class.many(settings).name;
        let most = question.page_rows.clamp(1, settings.search_page);
        let texts = self.reads.list(ctx, place.class, place.in_force(), place.first, most).await?;
        if texts.len() > most {
            return Err(SourceError::malformed(operation, "more rows are told than were asked for"));
        }
        let mut seen = HashSet::new();
        let readable = texts.iter().filter_map(|text| Uuid::try_parse(text).ok());
        let ids: Vec<Uuid> = readable.filter(|id| seen.insert(*id)).collect();
        let seal = Seal::of(&ids);
        if !ids.is_empty() && place.seal == Some(seal) {
            return Err(SourceError::malformed(operation, "the page before is told once more"));
        }
        let no_uuids = texts.iter().filter(|text| Uuid::try_parse(text).is_err()).count();
        let reading =
            Reading { reader: self.reader(ctx, place.class), place: &place, missing: seen, told: CasePage::default() };
        let mut page = self.read_all(ctx, reading, &ids).await?;
        page.unreadable = page.unreadable.saturating_add(u32::try_from(no_uuids).unwrap_or(u32::MAX));
        // Only a page that is not full is the last: `LoRa` never tells how many there are.
        let next = if texts.len() < most { place.next_class(settings) } else { Some(place.after(most, seal)) };
        page.next = next.map(|next| PageToken::new(next.to_string()));
        Ok(page)
    }

    /// The objects of a page, some in a call; those that no answer holds are read once more alone, where `LoRa` says whether
    /// they are gone.
    async fn read_all(
        &self,
        ctx: &CallContext,
        mut reading: Reading<'_>,
        ids: &[Uuid],
    ) -> Result<CasePage, SourceError> {
        let class = reading.place.class;
        let reads: Vec<_> =
            ids.chunks(self.reads.settings.read_chunk).map(|ids| self.reads.read(ctx, class, ids)).collect();
        let at_once = self.reads.connection.limits().concurrency_max.max(1);
        let mut reads = stream::iter(reads).buffered(at_once);
        while let Some(back) = reads.try_next().await? {
            reading.take(&back);
        }
        let missing: Vec<Uuid> = ids.iter().filter(|id| reading.missing.contains(id)).copied().collect();
        reading.take(&self.reads.read_alone(ctx, class, &missing).await?);
        let lost = u32::try_from(reading.missing.len()).unwrap_or(u32::MAX);
        Ok(CasePage { unreadable: reading.told.unreadable.saturating_add(lost), ..reading.told })
    }
}

/// A page while its objects are read.
struct Reading<'a> {
    reader: Reader<'a>,
    place: &'a Place,
    missing: HashSet<Uuid>,
    told: CasePage,
}

impl Reading<'_> {
    fn take(&mut self, back: &ReadBack) {
        for object in back.objects.iter().filter_map(|row| serde_json::from_str::<wire::Object>(row.get()).ok()) {
            // An object that was not asked for, or twice, is not taken.
            if !self.missing.remove(&object.id) {
                continue;
            }
            let listed = self.reader.listed(&object, self.place.made());
            self.told.unreadable += u32::from(listed.is_unreadable);
            self.told.records.extend(listed.records);
            if listed.is_gone {
                self.told.gone.push(Arc::from(object.id.to_string()));
            }
        }
        for id in &back.gone {
            if self.missing.remove(id) {
                self.told.gone.push(Arc::from(id.to_string()));
            }
        }
    }
}
