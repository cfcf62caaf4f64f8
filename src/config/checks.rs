//! Whether the files of a configuration fit together, and whether what they name is there.

use std::collections::BTreeSet;

use glasplade_adapters::contract::SourceId;
use glasplade_adapters::register;
use glasplade_adapters::transport::Secret;

use super::load::{Config, ConfigFiles, ConfigProblems};

/// Finds every mistake in what the files say of each other.
pub(super) fn check(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    check_names(config, files, problems);
    check_source_rows(config, files, problems);
    super::dates::check(config, files, problems);
    super::target_group_check::check(config, files, problems);
    check_retention(config, problems);
    check_shared_view(config, files, problems);
    check_audit(config, problems);
    super::guard::check(config, files, problems);
    super::polling::check(config, files, problems);
    super::reach::check(config, files, problems);
    super::telemetry::check(config, files, problems);
    if config.service.service.deadline_default_ms > config.service.service.deadline_max_ms {
        problems.error("glasplade.toml", None, "`deadline_default_ms` is longer than `deadline_max_ms`");
    }
}

/// A field that is to be left out and is misspelt would be shown.
fn check_shared_view(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    let (visibility, shared) = (&config.visibility, &config.visibility.shared);
    let of_item = shared.leaves_out_of_item.iter().map(|field| visibility.item.contains_key(field));
    let of_citizen = shared.leaves_out_of_citizen.iter().map(|field| visibility.citizen.contains_key(field));
    for _ in of_item.chain(of_citizen).filter(|is_known| !is_known) {
        let line = files.line_of_row("visibility.toml", "shared", 0);
        problems.error(
            "visibility.toml",
            line,
            "a field that the shared view leaves out is not one of the fields above",
        );
    }
}

/// Every name that points somewhere points to something that exists.
fn check_names(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    let categories: BTreeSet<&str> = config.access.category.iter().map(|row| row.code.as_str()).collect();
    let kinds: BTreeSet<&str> = config.kinds.kind.iter().map(|row| row.code.as_str()).collect();
    let roles: BTreeSet<&str> = config.access.role.iter().map(|row| row.code.as_str()).collect();
    if !categories.contains("unclassified") {
        problems.error("access.toml", None, "the category `unclassified` is missing");
    }
    for (at, kind) in config.kinds.kind.iter().enumerate() {
        if !categories.contains(kind.category.as_str()) {
            let what = format!("kind `{}` names a category that access.toml lacks", kind.code);
            problems.error("kinds.toml", files.line_of_row("kinds.toml", "kind", at), what);
        }
    }
    for (at, rule) in config.kinds.rule.iter().enumerate() {
        if !kinds.contains(rule.kind.as_str()) {
            let what = format!("rule {} names a kind that is not described", at + 1);
            problems.error("kinds.toml", files.line_of_row("kinds.toml", "rule", at), what);
        }
    }
    for (at, purpose) in config.access.purpose.iter().enumerate() {
        for role in purpose.roles.iter().filter(|role| !roles.contains(role.as_str())) {
            let what = format!("purpose `{}` names the role `{role}`, which is not described", purpose.code);
            problems.error("access.toml", files.line_of_row("access.toml", "purpose", at), what);
        }
    }
    for (at, source) in config.sources.source.iter().enumerate() {
        for category in source.categories.iter().filter(|code| !categories.contains(code.as_str())) {
            let what = format!("source `{}` names the category `{category}`, which access.toml lacks", source.id);
            problems.error("sources.toml", files.line_of_row("sources.toml", "source", at), what);
        }
    }
    check_consents(config, files, &categories, problems);
    check_departments(config, files, problems);
}

fn check_consents(config: &Config, files: &ConfigFiles, categories: &BTreeSet<&str>, problems: &mut ConfigProblems) {
    const FILE: &str = "access.toml";
    let rules = &config.access.consents;
    let line = files.line_of_row(FILE, "consents", 0);
    for code in rules.purposes.iter().filter(|code| !config.access.purpose.iter().any(|row| row.code == **code)) {
        problems.error(FILE, line, format!("consents name the purpose `{code}`, which is not described"));
    }
    for (at, row) in rules.age_rule.iter().enumerate() {
        if !categories.contains(row.category.as_str()) {
            let what = format!("an age rule names the category `{}`, which is not described", row.category);
            problems.error(FILE, files.line_of_row(FILE, "consents.age_rule", at), what);
        }
    }
    let alone = rules.age_rule.iter().filter_map(|row| row.alone_from).min().unwrap_or(rules.own_voice_age);
    if rules.own_voice_age > rules.adult_age || alone < rules.own_voice_age {
        let what = "nobody decides alone before `own_voice_age`, nor has a voice only after `adult_age`";
        problems.error(FILE, line, what);
    }
    if config.service.consents.file.is_none() {
        problems.warning(
            "glasplade.toml",
            None,
            "no `consents.file`: no consent can be recorded, and none opens anything",
        );
    }
}

fn check_departments(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    const FILE: &str = "departments.toml";
    let departments: BTreeSet<&str> = config.departments.department.iter().map(|row| row.code.as_str()).collect();
    let units: BTreeSet<&str> = config.departments.unit.iter().map(|row| row.code.as_str()).collect();
    for (at, unit) in config.departments.unit.iter().enumerate() {
        if !departments.contains(unit.department.as_str()) {
            let what = format!("unit `{}` names a department that is not described", unit.code);
            problems.error(FILE, files.line_of_row(FILE, "unit", at), what);
        }
        let named = unit.categories.iter().flatten();
        for _ in named.filter(|code| !config.access.category.iter().any(|row| row.code == **code)) {
            let what = format!("unit `{}` names a category that access.toml lacks", unit.code);
            problems.error(FILE, files.line_of_row(FILE, "unit", at), what);
        }
    }
    for (at, row) in config.departments.matchers.iter().enumerate() {
        let unit_is_known = row.unit.as_deref().is_none_or(|unit| units.contains(unit));
        let department_is_known = row.department.as_deref().is_none_or(|code| departments.contains(code));
        if !unit_is_known || !department_is_known || (row.unit.is_none() && row.department.is_none()) {
            let what = format!("match {} must name a unit or department that is described", at + 1);
            problems.error(FILE, files.line_of_row(FILE, "match", at), what);
        }
        let unconditional =
            row.source.is_none() && row.unit_id.is_empty() && row.master_system.is_empty() && row.kle.is_empty();
        if unconditional && at + 1 < config.departments.matchers.len() {
            let what = format!("match {} fits every row: what follows is never reached", at + 1);
            problems.error(FILE, files.line_of_row(FILE, "match", at), what);
        }
    }
}

/// Builds every source as the service would, and tells every mistake.
pub fn check_sources(config: &Config, environment: &register::Environment) -> ConfigProblems {
    check_built(config, environment, None)
}

/// The same, with the lines where `files` are at hand.
pub(super) fn check_built(
    config: &Config,
    environment: &register::Environment,
    files: Option<&ConfigFiles>,
) -> ConfigProblems {
    const SERVICE: &str = "glasplade.toml";
    let mut problems = ConfigProblems::default();
    let row_line = |table, at| files.and_then(|files| files.line_of_row("sources.toml", table, at));
    let key_line = |key| files.and_then(|files| files.line_of_key(SERVICE, key));
    for (at, row) in config.sources.source.iter().enumerate() {
        if let Err(error) = crate::sources::build(row, environment) {
            let what = format!("source `{}`: failed to {error}", row.id);
            problems.error("sources.toml", row_line("source", at), what);
        }
    }
    let directory = config.sources.staff_directory.as_ref();
    if let Some((id, Err(error))) = directory.map(|row| (&row.id, crate::staff::build(row, environment))) {
        let what = format!("staff directory `{id}`: failed to {error}");
        problems.error("sources.toml", row_line("staff_directory", 0), what);
    }
    let register = config.sources.person_register.as_ref();
    if let Some((id, Err(error))) = register.map(|row| (&row.id, crate::people::build(row, environment))) {
        let what = format!("person register `{id}`: failed to {error}");
        problems.error("sources.toml", row_line("person_register", 0), what);
    }
    for problem in config.service.token.problems() {
        let line = files.and_then(|files| files.line_of_row(SERVICE, "token", 0));
        problems.error(SERVICE, line, format!("`token`: {problem}"));
    }
    let key = Secret::from_reference(&config.service.privacy.pseudonym_key, &*environment.0).and_then(|key| key.read());
    if let Err(error) = key {
        let what = format!("`privacy.pseudonym_key`: failed to {error}; put it there, or name where it is");
        problems.error(SERVICE, key_line("pseudonym_key"), what);
    }
    if let Err(error) = crate::app::audit_settings(&config.service.audit, environment) {
        let what = format!("`audit`: failed to {error}");
        let key = ["master_key", "checkpoint_key", "origin"].into_iter().find(|key| what.contains(key));
        problems.error(SERVICE, key.and_then(key_line), what);
    }
    problems
}

/// One configured system, whatever it answers about.
struct Configured<'a> {
    table: &'static str,
    at: usize,
    id: &'a SourceId,
    kind: &'a str,
    settings: &'a serde_json::Value,
    base_url: &'a str,
}

/// Everything that sources.toml names: case systems, the register, the directory.
fn configured(config: &Config) -> impl Iterator<Item = Configured<'_>> {
    let sources = &config.sources;
    let cases = sources.source.iter().enumerate();
    let cases = cases.map(|(at, row)| ("source", at, &row.id, &row.kind, &row.settings, &row.connection));
    let register = sources.person_register.iter();
    let register = register.map(|row| ("person_register", 0, &row.id, &row.kind, &row.settings, &row.connection));
    let directory = sources.staff_directory.iter();
    let directory = directory.map(|row| ("staff_directory", 0, &row.id, &row.kind, &row.settings, &row.connection));
    cases.chain(register).chain(directory).map(|(table, at, id, kind, settings, connection)| Configured {
        table,
        at,
        id,
        kind,
        settings,
        base_url: &connection.base_url,
    })
}

fn check_source_rows(config: &Config, files: &ConfigFiles, problems: &mut ConfigProblems) {
    const FILE: &str = "sources.toml";
    let mut seen = BTreeSet::new();
    for one in configured(config) {
        let line = files.line_of_row(FILE, one.table, one.at);
        if !seen.insert(one.id) {
            problems.error(FILE, line, format!("source `{}` stands twice", one.id));
        }
        match register::kind(one.kind) {
            Ok(kind) if kind.build.table() != one.table => {
                let what = format!("source `{}`: its kind belongs under [{}]", one.id, kind.build.table());
                problems.error(FILE, line, what);
            }
            Ok(kind) => {
                for warning in (kind.warnings)(one.settings) {
                    problems.warning(FILE, line, format!("source `{}`: {warning}", one.id));
                }
            }
            Err(error) => problems.error(FILE, line, format!("source `{}`: failed to {error}", one.id)),
        }
        if is_plain_outside(one.base_url) {
            let what = format!("source `{}`: `base_url` must be https:// outside this machine", one.id);
            problems.error(FILE, line, what);
        }
    }
    if config.sources.person_register.is_none() {
        problems.warning(
            FILE,
            None,
            "no [person_register]: no name is shown, every protection flag is unknown, and nobody's household is known",
        );
    }
    if config.sources.staff_directory.is_none() {
        problems.warning(FILE, None, "no [staff_directory]: a number is shown only where a case system gives one");
    }
}

/// An `http://` address that is not on loopback. What is no address at all is told when the source is built.
pub(super) fn is_plain_outside(address: &str) -> bool {
    let Ok(address) = address.parse::<http::Uri>() else { return false };
    let host = address.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    address.scheme() == Some(&http::uri::Scheme::HTTP) && !is_loopback
}

/// What the auditors' listener must not share with the service, and hours that are none.
fn check_audit(config: &Config, problems: &mut ConfigProblems) {
    const FILE: &str = "glasplade.toml";
    let (service, audit) = (&config.service.service, &config.service.audit);
    if let Some(listener) = &audit.listener {
        if listener.listen == service.listen && listener.listen.port() != 0 {
            problems.error(FILE, None, "`audit.listener.listen` must be another address than `service.listen`");
        }
        if listener.audience.is_empty() || listener.audience == config.service.token.audience {
            problems.error(FILE, None, "`audit.listener.audience` must be another name than `token.audience`");
        }
    }
    let hours = &audit.office_hours;
    if hours.from_hour >= hours.to_hour || hours.to_hour > 24 {
        problems.error(FILE, None, "`audit.office_hours` must begin before they end, within 0 and 24");
    }
}

/// What explains a look-up must not be forgotten before it.
fn check_retention(config: &Config, problems: &mut ConfigProblems) {
    let kept = &config.service.audit.retention;
    if kept.access_months == 0 || kept.service_months == 0 || kept.event_months < kept.access_months {
        let what = "`audit.retention`: every class is kept for a month at least, and `event_months` not shorter than \
            `access_months`";
        problems.error("glasplade.toml", None, what);
    }
}
