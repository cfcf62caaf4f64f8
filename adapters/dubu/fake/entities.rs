//! The entity types of DUBU's `OData`, with every field that they have.

use crate::odata::fake::EntityType;

/// `/odata/Sag`.
pub(super) const CASE: EntityType = EntityType {
    name: "Sag",
    fields: &["id", "sagsnummer", "titel", "sagstype", "status", "isSensitive", "tvang", "sekundaerBehandlerNavne"],
    navigations: &[
        ("primaerPerson", &PERSON),
        ("primaerBehandler", &CASEWORKER),
        ("foerstkommendeFrist", &DEADLINE),
        ("afdeling", &DEPARTMENT),
    ],
    searched: &["titel", "sagsnummer", "primaerPerson/navn", "primaerPerson/cprnr"],
};

const PERSON: EntityType = EntityType {
    name: "Person",
    fields: &["alder", "cprnr", "fornavn", "mellemnavn", "efternavn", "id", "organisationsnavn", "fuldeNavn", "navn"],
    navigations: &[],
    searched: &[],
};

const CASEWORKER: EntityType =
    EntityType { name: "Behandler", fields: &["id", "navn", "email"], navigations: &[], searched: &[] };

const DEADLINE: EntityType =
    EntityType { name: "Frist", fields: &["id", "fristDato"], navigations: &[], searched: &[] };

const DEPARTMENT: EntityType =
    EntityType { name: "Afdeling", fields: &["orgEnhedId", "navn"], navigations: &[], searched: &[] };

/// `/odata/Aktivitet/Default.GetBySag(Id=n)`.
pub(super) const ACTIVITY: EntityType = EntityType {
    name: "Aktivitet",
    fields: &["id", "sagId", "titel", "fristDato", "status", "prioritet", "lovgrundlag"],
    navigations: &[],
    searched: &["titel"],
};

/// `/odata/OrgBruger/Default.GetByKommune`.
pub(super) const USER: EntityType = EntityType {
    name: "OrgBruger",
    fields: &["id", "email", "telefon", "gyldigTil", "fuldeNavn", "brugernavn", "mobiltelefon", "medlemsskaber"],
    navigations: &[],
    searched: &["fuldeNavn", "email"],
};
