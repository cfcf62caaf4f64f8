//! The citizen in words: every fact that is missing says why.

use glasplade_adapters::contract::{Address, CustodyHolder, PersonStatus, Protection};
use jiff::civil::Date;

use super::super::citizen::{AddressShown, RedactedCitizen, Speaker};
use super::super::view::{AddressView, CitizenView, PersonStatusView, ProtectionView, SpokenForView};
use super::Wording;
use crate::config::{Language, Text, Texts};

/// The block of the answer.
pub(super) fn view(citizen: &RedactedCitizen, wording: &Wording, language: Language) -> CitizenView {
    let (texts, classes) = (&wording.texts, citizen.classes);
    let say = |text: &Text| text.get(language).to_owned();
    let name = wording.citizen.cut("name", classes, || citizen.name.clone());
    let address = wording.citizen.cut("address", classes, || match &citizen.address {
        AddressShown::Shown(Some(address)) => Some(address_view(address)),
        AddressShown::Shown(None) | AddressShown::Asked | AddressShown::Closed | AddressShown::Protected => None,
    });
    CitizenView {
        name_text: name.is_none().then(|| say(no_name(citizen, texts))),
        name,
        age: wording.citizen.cut("age", classes, || citizen.age),
        status: wording.citizen.cut("status", classes, || {
            let (code, since) = citizen.status?;
            Some(PersonStatusView { code, name: say(status(code, texts)), since })
        }),
        protection: wording.citizen.cut("protection", classes, || {
            let code = citizen.protection;
            Some(ProtectionView { code, text: say(protection(citizen, texts)) })
        }),
        spoken_for: wording.citizen.cut("spoken_for", classes, || {
            let all = citizen.spoken_for.iter().map(|(speaker, since)| spoken_for(*speaker, *since, texts, language));
            Some(all.collect()).filter(|all: &Vec<SpokenForView>| !all.is_empty())
        }),
        address_text: address.is_none().then(|| say(no_address(citizen, texts))),
        address,
    }
}

fn spoken_for(speaker: Speaker, since: Option<Date>, texts: &Texts, language: Language) -> SpokenForView {
    let (code, name) = match speaker {
        Speaker::Custody(CustodyHolder::Mother) => ("custody_mother", &texts.custody_mother),
        Speaker::Custody(CustodyHolder::Father) => ("custody_father", &texts.custody_father),
        Speaker::Custody(CustodyHolder::Other) => ("custody_other", &texts.custody_other),
        Speaker::Guardian(Some(true)) => ("guardian_full", &texts.guardian_full),
        Speaker::Guardian(Some(false)) => ("guardian_partial", &texts.guardian_partial),
        Speaker::Guardian(None) => ("guardian", &texts.guardian),
    };
    SpokenForView { code, name: name.get(language).to_owned(), since }
}

fn no_name<'a>(citizen: &RedactedCitizen, texts: &'a Texts) -> &'a Text {
    match citizen.protection {
        _ if !citizen.is_known => &texts.person_not_known,
        Protection::Protected | Protection::Unknown => &texts.name_protected,
        Protection::Open => &texts.name_missing,
    }
}

fn no_address<'a>(citizen: &RedactedCitizen, texts: &'a Texts) -> &'a Text {
    match &citizen.address {
        AddressShown::Protected | AddressShown::Asked => &texts.address_protected,
        AddressShown::Shown(_) => &texts.address_missing,
        AddressShown::Closed => &texts.address_closed,
    }
}

fn protection<'a>(citizen: &RedactedCitizen, texts: &'a Texts) -> &'a Text {
    match citizen.protection {
        Protection::Protected => &texts.protection_protected,
        Protection::Open => &texts.protection_open,
        Protection::Unknown => &texts.protection_unknown,
    }
}

fn status(status: PersonStatus, texts: &Texts) -> &Text {
    match status {
        PersonStatus::Resident => &texts.person_resident,
        PersonStatus::ResidentGreenland => &texts.person_resident_greenland,
        PersonStatus::NoResidence => &texts.person_no_residence,
        PersonStatus::Replaced => &texts.person_replaced,
        PersonStatus::Disappeared => &texts.person_disappeared,
        PersonStatus::Emigrated => &texts.person_emigrated,
        PersonStatus::Dead => &texts.person_dead,
        PersonStatus::Unknown => &texts.person_status_unknown,
    }
}

fn address_view(address: &Address) -> AddressView {
    AddressView {
        line: address.line.clone(),
        care_of: address.care_of.clone(),
        postal_code: address.postal_code.clone(),
        postal_district: address.postal_district.clone(),
        municipality: address.municipality,
        since: address.since,
    }
}
