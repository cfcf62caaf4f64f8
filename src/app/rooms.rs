//! Each room of a configuration, made by itself.

use std::sync::Arc;

use axum::Router;
use glasplade_adapters::register::Environment;
use glasplade_adapters::transport::Secret;
use secrecy::ExposeSecret as _;

use super::{Lent, StartError};
use crate::access::Operation;
use crate::access::token::TokenVerifier;
use crate::audit::keys::MasterKey;
use crate::audit::tlog::{Signer, Verifier};
use crate::audit::{self, Audit, AuditIndex, AuditLog, PseudonymKey};
use crate::auditor::{Auditor, Transparency};
use crate::config::{AuditSettings, Config};
use crate::emergencies::{BookError, Emergencies, LentToEmergencies};
use crate::http;
use crate::http::audit::{AuditShared, AuditState};
use crate::people::{AliasBook, AliasFileError, AliasSettings, People};
use crate::staff::Staff;
use crate::staff_register::{StaffRegister, StaffRegisterError};
use crate::target_groups::index::TargetIndex;
use crate::target_groups::poll::{Poller, PollerLent, StartPollError};
use crate::telemetry::Meters;

/// The auditors' listener: tokens of another audience, and a connection to the index of its own.
pub(super) fn audit_router(
    config: &Config,
    audit: &Arc<Audit>,
    key: &Arc<PseudonymKey>,
    lent: &Lent,
    transparency: Option<Arc<dyn Transparency>>,
    meters: &Arc<Meters>,
) -> Result<Option<Router>, StartError> {
    let settings = &config.service.audit;
    let Some(listener) = &settings.listener else { return Ok(None) };
    let mut token = config.service.token.clone();
    token.audience.clone_from(&listener.audience);
    let auditor = {
        let log = (audit.log().directory(), Arc::clone(audit.log().keys()));
        Auditor::open(&settings.dir.join("index.sqlite"), log, Arc::clone(key), config)?
    };
    let shared = AuditShared {
        verifier: TokenVerifier::new(token, Arc::clone(&lent.token_clock))?,
        operation: Operation::new(config),
        audit: Arc::clone(audit),
        auditor: Arc::new(auditor),
        office: crate::command::office(config),
        transparency,
        clock: Arc::clone(&lent.clock),
        random: Arc::clone(&lent.random),
        meters: Arc::clone(meters),
        body_bytes_max: config.service.service.body_bytes_max,
    };
    Ok(Some(http::audit::router(AuditState(Arc::new(shared)))))
}

pub(super) fn people(
    config: &Config,
    environment: &Environment,
    pseudonyms: &Arc<PseudonymKey>,
    lent: &Lent,
) -> Result<People, StartError> {
    let aliases = alias_book(config, pseudonyms)?;
    let (clock, random) = (Arc::clone(&lent.clock), Arc::clone(&lent.random));
    People::new(config, environment, Arc::clone(pseudonyms), aliases, clock, random)
        .map_err(|(id, error)| StartError::PersonRegister(id, error))
}

/// The book of former numbers, in its file where one is configured.
///
/// # Errors
/// [`AliasFileError`]; `Locked` while another process has the file.
pub(crate) fn alias_book(config: &Config, pseudonyms: &PseudonymKey) -> Result<AliasBook, AliasFileError> {
    let privacy = &config.service.privacy;
    let settings = AliasSettings { entries_max: privacy.aliases_max };
    match &privacy.alias_file {
        Some(path) => AliasBook::open(path, pseudonyms, settings),
        None => Ok(AliasBook::in_memory(settings)),
    }
}

pub(super) fn poller(
    config: &Config,
    environment: &Environment,
    pseudonyms: &Arc<PseudonymKey>,
    aliases: &Arc<AliasBook>,
    lent: &Lent,
) -> Result<Option<Arc<Poller>>, StartPollError> {
    let Some(path) = &config.service.target_groups.index else { return Ok(None) };
    let lent = PollerLent {
        pseudonyms: Arc::clone(pseudonyms),
        aliases: Arc::clone(aliases),
        clock: Arc::clone(&lent.clock),
        random: Arc::clone(&lent.random),
    };
    Ok(Some(Arc::new(Poller::new(config, environment, TargetIndex::open(path)?, lent)?)))
}

/// What emergencies are opened with.
pub(super) fn emergencies(
    config: &Config,
    pseudonyms: &Arc<PseudonymKey>,
    (staff, staff_register): (&Arc<Staff>, &Arc<StaffRegister>),
    audit: &Arc<Audit>,
    lent: &Lent,
) -> Result<Arc<Emergencies>, BookError> {
    let lent = LentToEmergencies {
        pseudonyms: Arc::clone(pseudonyms),
        staff: Arc::clone(staff),
        staff_register: Arc::clone(staff_register),
        audit: Arc::clone(audit),
        clock: Arc::clone(&lent.clock),
        random: Arc::clone(&lent.random),
    };
    Ok(Arc::new(Emergencies::open(config, lent)?))
}

pub(super) fn pseudonym_key(config: &Config, environment: &Environment) -> Result<PseudonymKey, StartError> {
    let secret = Secret::from_reference(&config.service.privacy.pseudonym_key, &*environment.0)?.read()?;
    Ok(PseudonymKey::new(secret.expose_secret().as_bytes())?)
}

pub(super) fn staff_register(
    config: &Config,
    pseudonyms: &PseudonymKey,
    lent: &Lent,
) -> Result<StaffRegister, StaffRegisterError> {
    match &config.service.privacy.staff_register {
        Some(path) => StaffRegister::open(path, pseudonyms, Arc::clone(&lent.clock)),
        None => Ok(StaffRegister::nobody()),
    }
}

pub(super) fn staff(config: &Config, environment: &Environment, lent: &Lent) -> Result<Staff, StartError> {
    let Some(row) = &config.sources.staff_directory else { return Ok(Staff::unconfigured()) };
    let directory =
        crate::staff::build(row, environment).map_err(|error| StartError::StaffDirectory(row.id.clone(), error))?;
    Ok(Staff::new(row, directory, Arc::clone(&lent.clock), Arc::clone(&lent.random)))
}

/// The audit, of which one process at a time can write.
///
/// # Errors
/// [`StartError`], with the setting to mend.
pub(crate) fn open_audit(
    config: &Config,
    environment: &Environment,
    key: &Arc<PseudonymKey>,
    lent: &Lent,
) -> Result<Arc<Audit>, StartError> {
    let settings = audit_settings(&config.service.audit, environment)?;
    let index = settings.directory.join("index.sqlite");
    let log = AuditLog::open_by(&lent.hand, settings, &lent.clock)?;
    let index = AuditIndex::open(&index, &log, config.service.audit.index(Arc::clone(key)))?;
    Ok(Audit::new(log, index, Arc::clone(&lent.clock), Arc::clone(&lent.random)))
}

/// The log's settings, with its two secrets read.
///
/// # Errors
/// [`StartError`], with the setting to mend.
pub(crate) fn audit_settings(
    settings: &AuditSettings,
    environment: &Environment,
) -> Result<audit::AuditSettings, StartError> {
    let read = |setting, reference: &str| {
        let secret = Secret::from_reference(reference, &*environment.0).and_then(|secret| secret.read());
        secret.map_err(|error| StartError::AuditSecret(setting, error))
    };
    let master = read("audit.master_key", &settings.master_key)?;
    let master = MasterKey::new(master.expose_secret().as_bytes())?;
    let checkpoint = read("audit.checkpoint_key", &settings.checkpoint_key)?;
    let signer = Signer::new(&settings.origin, checkpoint.expose_secret())?;
    let mut log = audit::AuditSettings::new(&settings.dir, Arc::new(master), Arc::new(signer));
    log.segment_bytes_max = settings.segment_bytes_max;
    log.previous_signers =
        settings.previous_public_keys.iter().map(|key| Verifier::parse(key)).collect::<Result<_, _>>()?;
    if let Some(keys) = &settings.keys_dir {
        log.keys.clone_from(keys);
    }
    Ok(log)
}
