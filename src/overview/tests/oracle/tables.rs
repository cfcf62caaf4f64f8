//! The tables that the oracle decides by, copied by hand from the design (defaults §2–§8), not read from `config/`: what the
//! configuration says differently shows as a difference.

/// [DK] feltklasser, defaults §6. One bit each.
pub(super) mod class {
    pub(crate) const EXISTENCE: u16 = 1;
    pub(crate) const PEOPLE: u16 = 1 << 3;
    pub(crate) const PERSON: u16 = 1 << 10;
    pub(crate) const HOUSEHOLD: u16 = 1 << 11;
    pub(crate) const ADDRESS: u16 = 1 << 12;

    /// What an item can have.
    pub(crate) const OF_ITEM: u16 = (1 << 10) - 1;

    /// In the order of the bits.
    pub(crate) const NAMES: [&str; 13] = [
        "existence",
        "contact",
        "core",
        "people",
        "subject",
        "deadline",
        "amount",
        "provider",
        "relation",
        "link",
        "person",
        "household",
        "address",
    ];
}

/// [DK] roller, defaults §8. `EmergencyHolder` is "if the leader has given it".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Caseworker,
    ChildCaseworker,
    BenefitOfficer,
    ProviderWorker,
    Coordinator,
    OnCall,
    EmergencyHolder,
    Reception,
    ConsentRegistrar,
    Leader,
    ListOwner,
    InsightOfficer,
    Auditor,
    Operator,
    Citizen,
}

pub(super) const ROLES: [Role; 15] = [
    Role::Caseworker,
    Role::ChildCaseworker,
    Role::BenefitOfficer,
    Role::ProviderWorker,
    Role::Coordinator,
    Role::OnCall,
    Role::EmergencyHolder,
    Role::Reception,
    Role::ConsentRegistrar,
    Role::Leader,
    Role::ListOwner,
    Role::InsightOfficer,
    Role::Auditor,
    Role::Operator,
    Role::Citizen,
];

impl Role {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Caseworker => "caseworker",
            Self::ChildCaseworker => "child_caseworker",
            Self::BenefitOfficer => "benefit_officer",
            Self::ProviderWorker => "provider_worker",
            Self::Coordinator => "coordinator",
            Self::OnCall => "on_call",
            Self::EmergencyHolder => "emergency_holder",
            Self::Reception => "reception",
            Self::ConsentRegistrar => "consent_registrar",
            Self::Leader => "leader",
            Self::ListOwner => "list_owner",
            Self::InsightOfficer => "insight_officer",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
            Self::Citizen => "citizen",
        }
    }

    /// "sees by `own_case` up to level"; nothing for a role without own cases.
    pub(super) fn own_level(self, category: &str) -> Option<u8> {
        match self {
            // "3 in `child`, `child_report`"
            Self::ChildCaseworker if matches!(category, "child" | "child_report") => Some(3),
            Self::Caseworker | Self::ChildCaseworker | Self::ProviderWorker | Self::Coordinator => Some(2),
            Self::BenefitOfficer => Some(1),
            _ => None,
        }
    }

    /// "nothing by department: neutral, not an authority"; the decision: coordinators only in person.
    pub(super) fn owns_by_unit(self) -> bool {
        matches!(self, Self::Caseworker | Self::ChildCaseworker | Self::BenefitOfficer | Self::ProviderWorker)
    }

    /// The column "with consent": "as named" is up to level 2, the benefit officer's is 1, the others' "no" or a dash.
    pub(super) fn consent_level(self) -> Option<u8> {
        match self {
            Self::Caseworker | Self::ChildCaseworker | Self::ProviderWorker | Self::Coordinator => Some(2),
            Self::BenefitOfficer => Some(1),
            _ => None,
        }
    }

    /// "no `substance_use`, `mental_health`, `child`, also by consent"; `child_report`, `violence` and `offence` as configured.
    pub(super) fn never_sees(self, category: &str) -> bool {
        let never = ["substance_use", "mental_health", "child", "child_report", "violence", "offence"];
        self == Self::BenefitOfficer && never.contains(&category)
    }

    /// The column "emergency".
    pub(super) fn has_emergency(self) -> bool {
        matches!(self, Self::OnCall | Self::ChildCaseworker | Self::EmergencyHolder)
    }

    /// Who is told that something exists: those who work with citizens.
    pub(super) fn is_told(self) -> bool {
        matches!(
            self,
            Self::Caseworker
                | Self::ChildCaseworker
                | Self::BenefitOfficer
                | Self::ProviderWorker
                | Self::Coordinator
                | Self::Reception
        )
    }

    /// The citizen's own facts that an own running case shows.
    pub(super) fn citizen_classes(self) -> u16 {
        match self {
            Self::Caseworker | Self::ChildCaseworker | Self::Coordinator => class::PERSON | class::HOUSEHOLD,
            Self::BenefitOfficer | Self::ProviderWorker => class::PERSON,
            _ => 0,
        }
    }
}

/// [DK] eksistens, defaults §7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Nothing,
    Existence,
    Contact,
}

/// [DK] kategori, defaults §5. `kle` are the main groups that stand for it where a source gives no KLE.
#[derive(Debug)]
pub(super) struct Category {
    pub(super) code: &'static str,
    pub(super) level: u8,
    pub(super) mode: Mode,
    pub(super) kle: &'static [&'static str],
}

const fn row(code: &'static str, level: u8, mode: Mode, kle: &'static [&'static str]) -> Category {
    Category { code, level, mode, kle }
}

pub(super) const CATEGORIES: [Category; 22] = [
    row("employment", 1, Mode::Contact, &["15"]),
    row("youth_education", 1, Mode::Contact, &["15"]),
    row("integration", 1, Mode::Contact, &["15"]),
    row("benefit", 1, Mode::Contact, &["32"]),
    row("sickness", 2, Mode::Existence, &["15", "32"]),
    row("adult_support", 2, Mode::Contact, &["27"]),
    row("disability", 2, Mode::Contact, &["27"]),
    row("homelessness", 2, Mode::Existence, &["27"]),
    row("substance_use", 2, Mode::Nothing, &["27"]),
    row("mental_health", 2, Mode::Nothing, &["27"]),
    row("child", 2, Mode::Nothing, &["27", "34"]),
    row("child_report", 3, Mode::Nothing, &["27", "34"]),
    row("violence", 3, Mode::Nothing, &["27"]),
    row("offence", 3, Mode::Nothing, &[]),
    row("control", 3, Mode::Nothing, &[]),
    row("housing", 1, Mode::Contact, &["03", "32"]),
    row("health_care", 2, Mode::Existence, &["29"]),
    row("school_day_care", 1, Mode::Nothing, &[]),
    row("guardianship", 1, Mode::Existence, &[]),
    row("private_network", 1, Mode::Nothing, &[]),
    row("employer", 1, Mode::Nothing, &[]),
    row("unclassified", 2, Mode::Nothing, &[]),
];

pub(super) fn category(code: &str) -> &'static Category {
    CATEGORIES.iter().find(|row| row.code == code).expect("a category of defaults §5")
}

/// [DK] enhed, defaults §2: code, department, the number that the demo's SBSYS and DUBU have for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) code: &'static str,
    pub(super) department: &'static str,
    pub(super) id: &'static str,
}

const fn unit(code: &'static str, department: &'static str, id: &'static str) -> Unit {
    Unit { code, department, id }
}

pub(super) const UNITS: [Unit; 18] = [
    unit("UUJ-KOORD", "UUJ", "101"),
    unit("UUJ-UU", "UUJ", "102"),
    unit("UUJ-SOC", "UUJ", "103"),
    unit("JSY-YDELSE", "JSY", "201"),
    unit("JSY-SYG", "JSY", "202"),
    unit("JSY-RUS", "JSY", "203"),
    unit("JVS-JOB", "JVS", "301"),
    unit("SUV-FORSORG", "SUV", "401"),
    unit("SUV-STOETTE", "SUV", "402"),
    unit("BFF-MYND", "BFF", "501"),
    unit("BFF-FAM", "BFF", "502"),
    unit("VJH-MYND", "VJH", "601"),
    unit("VJH-KRISE", "VJH", "602"),
    unit("VAGT", "MSB", "701"),
    unit("MSO-SUND", "MSO", "801"),
    unit("MBU-SKOLE", "MBU", "901"),
    unit("MKB-BORG", "MKB", "911"),
    unit("MSB-STAB", "MSB", "912"),
];

/// The magistratsafdeling of a department: "the defaults treat each as its own".
pub(super) fn authority(department: &'static str) -> &'static str {
    match department {
        "MBU" | "MSO" | "MKB" | "RM" | "UDK" => department,
        _ => "MSB",
    }
}

/// [DK] formål, defaults §4: the ones that may be stated for an overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    OwnCase,
    Coordination,
    HolisticPlan,
    FindColleague,
    NewContact,
    ChildProtection,
    PreventiveMeeting,
    Transition18,
    Emergency,
}

pub(super) const PURPOSES: [Purpose; 9] = [
    Purpose::OwnCase,
    Purpose::Coordination,
    Purpose::HolisticPlan,
    Purpose::FindColleague,
    Purpose::NewContact,
    Purpose::ChildProtection,
    Purpose::PreventiveMeeting,
    Purpose::Transition18,
    Purpose::Emergency,
];

impl Purpose {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::OwnCase => "own_case",
            Self::Coordination => "coordination",
            Self::HolisticPlan => "holistic_plan",
            Self::FindColleague => "find_colleague",
            Self::NewContact => "new_contact",
            Self::ChildProtection => "child_protection",
            Self::PreventiveMeeting => "preventive_meeting",
            Self::Transition18 => "transition_18",
            Self::Emergency => "emergency",
        }
    }

    /// The column "who".
    pub(super) fn is_stated_by(self, role: Role) -> bool {
        let cases = [Role::Caseworker, Role::ChildCaseworker, Role::BenefitOfficer, Role::ProviderWorker];
        match self {
            Self::OwnCase => cases.contains(&role),
            // "the same, coordinator"
            Self::Coordination => cases.contains(&role) || role == Role::Coordinator,
            Self::HolisticPlan => role == Role::Coordinator,
            Self::FindColleague => {
                [Role::Caseworker, Role::ChildCaseworker, Role::Coordinator, Role::Reception].contains(&role)
            }
            Self::NewContact => [Role::Reception, Role::Caseworker, Role::ChildCaseworker].contains(&role),
            Self::ChildProtection | Self::PreventiveMeeting => role == Role::ChildCaseworker,
            Self::Transition18 => [Role::Caseworker, Role::ChildCaseworker].contains(&role),
            Self::Emergency => role.has_emergency(),
        }
    }

    /// The column "on?": yes from the start, without anybody's confirmation.
    pub(super) fn ships_on(self) -> bool {
        matches!(self, Self::OwnCase | Self::Coordination | Self::Emergency)
    }

    /// "the caller's own case (`case_ref`), or, where none exists yet, a reason"; every other purpose wants the reason.
    pub(super) fn takes_a_case(self) -> bool {
        matches!(self, Self::OwnCase | Self::Coordination)
    }

    pub(super) fn opens_by_law(self) -> bool {
        matches!(self, Self::ChildProtection | Self::PreventiveMeeting | Self::Transition18)
    }

    pub(super) fn opens_by_consent(self) -> bool {
        matches!(self, Self::Coordination | Self::HolisticPlan | Self::Transition18)
    }

    /// "existence and contact (§7) where the category allows it", to whoever has no case with the citizen.
    pub(super) fn tells_without_relation(self) -> bool {
        matches!(self, Self::FindColleague | Self::NewContact)
    }
}
