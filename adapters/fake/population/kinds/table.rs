//! The table itself: one entry a kind, in the order of the default configuration.

use super::{CaseKind, Words};

const fn of(
    code: &'static str,
    title: &'static str,
    law: &'static str,
    (kle, kle_title): (&'static str, &'static str),
    level: u8,
    words: &'static [Words],
) -> CaseKind {
    CaseKind { code, title, law, kle, kle_title, level, words }
}

const fn sbsys(unit: &'static str, code: &'static str, name: &'static str) -> Words {
    Words { source: "sbsys", unit, code, name }
}

const fn fasit(unit: &'static str, code: &'static str, name: &'static str) -> Words {
    Words { source: "fasit", unit, code, name }
}

const fn dubu(unit: &'static str, code: &'static str, name: &'static str) -> Words {
    Words { source: "dubu", unit, code, name }
}

const fn oio(unit: &'static str, code: &'static str, name: &'static str) -> Words {
    Words { source: "oio", unit, code, name }
}

/// Only in the index: the master system cannot be asked itself.
const fn index(unit: &'static str, master: &'static str) -> Words {
    Words { source: "case_index", unit, code: master, name: "" }
}

const LAB: &str = "LBK om en aktiv beskæftigelsesindsats";
const PRACTICE: (&str, &str) = ("15.91.03", "Virksomhedspraktik");
const DISABILITY: (&str, &str) = ("27.92.01", "Tilbud til voksne med handicap");
const SUBSTANCE: (&str, &str) = ("27.39.01", "Rusmiddelbehandling");
const CHILD: (&str, &str) = ("34.15.01", "Støtte til børn og unge");
const BENEFIT: (&str, &str) = ("32.91.01", "Forsørgelse");

/// The kinds of the demo, in the order of the default configuration.
pub const KINDS: &[CaseKind] = &[
    of(
        "job_plan",
        "Kontaktforløb og Min Plan",
        LAB,
        ("15.91.01", "Kontaktforløb"),
        1,
        &[
            fasit("JVS-JOB", "6.3", "Aktivitetsparat kontanthjælpsmodtager"),
            fasit("JVS-JOB", "6.2", "Jobparat kontanthjælpsmodtager"),
            fasit("UUJ-UU", "6.5", "Aktivitetsparat, ung"),
        ],
    ),
    of("flex_job", "Fleksjob", LAB, ("15.91.02", "Fleksjob"), 1, &[fasit("JVS-JOB", "6.12", "Fleksjob")]),
    of(
        "resource_course",
        "Ressourceforløb",
        LAB,
        ("15.17.12", "Rehabilitering"),
        2,
        &[fasit("JVS-JOB", "6.8", "Ressourceforløb")],
    ),
    of(
        "mentor",
        "Mentor",
        LAB,
        ("15.91.04", "Mentorstøtte"),
        1,
        &[oio("JVS-JOB", "urn:aarhus:indsatstype:mentor", "Mentor"), fasit("JVS-JOB", "M.1", "Mentor")],
    ),
    of(
        "work_practice",
        "Virksomhedspraktik",
        LAB,
        PRACTICE,
        1,
        &[
            oio("JVS-JOB", "urn:aarhus:indsatstype:virksomhedspraktik", "Virksomhedspraktik"),
            fasit("JVS-JOB", "V.1", "Virksomhedspraktik"),
        ],
    ),
    of(
        "youth_guidance",
        "UU-vejledning",
        "L om kommunal indsats for unge under 25 år",
        ("15.92.01", "Ungeindsats"),
        1,
        &[sbsys("UUJ-KOORD", "110", "Ungeindsats"), fasit("UUJ-UU", "U.1", "Ungeindsats")],
    ),
    of(
        "integration_contract",
        "Integrationskontrakt",
        "LBK om integration (integrationsloven)",
        ("15.93.01", "Integration"),
        1,
        &[fasit("JVS-JOB", "I.1", "Integrationsborger")],
    ),
    of(
        "cash_benefit",
        "Kontanthjælp",
        "LBK om aktiv socialpolitik (aktivloven) § 11",
        BENEFIT,
        1,
        &[index("JSY-YDELSE", "ky")],
    ),
    of(
        "education_benefit",
        "Uddannelseshjælp",
        "LBK om aktiv socialpolitik (aktivloven) § 23",
        ("32.91.02", "Uddannelseshjælp"),
        1,
        &[index("JSY-YDELSE", "ky")],
    ),
    of(
        "transition_benefit",
        "Selvforsørgelses- og hjemrejseydelse",
        "LBK om aktiv socialpolitik (aktivloven) § 22",
        ("32.91.03", "Overgangsydelse"),
        1,
        &[index("JSY-YDELSE", "ky")],
    ),
    of(
        "sickness_benefit",
        "Sygedagpenge",
        "LBK om sygedagpenge (sygedagpengeloven)",
        ("15.17.06", "Sygedagpenge"),
        2,
        &[index("JSY-SYG", "ksd")],
    ),
    of(
        "unemployment_allowance",
        "Ledighedsydelse",
        "LBK om aktiv socialpolitik (aktivloven) § 74",
        ("32.91.04", "Ledighedsydelse"),
        1,
        &[index("JSY-YDELSE", "ky")],
    ),
    of(
        "early_pension",
        "Førtidspension",
        "LBK om social pension (pensionsloven) § 16",
        ("32.92.01", "Førtidspension"),
        1,
        &[index("JSY-YDELSE", "ky")],
    ),
    of(
        "single_payment",
        "Enkeltydelse",
        "LBK om aktiv socialpolitik (aktivloven) § 81",
        ("32.91.05", "Enkeltydelser"),
        1,
        &[sbsys("JSY-YDELSE", "120", "Enkeltydelse")],
    ),
    of(
        "adult_assessment",
        "Voksenudredning",
        "LBK om social service (serviceloven) § 141",
        ("27.35.04", "Udredning"),
        2,
        &[sbsys("VJH-MYND", "130", "Voksenudredning (VUM)")],
    ),
    of(
        "support_85",
        "Socialpædagogisk støtte",
        "LBK om social service (serviceloven) § 85",
        ("27.27.42", "Bostøtte"),
        2,
        &[
            sbsys("VJH-MYND", "185", "Socialpædagogisk støtte § 85"),
            oio("SUV-STOETTE", "urn:aarhus:indsatstype:sel-85", "Bostøtte"),
        ],
    ),
    of(
        "support_contact_99",
        "Støtte- og kontaktperson",
        "LBK om social service (serviceloven) § 99",
        ("27.91.02", "Støtte- og kontaktperson"),
        2,
        &[oio("SUV-STOETTE", "urn:aarhus:indsatstype:sel-99", "Støtte- og kontaktperson")],
    ),
    of(
        "companion_97",
        "Ledsageordning",
        "LBK om social service (serviceloven) § 97",
        ("27.92.02", "Ledsagelse"),
        2,
        &[
            sbsys("VJH-MYND", "197", "Ledsageordning § 97"),
            oio("SUV-STOETTE", "urn:aarhus:indsatstype:sel-97", "Ledsageordning"),
        ],
    ),
    of(
        "sheltered_work_103",
        "Beskyttet beskæftigelse",
        "LBK om social service (serviceloven) § 103",
        DISABILITY,
        2,
        &[oio("SUV-STOETTE", "urn:aarhus:indsatstype:sel-103", "Beskyttet beskæftigelse")],
    ),
    of(
        "activity_104",
        "Aktivitets- og samværstilbud",
        "LBK om social service (serviceloven) § 104",
        DISABILITY,
        2,
        &[oio("SUV-STOETTE", "urn:aarhus:indsatstype:sel-104", "Aktivitets- og samværstilbud")],
    ),
    of(
        "residence_107",
        "Midlertidigt botilbud",
        "LBK om social service (serviceloven) § 107",
        DISABILITY,
        2,
        &[
            sbsys("VJH-MYND", "207", "Botilbud § 107"),
            oio("SUV-STOETTE", "urn:aarhus:indsatstype:sel-107", "Midlertidigt botilbud"),
        ],
    ),
    of(
        "residence_108",
        "Længerevarende botilbud",
        "LBK om social service (serviceloven) § 108",
        DISABILITY,
        2,
        &[
            sbsys("VJH-MYND", "208", "Botilbud § 108"),
            oio("SUV-STOETTE", "urn:aarhus:indsatstype:sel-108", "Længerevarende botilbud"),
        ],
    ),
    of(
        "crisis_centre_109",
        "Ophold på krisecenter",
        "LBK om social service (serviceloven) § 109",
        ("27.93.01", "Krisecenter"),
        3,
        &[oio("VJH-KRISE", "urn:aarhus:indsatstype:sel-109", "Krisecenter"), index("VJH-KRISE", "sbsys")],
    ),
    of(
        "shelter_110",
        "Ophold på forsorgshjem",
        "LBK om social service (serviceloven) § 110",
        ("27.93.02", "Forsorgshjem"),
        2,
        &[oio("SUV-FORSORG", "urn:aarhus:indsatstype:sel-110", "Forsorgshjem")],
    ),
    of(
        "housing_first_85a",
        "Bostøtte ved hjemløshed",
        "LBK om social service (serviceloven) § 85 a",
        ("27.93.03", "Hjemløshed"),
        2,
        &[
            sbsys("VJH-MYND", "285", "Bostøtte ved hjemløshed § 85 a"),
            oio("SUV-STOETTE", "urn:aarhus:indsatstype:sel-85a", "Bostøtte ved hjemløshed"),
        ],
    ),
    of(
        "substance_101",
        "Social stofmisbrugsbehandling",
        "LBK om social service (serviceloven) § 101",
        SUBSTANCE,
        2,
        &[
            sbsys("VJH-MYND", "301", "Stofmisbrugsbehandling § 101"),
            oio("JSY-RUS", "urn:aarhus:indsatstype:sel-101", "Social stofmisbrugsbehandling"),
        ],
    ),
    of(
        "alcohol_141",
        "Alkoholbehandling",
        "LBK om sundhed (sundhedsloven) § 141",
        SUBSTANCE,
        2,
        &[oio("JSY-RUS", "urn:aarhus:indsatstype:sul-141", "Alkoholbehandling")],
    ),
    of(
        "medical_142",
        "Lægelig stofmisbrugsbehandling",
        "LBK om sundhed (sundhedsloven) § 142",
        SUBSTANCE,
        2,
        &[oio("JSY-RUS", "urn:aarhus:indsatstype:sul-142", "Lægelig stofmisbrugsbehandling")],
    ),
    of(
        "child_assessment",
        "Børnefaglig undersøgelse",
        "L om barnets lov § 20",
        ("34.10.10", "Undersøgelse"),
        2,
        &[dubu("BFF-MYND", "Undersoegelse", "Børnefaglig undersøgelse")],
    ),
    of(
        "child_support",
        "Støttende indsats",
        "L om barnets lov § 32",
        CHILD,
        2,
        &[
            dubu("BFF-MYND", "StoettendeIndsats", "Støttende indsats"),
            oio("BFF-FAM", "urn:aarhus:indsatstype:bl-32", "Familiebehandling"),
        ],
    ),
    of(
        "placement",
        "Anbringelse",
        "L om barnets lov § 46",
        ("34.25.00", "Anbringelse"),
        2,
        &[dubu("BFF-MYND", "Anbringelse", "Anbringelse")],
    ),
    of(
        "aftercare",
        "Ungestøtte",
        "L om barnets lov § 114",
        ("34.30.00", "Ungestøtte"),
        2,
        &[dubu("UUJ-SOC", "Ungestoette", "Ungestøtte")],
    ),
    of(
        "child_disability",
        "Barn med funktionsnedsættelse",
        "L om barnets lov § 86",
        ("34.15.02", "Merudgifter, barn"),
        2,
        &[dubu("BFF-MYND", "Handicap", "Barn med funktionsnedsættelse"), sbsys("BFF-MYND", "140", "Merudgifter, barn")],
    ),
    of(
        "child_report",
        "Underretning",
        "L om barnets lov § 133",
        ("34.10.11", "Underretning"),
        3,
        &[dubu("BFF-MYND", "Underretning", "Underretning")],
    ),
    of(
        "adult_disability_extra",
        "Merudgifter til voksne",
        "LBK om social service (serviceloven) § 100",
        ("27.92.03", "Merudgifter, voksne"),
        2,
        &[sbsys("VJH-MYND", "200", "Merudgifter til voksne § 100")],
    ),
    of(
        "guardian_case",
        "Værgemål",
        "Værgemålsloven",
        ("27.94.01", "Værgemål"),
        1,
        &[sbsys("VJH-MYND", "150", "Værgemål")],
    ),
    of(
        "enquiry",
        "Henvendelse",
        "",
        ("27.00.00", "Henvendelse"),
        1,
        &[sbsys("VJH-MYND", "900", "Henvendelse uden sag")],
    ),
];
