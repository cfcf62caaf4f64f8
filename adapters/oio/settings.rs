//! What configuration says about one `LoRa` (OIO REST) beside its address and limits.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::class::Class;

/// Settings of one OIO source.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Reference to a bearer token, `file:<path>` or `env:<NAME>`. A `LoRa` without a gateway in front of it wants none.
    pub(super) token: Option<String>,
    /// Ask for cases ([DK] Sag).
    pub(super) sag: bool,
    /// Ask for efforts ([DK] Indsats), the provider's side.
    pub(super) indsats: bool,
    /// Where cases are. A further prefix belongs into `base_url`.
    pub(super) sag_path: CasePath,
    /// Where efforts are. A further prefix belongs into `base_url`.
    pub(super) indsats_path: InterventionPath,
    /// The parts of a case by which the citizen is searched for.
    pub(super) party_relations: Vec<PartyRelation>,
    /// Objects that one call reads, 1–200: their UUIDs stand in the address.
    pub(super) read_chunk: usize,
    /// UUIDs that one search call brings, 1–5000.
    pub(super) search_page: usize,
    /// What stands before an employee id in a reference to a member of staff.
    pub(super) employee_urn_prefix: String,
    /// What stands before a KLE number in a reference to a class.
    pub(super) kle_urn_prefix: String,
    /// Which sensitivity, 0–3, a `foelsomhedsklasse` (a UUID or URN) means.
    pub(super) sensitivity_levels: BTreeMap<String, u8>,
    /// Address of a case in a screen of the source, with `{id}` for its UUID.
    pub(super) case_link: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token: None,
            sag: true,
            indsats: true,
            sag_path: CasePath::default(),
            indsats_path: InterventionPath::default(),
            party_relations: vec![PartyRelation::Primary],
            read_chunk: 50,
            search_page: 500,
            employee_urn_prefix: "urn:oio:medarbejder:".to_owned(),
            kle_urn_prefix: "urn:oio:kle:".to_owned(),
            sensitivity_levels: BTreeMap::new(),
            case_link: None,
        }
    }
}

impl Settings {
    /// This class is asked for.
    pub(super) fn asks_for(&self, class: Class) -> bool {
        match class {
            Class::Case => self.sag,
            Class::Intervention => self.indsats,
        }
    }

    /// What is known not to work, one sentence each.
    pub(super) fn warnings(&self) -> Vec<String> {
        let known = [
            (!self.sag && !self.indsats, "sag and indsats are both false: nothing is asked for"),
            (self.sag && self.party_relations.is_empty(), "party_relations is empty: no case will be found"),
            (!(1..=200).contains(&self.read_chunk), "read_chunk is outside 1-200 and will be brought within"),
            (!(1..=5_000).contains(&self.search_page), "search_page is outside 1-5000 and will be brought within"),
            (
                self.employee_urn_prefix.is_empty(),
                "employee_urn_prefix is empty: every reference is taken for an employee",
            ),
            (
                self.sensitivity_levels.values().any(|level| *level > 3),
                "sensitivity_levels: a level above 3 counts as 3",
            ),
            (
                self.case_link.as_ref().is_some_and(|link| !link.contains("{id}")),
                "case_link has no {id}: it leads to the same page for every case",
            ),
        ];
        known.iter().filter(|(wrong, _)| *wrong).map(|(_, sentence)| (*sentence).to_owned()).collect()
    }
}

/// Where cases are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub(super) enum CasePath {
    /// A `LoRa` of its own.
    #[default]
    #[serde(rename = "/sag/sag")]
    Root,
    /// A `LoRa` inside `OS2mo`.
    #[serde(rename = "/lora/sag/sag")]
    Lora,
}

/// Where efforts are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub(super) enum InterventionPath {
    /// A `LoRa` of its own.
    #[default]
    #[serde(rename = "/indsats/indsats")]
    Root,
    /// A `LoRa` inside `OS2mo`.
    #[serde(rename = "/lora/indsats/indsats")]
    Lora,
}

/// A citizen's part in a case, by `LoRa`'s own name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub(super) enum PartyRelation {
    /// [DK] primær part.
    #[serde(rename = "primaerpart")]
    Primary,
    /// [DK] sekundær part.
    #[serde(rename = "sekundaerpart")]
    Secondary,
    /// [DK] ydelsesmodtager.
    #[serde(rename = "ydelsesmodtager")]
    BenefitRecipient,
}

impl PartyRelation {
    /// The search parameter.
    pub(super) fn parameter(self) -> &'static str {
        match self {
            Self::Primary => "primaerpart",
            Self::Secondary => "sekundaerpart",
            Self::BenefitRecipient => "ydelsesmodtager",
        }
    }
}
