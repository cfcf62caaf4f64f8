//! A staff directory in memory, for the house's own tests: it answers what it is told to, when it is told to, and counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::contract::{
    CallContext, Directory, SourceError, SourceErrorKind, SourceId, SourceInfo, StaffAnswer, StaffDirectory, StaffKey,
    StaffMember,
};

/// A directory that follows a script. Without one, it knows nobody.
#[derive(Debug)]
pub struct ScriptedDirectory {
    info: SourceInfo,
    script: Mutex<Script>,
    calls: watch::Sender<usize>,
    is_held: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Script {
    members: Vec<StaffMember>,
    invented: Vec<(StaffKey, StaffMember)>,
    unreadable: u32,
    down: Option<SourceErrorKind>,
    fails: Option<SourceErrorKind>,
    panics: bool,
    asked: Vec<Vec<StaffKey>>,
}

impl ScriptedDirectory {
    /// A directory with this id that knows nobody yet.
    pub fn new(id: &str) -> Arc<Self> {
        Arc::new(Self {
            info: SourceInfo { id: SourceId::new(id), kind: "scripted", reads: &[] },
            script: Mutex::default(),
            calls: watch::Sender::new(0),
            is_held: watch::Sender::new(false),
        })
    }

    /// It, as the house takes directories.
    pub fn adapter(self: &Arc<Self>) -> Directory {
        Arc::<Self>::clone(self)
    }

    /// From now on it knows this employee, instead of what it knew of the same user.
    pub fn knows(&self, member: StaffMember) {
        let mut script = self.script();
        script.members.retain(|known| known.user != member.user);
        script.members.push(member);
    }

    /// From now on it knows nobody.
    pub fn forgets_everybody(&self) {
        self.script().members.clear();
    }

    /// Besides what it knows, every answer holds this, whoever was asked for.
    pub fn answers_besides(&self, key: StaffKey, member: StaffMember) {
        self.script().invented.push((key, member));
    }

    /// So many entries of every answer cannot be read.
    pub fn has_unreadable(&self, entries: u32) {
        self.script().unreadable = entries;
    }

    /// Every call fails in this way, until [`ScriptedDirectory::recovers`].
    pub fn is_down(&self, kind: SourceErrorKind) {
        self.script().down = Some(kind);
    }

    /// It answers again.
    pub fn recovers(&self) {
        self.script().down = None;
    }

    /// The next call fails in this way; once.
    pub fn fails_once(&self, kind: SourceErrorKind) {
        self.script().fails = Some(kind);
    }

    /// The next call panics; once.
    pub fn panics_once(&self) {
        self.script().panics = true;
    }

    /// Calls are counted and then wait for [`ScriptedDirectory::release`].
    pub fn hold(&self) {
        self.is_held.send_replace(true);
    }

    /// Waiting calls go on, and new ones do not wait.
    pub fn release(&self) {
        self.is_held.send_replace(false);
    }

    /// How often it was asked.
    pub fn calls(&self) -> usize {
        *self.calls.borrow()
    }

    /// What it was asked for, call by call.
    pub fn asked(&self) -> Vec<Vec<StaffKey>> {
        self.script().asked.clone()
    }

    /// Returns when it has been asked so often.
    pub async fn was_called(&self, times: usize) {
        // The sender lives in `self`, so the wait cannot end early.
        let _ = self.calls.subscribe().wait_for(|calls| *calls >= times).await;
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_answer(&self, keys: &[StaffKey]) -> Result<StaffAnswer, SourceError> {
        let mut script = self.script();
        assert!(!std::mem::take(&mut script.panics), "the script says so");
        if let Some(kind) = script.fails.take().or(script.down) {
            return Err(fault(kind));
        }
        let member = |key: &StaffKey| {
            let is_meant = |member: &&StaffMember| match key {
                StaffKey::User(user) => member.user == *user,
                StaffKey::Employee(id) => member.employee_id.as_deref() == Some(id),
            };
            script.members.iter().find(is_meant).map(|member| (key.clone(), member.clone()))
        };
        let known = keys.iter().filter_map(member);
        Ok(StaffAnswer { found: known.chain(script.invented.clone()).collect(), unreadable: script.unreadable })
    }
}

fn fault(kind: SourceErrorKind) -> SourceError {
    match kind {
        SourceErrorKind::Unavailable => SourceError::unreached("resolve", "the script says so"),
        kind => SourceError::new(kind, "resolve", "the script says so"),
    }
}

impl StaffDirectory for ScriptedDirectory {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    async fn resolve(&self, _ctx: &CallContext, keys: &[StaffKey]) -> Result<StaffAnswer, SourceError> {
        self.script().asked.push(keys.to_vec());
        self.calls.send_modify(|calls| *calls += 1);
        let _ = self.is_held.subscribe().wait_for(|is_held| !is_held).await;
        self.next_answer(keys)
    }

    async fn probe(&self, _ctx: &CallContext) -> Result<(), SourceError> {
        self.script().down.map_or(Ok(()), |kind| Err(fault(kind)))
    }
}
