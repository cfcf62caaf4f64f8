//! SF1520 `PersonLookup` as it stands on the wire: versions, namespaces, and the parts of the answer that we read.
//!
//! The age that the register counts (it goes on after death) and the names of authorities (announced as stubs) have no
//! place here on purpose. None of these shapes has a `Debug`: they hold names, numbers and addresses.

use jiff::civil::Date;
use uuid::{Uuid, uuid};

use super::fields::{Fields, Misfit};
use crate::contract::{CprNumber, RegisterDate};
use crate::transport::xml::Element;

/// Namespaces that do not change with the version.
pub(super) mod ns {
    /// `PNR` of the question.
    pub(crate) const NUMBER: &str = "http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/";
    /// Who asks.
    pub(crate) const INVOCATION: &str = "http://serviceplatformen.dk/xml/schemas/InvocationContext/1/";
    /// On whose authority.
    pub(crate) const AUTHORITY: &str = "http://serviceplatformen.dk/xml/schemas/AuthorityContext/1/";
    /// Which call it is.
    pub(crate) const CALL: &str = "http://serviceplatformen.dk/xml/schemas/CallContext/1/";
    /// Detail of a fault.
    #[cfg(feature = "fakes")]
    pub(crate) const FAULT: &str = "http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/";
}

/// The version of the service. Version 4 is the same tree without four elements, in another namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// 4.
    Four,
    /// 5.
    Five,
}

impl Version {
    /// The namespace of question, answer and every element below the answer.
    pub(super) const fn namespace(self) -> &'static str {
        match self {
            Self::Four => "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/",
            Self::Five => "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/",
        }
    }

    /// The SOAP action.
    pub(super) const fn action(self) -> &'static str {
        match self {
            Self::Four => "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/PersonLookup",
            Self::Five => "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/PersonLookup",
        }
    }

    /// Where the service is below the host.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Four => "/service/CPR/PersonBaseDataExtended/4",
            Self::Five => "/service/CPR/PersonBaseDataExtended/5",
        }
    }

    /// The service's own UUID.
    pub(super) const fn service(self) -> Uuid {
        match self {
            Self::Four => uuid!("e6be2436-bf35-4df2-83fe-925142825dc2"),
            Self::Five => uuid!("4925d7a0-1b5b-11ec-bdc6-b312b83236d4"),
        }
    }
}

/// Root of the question.
#[cfg(feature = "fakes")]
pub(super) const QUESTION: &str = "PersonLookupRequest";
/// Root of the answer.
pub(super) const ANSWER: &str = "PersonLookupResponse";

/// `PersonLookupResponse`.
pub(super) struct Response {
    /// `persondata`.
    pub(super) person: Option<PersonData>,
    /// `adresse/aktuelAdresse`.
    pub(super) address: Option<CurrentAddress>,
    /// `adresse/udrejseoplysninger`.
    pub(super) emigrated: Option<Gone>,
    /// `relationer`.
    pub(super) relations: Relations,
    /// It holds nothing at all.
    pub(super) is_empty: bool,
}

/// Somebody is gone, perhaps since a known day.
#[derive(Clone, Copy)]
pub(super) struct Gone(pub(super) Option<Date>);

/// `persondata`.
pub(super) struct PersonData {
    /// `personnummer`.
    pub(super) number: Option<CprNumber>,
    /// `gaeldendePersonnummer`.
    pub(super) in_force: Option<CprNumber>,
    /// `navn`.
    pub(super) name: Option<Name>,
    /// `foedselsdato`.
    pub(super) born: Option<RegisterDate>,
    /// `status/status`.
    pub(super) status: Option<u16>,
    /// `status/statusdato`.
    pub(super) status_since: Option<Date>,
    /// `forsvindingsdato`.
    pub(super) disappeared: Option<Gone>,
    /// `civilstand/civilstand`.
    pub(super) civil_status: Option<String>,
    /// `umyndiggoerelse`.
    pub(super) guardianship: Option<Guardianship>,
    /// `adressebeskyttelse`: of name and address. The two others (directory, marketing) are not this one.
    pub(super) protection: Option<Protection>,
}

/// `navn`.
pub(super) struct Name {
    /// `personadresseringsnavn`.
    pub(super) addressing: Option<String>,
    /// `fornavn`.
    pub(super) given: Option<String>,
    /// `mellemnavn`.
    pub(super) middle: Option<String>,
    /// `efternavn`.
    pub(super) family: Option<String>,
}

/// `adressebeskyttelse`.
pub(super) struct Protection {
    /// `startdato`.
    pub(super) from: Option<Date>,
    /// `slutdato`.
    pub(super) to: Option<Date>,
    /// `beskyttet`.
    pub(super) flag: Option<bool>,
}

/// `umyndiggoerelse`.
pub(super) struct Guardianship {
    /// `relationPersonnummer`.
    pub(super) guardian: Option<CprNumber>,
    /// `VærgemålType`.
    pub(super) extent: Option<String>,
    /// `umyndiggoerelseStartdato`.
    pub(super) since: Option<Date>,
    /// `umyndiggoerelseSlettedato`.
    pub(super) until: Option<Date>,
    /// `umyndiggjort`.
    pub(super) holds: Option<bool>,
}

/// `aktuelAdresse`.
pub(super) struct CurrentAddress {
    /// `AdresseUUID`.
    pub(super) uuid: Option<Uuid>,
    /// `kommunekode`.
    pub(super) municipality: Option<u16>,
    /// `vejkode`.
    pub(super) road_code: Option<u16>,
    /// `husnummer`.
    pub(super) house_number: Option<String>,
    /// `etage`.
    pub(super) floor: Option<String>,
    /// `sidedoer`.
    pub(super) door: Option<String>,
    /// `conavn`.
    pub(super) care_of: Option<String>,
    /// `postnummer`.
    pub(super) postal_code: Option<String>,
    /// `postdistrikt`.
    pub(super) postal_district: Option<String>,
    /// `standardadresse`.
    pub(super) line: Option<String>,
    /// `tilflytningsdato`.
    pub(super) since: Option<Date>,
}

/// `relationer`.
#[derive(Default)]
pub(super) struct Relations {
    /// `aegtefaelle`.
    pub(super) spouse: Option<Relative>,
    /// `barn`.
    pub(super) children: Vec<CprNumber>,
    /// `mor`.
    pub(super) mother: Option<Relative>,
    /// `far`.
    pub(super) father: Option<Relative>,
    /// `foraeldremyndighed`.
    pub(super) custody: Vec<Custody>,
}

/// `aegtefaelle`, `mor`, `far`: a number, or what is known without one; perhaps nothing.
pub(super) struct Relative {
    /// `personnummer`.
    pub(super) number: Option<CprNumber>,
    /// `foedselsdato`.
    pub(super) born: Option<Date>,
    /// `navn`.
    pub(super) name: Option<String>,
}

/// `foraeldremyndighed`.
pub(super) struct Custody {
    /// `foraeldremyndighedtype`.
    pub(super) kind: Option<u16>,
    /// `foraeldremyndighedStartdato`, else `relationStartdato`.
    pub(super) since: Option<Date>,
    /// `foraeldremyndighedSletdato`.
    pub(super) until: Option<Date>,
    /// `relationPersonnummer`.
    pub(super) person: Option<CprNumber>,
}

impl Response {
    /// Reads the body of an answer.
    ///
    /// # Errors
    /// [`Misfit`] when it is another element or version, or a part of it does not fit its type.
    pub(super) fn read(body: Element<'_>, version: Version) -> Result<Self, Misfit> {
        if !body.is(version.namespace(), ANSWER) {
            return Err(Misfit("not the answer to a look-up in this version"));
        }
        let fields = Fields::of(body, version.namespace(), RESPONSE)?;
        let address = fields.inside("adresse", ADDRESSES)?;
        let current = address.map(|address| address.inside("aktuelAdresse", CURRENT_ADDRESS)).transpose()?.flatten();
        let gone = address.map(|address| address.inside("udrejseoplysninger", EMIGRATION)).transpose()?.flatten();
        Ok(Self {
            person: fields.inside("persondata", PERSON)?.map(|person| PersonData::read(&person)).transpose()?,
            address: current.map(|current| CurrentAddress::read(&current)).transpose()?,
            emigrated: gone.map(|gone| gone.day_of_moment("udrejsedato").map(Gone)).transpose()?,
            relations: match fields.inside("relationer", RELATIONS)? {
                Some(relations) => Relations::read(&relations)?,
                None => Relations::default(),
            },
            is_empty: body.elements().next().is_none(),
        })
    }
}

impl PersonData {
    fn read(fields: &Fields<'_>) -> Result<Self, Misfit> {
        let status = fields.inside("status", &["status", "statusdato"])?;
        let civil = fields.inside("civilstand", &["civilstand", "civilstandsdato"])?;
        let disappeared = fields.child("forsvindingsdato").map(|_| fields.day_of_moment("forsvindingsdato").map(Gone));
        Ok(Self {
            number: fields.person("personnummer")?,
            in_force: fields.person("gaeldendePersonnummer")?,
            name: fields.inside("navn", NAME)?.map(|name| Name {
                addressing: name.text("personadresseringsnavn"),
                given: name.text("fornavn"),
                middle: name.text("mellemnavn"),
                family: name.text("efternavn"),
            }),
            born: fields.uncertain_day("foedselsdato")?,
            status: status.and_then(|status| status.code("status")),
            status_since: status.map(|status| status.day_of_moment("statusdato")).transpose()?.flatten(),
            disappeared: disappeared.transpose()?,
            civil_status: civil.and_then(|civil| civil.text("civilstand")),
            guardianship: fields
                .inside("umyndiggoerelse", GUARDIANSHIP)?
                .map(|guardianship| Guardianship::read(&guardianship))
                .transpose()?,
            protection: fields
                .inside("adressebeskyttelse", PROTECTION)?
                .map(|protection| Protection::read(&protection))
                .transpose()?,
        })
    }
}

impl Protection {
    fn read(fields: &Fields<'_>) -> Result<Self, Misfit> {
        Ok(Self { from: fields.day("startdato")?, to: fields.day("slutdato")?, flag: fields.flag("beskyttet")? })
    }
}

impl Guardianship {
    fn read(fields: &Fields<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            guardian: fields.person("relationPersonnummer")?,
            extent: fields.text("VærgemålType"),
            since: fields.uncertain_day("umyndiggoerelseStartdato")?.map(|date| date.day),
            until: fields.day("umyndiggoerelseSlettedato")?,
            holds: fields.flag("umyndiggjort")?,
        })
    }
}

impl CurrentAddress {
    fn read(fields: &Fields<'_>) -> Result<Self, Misfit> {
        let uuid = fields.text("AdresseUUID").map(|text| Uuid::try_parse(&text)).transpose();
        Ok(Self {
            uuid: uuid.map_err(|_| Misfit("an address UUID is not one"))?.filter(|uuid| !uuid.is_nil()),
            municipality: fields.number("kommunekode")?,
            road_code: fields.number("vejkode")?,
            house_number: fields.text("husnummer"),
            floor: fields.text("etage"),
            door: fields.text("sidedoer"),
            care_of: fields.text("conavn"),
            postal_code: fields.text("postnummer"),
            postal_district: fields.text("postdistrikt"),
            line: fields.text("standardadresse"),
            since: fields.day_of_moment("tilflytningsdato")?,
        })
    }
}

impl Relations {
    fn read(fields: &Fields<'_>) -> Result<Self, Misfit> {
        let relative = |name| fields.inside(name, RELATIVE)?.map(|found| Relative::read(&found)).transpose();
        let mut children = Vec::new();
        for child in fields.each("barn", &["personnummer"]) {
            children.extend(child?.person("personnummer")?);
        }
        let custody = fields.each("foraeldremyndighed", CUSTODY).map(|custody| Custody::read(&custody?));
        Ok(Self {
            spouse: relative("aegtefaelle")?,
            children,
            mother: relative("mor")?,
            father: relative("far")?,
            custody: custody.collect::<Result<_, _>>()?,
        })
    }
}

impl Relative {
    fn read(fields: &Fields<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            number: fields.person("personnummer")?,
            born: fields.uncertain_day("foedselsdato")?.map(|date| date.day),
            name: fields.text("navn"),
        })
    }
}

impl Custody {
    fn read(fields: &Fields<'_>) -> Result<Self, Misfit> {
        let since = fields.uncertain_day("foraeldremyndighedStartdato")?.map(|date| date.day);
        Ok(Self {
            kind: fields.code("foraeldremyndighedtype"),
            since: since.or(fields.day("relationStartdato")?),
            until: fields.day("foraeldremyndighedSletdato")?,
            person: fields.person("relationPersonnummer")?,
        })
    }
}

// The order of children, from the published schema of version 5; what version 4 lacks is simply never there.
const RESPONSE: &[&str] = &["persondata", "adresse", "relationer", "notater*"];
const PERSON: &[&str] = &[
    "personnummer",
    "gaeldendePersonnummer",
    "navn",
    "foedselsdato",
    "foedselsregistreringsOplysninger",
    "startdato",
    "slutdato",
    "alder",
    "koen",
    "antalBoernUnder18",
    "stilling",
    "DeltBopælMarkering",
    "DeltBopælStartDato",
    "status",
    "separation",
    "civilstand",
    "statsborgerskab",
    "umyndiggoerelse",
    "forsvindingsdato",
    "adressebeskyttelse",
    "vejviserbeskyttelse",
    "markedsfoeringsbeskyttelse",
    "tilmeldtNemsms",
    "tilmeldtDigitalpost",
];
const NAME: &[&str] = &["personadresseringsnavn", "fornavn", "mellemnavn", "efternavn"];
const PROTECTION: &[&str] = &["startdato", "slutdato", "beskyttet"];
const GUARDIANSHIP: &[&str] = &[
    "umyndiggorelseRelationType",
    "relationPersonnummer",
    "relationStartdato",
    "relationVaergenavn",
    "relationVaergeadresseStartdato",
    "VærgemålType",
    "umyndiggoerelseStartdato",
    "umyndiggoerelseSlettedato",
    "umyndiggjort",
];
const ADDRESSES: &[&str] = &["aktuelAdresse", "udrejseoplysninger", "kontaktAdresse", "adresseHistorik*"];
const CURRENT_ADDRESS: &[&str] = &[
    "kommuneCvr",
    "kommunekode",
    "vejkode",
    "husnummer",
    "etage",
    "sidedoer",
    "bygningsnummer",
    "conavn",
    "lokalitet",
    "bynavn",
    "postnummer",
    "postdistrikt",
    "vejnavn",
    "standardadresse",
    "adresseringsnavn",
    "vejadresseringsnavn",
    "tilflytningsdato",
    "adr1-supladr",
    "adr2-supladr",
    "adr3-supladr",
    "adr4-supladr",
    "adr5-supladr",
    "distrikter",
    "AdresseUUID",
];
const EMIGRATION: &[&str] = &["udrejselandekode", "udrejselandekodeMyndighedsnavn", "udrejsedato"];
const RELATIONS: &[&str] = &["aegtefaelle", "barn*", "mor", "far", "foraeldremyndighed*"];
const RELATIVE: &[&str] = &["personnummer", "foedselsdato", "navn"];
const CUSTODY: &[&str] = &[
    "foraeldremyndighedtype",
    "foraeldremyndighedStartdato",
    "foraeldremyndighedSletdato",
    "relationPersonnummer",
    "relationStartdato",
];
