//! Lists that the service makes by itself on their day: into a folder, once for all days that were missed, by one replica.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;

use glasplade_adapters::contract::danish_day;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::asked::{Asked, By, NotRun};
use super::completeness::Completeness;
use super::ledger::ListName;
use super::room::TargetRuns;
use super::schedule::{due, moment};
use super::working::Ran;
use crate::audit::Request;
use crate::beside::beside;
use crate::config::{ScheduleRow, TARGET_GROUP_PURPOSE};
use crate::target_groups::index::TargetIndex;
use crate::target_groups::rules::standings;

/// What the names of lists begin with; nothing else in the folder is touched.
const PREFIX: &str = "list-";

/// One list whose day has come.
struct Due {
    list: ListName,
    legal_basis: String,
    day: Date,
}

/// Makes every list whose day has come, and forgets those past their time. What cannot be made now is tried again by the next look.
pub async fn run_scheduled(room: &Arc<TargetRuns>) {
    let Some(folder) = room.settings().folder.clone() else { return };
    let looking = Arc::clone(room);
    let found = beside(move || looking.look()).await.unwrap_or(Err(NotRun::Broken));
    let all = match found {
        Ok(all) => all,
        Err(NotRun::NotConfigured) => return,
        Err(error) => return tracing::error!(%error, "it cannot be seen which lists are due"),
    };
    for one in all {
        match room.make_due(&one, &folder).await {
            Ok(()) => {
                let (rule, receiver) = (&one.list.rule, &one.list.receiver);
                tracing::info!(%rule, %receiver, day = %one.day, "a list was made");
            }
            Err(NotRun::Busy) => tracing::info!(rule = %one.list.rule, "another process makes the list"),
            Err(error) => tracing::error!(%error, rule = %one.list.rule, "a list could not be made on its day"),
        }
    }
}

impl TargetRuns {
    /// The lists whose day has come. Blocks on the disk.
    fn look(&self) -> Result<Vec<Due>, NotRun> {
        let (index, ledger) = self.places()?;
        let now = self.lent.clock.now();
        let oldest = now.saturating_sub(SignedDuration::from_hours(24 * i64::from(self.settings().days)));
        ledger.forget_lists(oldest.unwrap_or(Timestamp::MIN))?;
        if let Some(folder) = &self.settings().folder {
            let first = danish_day(now).saturating_sub(i32::from(self.settings().days).days());
            forget_files(folder, first);
        }
        let mut all = Vec::new();
        for standing in standings(&self.config, danish_day(now)) {
            let (Ok(approved), Some(schedule)) = (&standing.approved, standing.rule.file().schedule) else { continue };
            let (rule, receiver) = (standing.rule.code().to_string(), approved.approval.receiver.clone());
            let list = ListName { rule, receiver };
            let Some(day) = due(schedule, approved.approval.approved_on, ledger.last_slot(&list)?, now) else {
                continue;
            };
            let is_whole = || {
                let states = TargetIndex::open(&index)?.read(|reading| self.states(reading, now))?;
                let known = Completeness::of(&self.config, &standing.rule, &approved.statute, &states, now);
                Ok::<_, NotRun>(known.draws_on.is_subset(&known.complete))
            };
            if self.has_waited(schedule, day, now) || is_whole()? {
                all.push(Due { list, legal_basis: standing.rule.file().legal_basis.clone(), day });
            }
        }
        Ok(all)
    }

    /// A list on its day waits for sources that have not been read whole, and not for ever.
    fn has_waited(&self, schedule: ScheduleRow, day: Date, now: Timestamp) -> bool {
        let wait = SignedDuration::from_hours(self.settings().waits_hours.into());
        moment(schedule, day).saturating_add(wait).is_ok_and(|latest| latest <= now)
    }

    async fn make_due(self: &Arc<Self>, one: &Due, folder: &Path) -> Result<(), NotRun> {
        let request = Request { route: "target-groups schedule", trace_id: Arc::from("") };
        let asked = Asked {
            rule: one.list.rule.clone(),
            receiver: Some(one.list.receiver.clone()),
            purpose: TARGET_GROUP_PURPOSE.to_owned(),
            legal_basis: one.legal_basis.clone(),
            reason: None,
            as_of: None,
            dry_run: false,
            with_numbers: false,
            format: self.settings().format,
        };
        let Ran { disclosure, keeping, file_name, .. } = self.run(&request, By::Schedule(one.day), &asked).await?;
        let path = folder.join(format!("{PREFIX}{file_name}"));
        let (bytes, _, _) = disclosure.into_parts();
        let done = beside(move || {
            write(&path, &bytes).map_err(|error| NotRun::Unwritten(error.into()))?;
            keeping.map_or(Ok(()), |keeping| keeping.keep().map_err(NotRun::from))
        });
        done.await.unwrap_or(Err(NotRun::Broken))
    }
}

/// The whole list is there, or nothing is: whoever looks into the folder never finds half of one.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let part = path.with_extension("part");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)
}

/// Removes our lists of days before `first`.
fn forget_files(folder: &Path, first: Date) {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    for path in files.map(|file| file.path()) {
        let name = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(PREFIX));
        let day = name.and_then(|name| name.get(name.len().checked_sub(10)?..)?.parse::<Date>().ok());
        if day.is_some_and(|day| day < first) && fs::remove_file(&path).is_err() {
            tracing::warn!("a list past its time could not be removed");
        }
    }
}
