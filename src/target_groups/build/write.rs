//! The fresh index is written part by part, in order: other threads sort and join the parts ahead, this one writes.

use std::num::NonZeroUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::BuildError;
use super::join::{Joined, Joining, OfExtract};
use super::progress::BuildProgress;
use super::spill::{Drawer, PARTS, Spill};
use crate::target_groups::index::{FreshIndex, Old, OldCitizen};

/// Parts on their way to one thread, and back from it.
const AHEAD: usize = 2;

/// After so many parts the disk is asked to have what was written: at the end, all of it would be waited for.
const FLUSHED_PARTS: usize = 16;

/// What was written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) citizens: u64,
    /// By extract.
    pub(super) extracts: Vec<OfExtract>,
}

type Asked = (usize, Vec<OldCitizen>);
type Answer = Result<Joined, BuildError>;

/// Writes everybody.
pub(super) fn citizens(
    joining: &Joining<'_>,
    spill: &Spill,
    (old, fresh): (&Old<'_>, &FreshIndex),
    progress: &BuildProgress,
    threads: NonZeroUsize,
) -> Result<Written, BuildError> {
    let threads = threads.get();
    thread::scope(|scope| {
        let hands: Vec<(SyncSender<Asked>, Receiver<Answer>)> = (0..threads)
            .map(|_| {
                let (ask, asked) = sync_channel::<Asked>(AHEAD);
                let (answer, answers) = sync_channel::<Answer>(1);
                scope.spawn(move || {
                    let mut drawer = Drawer::default();
                    for (part, old) in asked {
                        let joined = spill.draw(part, &mut drawer).and_then(|rows| joining.part(rows, old));
                        // Nobody takes it only when writing has failed, which is told there.
                        if answer.send(joined).is_err() {
                            return;
                        }
                    }
                });
                (ask, answers)
            })
            .collect();
        let (enough, when_enough) = sync_channel::<()>(1);
        let flush = fresh.flusher()?;
        let on_disk = scope.spawn(move || when_enough.into_iter().try_for_each(|()| flush()));
        let mut written = Written { citizens: 0, extracts: vec![OfExtract::default(); joining.replaces.len()] };
        let (mut asked, mut citizens) = (0, fresh.citizens()?);
        for part in 0..PARTS {
            while asked < PARTS.min(part + threads * AHEAD) {
                let first = u8::try_from(asked).expect("256 parts");
                let question = (asked, old.citizens(first)?);
                hands[asked % threads].0.send(question).expect("a thread that joins waits for the next part");
                asked += 1;
            }
            progress.go_on()?;
            if part % FLUSHED_PARTS == FLUSHED_PARTS - 1 {
                // Where the last time is not over, this one is left out.
                let _ = enough.try_send(());
            }
            let joined = hands[part % threads].1.recv().expect("joining does not panic")?;
            citizens.put_all(&joined.citizens, &joined.bodies)?;
            written.citizens += joined.citizens.len() as u64;
            progress.citizens.store(written.citizens, Ordering::Relaxed);
            written.extracts.iter_mut().zip(&joined.extracts).for_each(|(all, part)| all.and(*part));
        }
        drop(enough);
        on_disk.join().expect("asking the disk does not panic")?;
        Ok(written)
    })
}
